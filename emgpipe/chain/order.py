"""Which steps a muscle gets, and whether they can follow one another."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from emgpipe.chain.base import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emgpipe.model import Stage


def steps_for(chain: Sequence[Step], muscle: str) -> tuple[Step, ...]:
    """Return the steps that apply to a muscle, in order."""
    return tuple(step for step in chain if step.muscles is None or muscle in step.muscles)


def chain_hash(chain: Sequence[Step], muscle: str) -> str:
    """Return 12 hex digits that change with any parameter of any step the muscle gets."""
    dump = [step.model_dump(mode="json", exclude={"muscles"}) for step in steps_for(chain, muscle)]
    return hashlib.sha256(json.dumps(dump, sort_keys=True).encode()).hexdigest()[:12]


def order_problems(chain: Sequence[Step], muscles: Iterable[str] = ()) -> tuple[tuple[int, str], ...]:
    """Return what is impossible in the order of a chain, as (index of the step, reason in words).

    Checked for a muscle no step names, and for every muscle in `muscles` and every muscle a step names.
    """
    named = {muscle for step in chain for muscle in step.muscles or ()}
    problems: dict[tuple[int, str], None] = {}
    for muscle in sorted({"", *muscles, *named}):
        problems.update(dict.fromkeys(_problems_of(chain, muscle)))
    return tuple(problems)


def _problems_of(chain: Sequence[Step], muscle: str) -> list[tuple[int, str]]:
    stage: Stage = "raw"
    problems = []
    for index, step in enumerate(chain):
        if step.muscles is not None and muscle not in step.muscles:
            continue
        if stage not in step.takes:
            allowed = " or ".join(sorted(step.takes))
            problems.append(
                (
                    index,
                    f"{_name(step)} works on a signal that is {allowed}, but here it is already {stage}; move it up",
                )
            )
            return problems
        stage = step.gives
    if stage != "envelope":
        target = f" for {muscle}" if muscle else ""
        problems.append(
            (
                max(len(chain) - 1, 0),
                f"the chain{target} ends with a {stage} signal; end it with rms or linear_envelope",
            )
        )
    return problems


def _name(step: Step) -> str:
    return str(getattr(step, "kind", type(step).__name__))
