"""What counts as 100 % for a number, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.words import number, percent, seconds, shown_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.model import MvicAttempt, Reference
    from emgpipe.provenance.path import NumberPath, TrialPath

NOW: Final = {
    "unchanged": "unchanged",
    "changed": "CHANGED since the run",
    "missing": "NOT THERE any more",
    "hidden": "its name is hashed, so that nobody can look whether it changed",
}
"""How an input file is now."""
_SHOWN: Final = 8
"""Other trials that are listed with what they gave."""


def reference_lines(path: NumberPath) -> Iterator[str]:
    """Yield the reference: value, rule, what won, where that lies, what else was tried and left out."""
    reference, row = path.reference, path.numbers[0]
    if reference is None:
        if row["kind"] != "emg":
            yield "not normalized: it is not an amplitude of EMG"
        elif row["amplitude"] and row["unit"].startswith("%"):
            yield "there is no reference, so that the value stays empty; the findings say why"
        else:
            yield "not normalized: the metric needs no reference"
        return
    unit = path.channel.unit if path.channel else "V"
    amplitude = float(row["amplitude"] or "nan")
    value = float(row["value"] or "nan")
    if path.variant and value:
        own = _shown(100 * amplitude / value, unit)
        yield f"in this variant 100 % is {own}, by its own settings; in the main analysis:"
    yield f"{_shown(reference.value, unit)}, reference {reference.id}"
    yield f"rule: {reference.rule}"
    if reference.decision is not None:
        decided = reference.decision
        rule = f"; the rule would give {_shown(reference.rule_value, unit)}" if reference.rule_value is not None else ""
        yield f"DECIDED by {decided.who}, {decided.when}: {decided.reason} ({decided.id}){rule}"
    yield from _winners(reference, path.reference_trials, unit)
    yield from _others(reference, unit)
    yield from _noise(reference, unit)


def _winners(reference: Reference, paths: Sequence[TrialPath], unit: str) -> Iterator[str]:
    by_id = {one.id: one for one in paths}
    for one in reference.used:
        window = "from samples between" if not one.is_contiguous else "from"
        position = f", {one.position.replace('_', ' ')}" if one.position else ""
        when = f"{window} {seconds(one.start)} to {seconds(one.stop)} s"
        yield f"won: {one.trial}{position}, {when}: {_shown(one.value, unit)}"
        path = by_id.get(one.trial)
        for file in path.files if path else ():
            yield f"of {file.name}; {NOW[file.state]}"
            yield f"  sha256\t{file.sha256}"


def _others(reference: Reference, unit: str) -> Iterator[str]:
    others = reference.attempts[reference.n_used :]
    for one in others[:_SHOWN]:
        yield f"beside it: {_attempt(one, unit)}"
    if len(others) > _SHOWN:
        yield f"and {len(others) - _SHOWN} more, see references.csv"
    if reference.spread is not None:
        yield f"spread between trials {percent(reference.spread)} (coefficient of variation)" + (
            f", second best {percent(reference.gap)} below the best" if reference.gap is not None else ""
        )
    for left in reference.left_out:
        decision = f" ({left.decision})" if left.decision else ""
        yield f"left out: {left.trial}: {left.reason}{decision}"


def _attempt(one: MvicAttempt, unit: str) -> str:
    return f"{one.trial}: {_shown(one.value, unit)}"


def _noise(reference: Reference, unit: str) -> Iterator[str]:
    if reference.noise_removed is not None:
        removed, rests = _shown(reference.noise_removed, unit), ", ".join(reference.rest_trials)
        yield f"baseline noise removed: {removed}, from {rests}"
    elif reference.rest_noise is not None:
        yield f"noise at rest {_shown(reference.rest_noise, unit)}, not removed"


def _shown(value: float | None, unit: str) -> str:
    scale, shown = shown_unit(unit)
    return f"{number(None if value is None else value * scale, digits=4)} {shown}"
