"""What counts as 100 % for a number, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.report.words import number, percent, seconds, shown_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.model import MvicAttempt, Reference
    from emgpipe.provenance.account import Account, TrialPath

_SHOWN = 8
"""Other trials that are listed with what they gave."""


def reference_lines(account: Account) -> Iterator[str]:
    """Yield the reference: value, rule, what won, where that lies, what else was tried and left out."""
    reference, row = account.reference, account.numbers[0]
    if reference is None:
        if row["kind"] != "emg":
            yield "not normalized: it is not an amplitude of EMG"
        elif row["amplitude"] and row["unit"].startswith("%"):
            yield "there is no reference, so that the value stays empty; the findings say why"
        else:
            yield "not normalized: the metric needs no reference"
        return
    amplitude = float(row["amplitude"] or "nan")
    value = float(row["value"] or "nan")
    if account.variant and value:
        yield f"in this variant 100 % is {_shown(100 * amplitude / value)}, by its own settings; in the main analysis:"
    yield f"{_shown(reference.value)}, reference {reference.id}"
    yield f"rule: {reference.rule}"
    if reference.decision is not None:
        decided = reference.decision
        rule = f"; the rule would give {_shown(reference.rule_value)}" if reference.rule_value is not None else ""
        yield f"DECIDED by {decided.who}, {decided.when}: {decided.reason} ({decided.id}){rule}"
    yield from _winners(reference, account.reference_trials)
    yield from _others(reference)
    yield from _noise(reference)


def _winners(reference: Reference, paths: Sequence[TrialPath]) -> Iterator[str]:
    by_id = {one.id: one for one in paths}
    for one in reference.used:
        window = "from samples between" if not one.is_contiguous else "from"
        position = f", {one.position.replace('_', ' ')}" if one.position else ""
        yield f"won: {one.trial}{position}, {window} {seconds(one.start)} to {seconds(one.stop)} s: {_shown(one.value)}"
        path = by_id.get(one.trial)
        for file in path.files if path else ():
            now = {"unchanged": "the same now", "changed": "HAS CHANGED since", "missing": "IS NOT THERE any more"}
            yield f"of {file.name}; {now[file.state]}"
            yield f"  sha256\t{file.sha256}"


def _others(reference: Reference) -> Iterator[str]:
    others = reference.attempts[reference.n_used :]
    for one in others[:_SHOWN]:
        yield f"beside it: {_attempt(one)}"
    if len(others) > _SHOWN:
        yield f"and {len(others) - _SHOWN} more, see references.csv"
    if reference.spread is not None:
        yield f"spread between trials {percent(reference.spread)} (coefficient of variation)" + (
            f", second best {percent(reference.gap)} below the best" if reference.gap is not None else ""
        )
    for left in reference.left_out:
        decision = f" ({left.decision})" if left.decision else ""
        yield f"left out: {left.trial}: {left.reason}{decision}"


def _attempt(one: MvicAttempt) -> str:
    return f"{one.trial}: {_shown(one.value)}"


def _noise(reference: Reference) -> Iterator[str]:
    if reference.noise_removed is not None:
        yield f"baseline noise removed: {_shown(reference.noise_removed)}, from {', '.join(reference.rest_trials)}"
    elif reference.rest_noise is not None:
        yield f"noise at rest {_shown(reference.rest_noise)}, not removed"


def _shown(volts: float | None) -> str:
    scale, unit = shown_unit("V")
    return f"{number(None if volts is None else volts * scale, digits=4)} {unit}"
