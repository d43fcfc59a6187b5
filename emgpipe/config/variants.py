"""Variants: named alternative analyses of the same recordings, to see what hangs on a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from emgpipe.chain import AnyStep
from emgpipe.config.problems import PLAIN_NAME
from emgpipe.model.tables import MAIN_VARIANT, WHOLE_REPETITION
from emgpipe.normalization import AnyNormalization
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from emgpipe.chain import Step


class Variant(Settings):
    """The analysis with some settings changed; what a variant does not state is as in the study."""

    name: str = Field(pattern=PLAIN_NAME, max_length=60)
    """What the tables and the report call it: letters, digits, - and _."""
    chain: tuple[AnyStep, ...] | None = Field(default=None, min_length=1)
    """Another chain, step by step."""
    replace: tuple[AnyStep, ...] = ()
    """Or single steps of the study's chain with other parameters; a parameter that is not stated here stays as in the
    chain."""
    normalization: AnyNormalization | None = None
    """What counts as 100 %."""
    drop_repetitions: Literal["first", "last", "both"] | None = None
    """Leave out the first repetition of every trial, the last, or both."""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.name.casefold() == MAIN_VARIANT:
            raise ValueError(f"the name '{self.name}' stands for the analysis itself; choose another one")
        if self.chain is not None and self.replace:
            raise ValueError("both `chain` and `replace` are given; state the whole chain, or the steps that differ")
        if self.chain is None and not self.replace and self.normalization is None and self.drop_repetitions is None:
            raise ValueError(
                f"variant '{self.name}' changes nothing; state `chain`, `replace`, `normalization` or "
                "`drop_repetitions`, or delete it"
            )
        return self


def phases_asked(comparisons: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the phases in which variants are measured: the whole repetition, and what sensitivity analyses ask for.

    Parameters
    ----------
    comparisons : iterable of mapping
        The comparisons of a study as plain data.
    """
    asked = (str(one.get("phase", WHOLE_REPETITION)) for one in comparisons if "sensitivity" in one)
    return frozenset({WHOLE_REPETITION, *asked})


def replaced(chain: Sequence[Step], changes: Sequence[Step]) -> tuple[tuple[Step, ...], list[tuple[int, str]]]:
    """Return a chain with some parameters of some steps changed.

    Parameters
    ----------
    chain, changes : sequence of Step
        A change concerns the steps of its kind; where it states `muscles`, only the one limited to the same muscles.

    Returns
    -------
    chain : tuple of Step
    problems : list of (int, str)
        Index of the change that cannot be made, and why.
    """
    steps = list(chain)
    problems: list[tuple[int, str]] = []
    changed: set[int] = set()
    for number, change in enumerate(changes):
        mine = list(_concerned(chain, change))
        if not mine:
            problems.append((number, _not_there(chain, change)))
        elif changed & set(mine):
            problems.append((number, f"{_kind(change)} is replaced twice; keep one of them"))
        for index in mine:
            try:
                steps[index] = _merged(chain[index], change)
            except ValidationError as error:
                problems.append(
                    (number, "; ".join(str(one.get("ctx", {}).get("error", one["msg"])) for one in error.errors()))
                )
        changed.update(mine)
    return tuple(steps), problems


def _concerned(chain: Sequence[Step], change: Step) -> Iterator[int]:
    for index, step in enumerate(chain):
        same = "muscles" not in change.model_fields_set or set(step.muscles or ()) == set(change.muscles or ())
        if _kind(step) == _kind(change) and same:
            yield index


def _merged(step: Step, change: Step) -> Step:
    stated = {name: getattr(change, name) for name in change.model_fields_set}
    return type(step).model_validate({**step.model_dump(), **stated})


def _not_there(chain: Sequence[Step], change: Step) -> str:
    there = ", ".join(_kind(step) + (f" ({', '.join(step.muscles)})" if step.muscles else "") for step in chain)
    limit = f" limited to {', '.join(change.muscles)}" if change.muscles else ""
    return f"the chain has no {_kind(change)}{limit} to replace. Its steps: {there}. State a whole `chain` instead"


def _kind(step: Step) -> str:
    return str(getattr(step, "kind", ""))
