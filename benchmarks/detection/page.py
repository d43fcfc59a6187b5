"""The tables of docs/detection.md, between their marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.detection.faults import FAULTS
from benchmarks.detection.table import Figures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.detection.faults import Fault

LEAST: Final = 0.95
"""Of the faults at a gross dose that must be found."""
MOST: Final = 0.02
"""Of the channels of clean signals that may have an alarm."""
PLACES: Final = {
    "rest": "rest trial",
    "mvic": "MVIC trial",
    "task": "set of repetitions",
    "session": "session",
    "sides": "session, both sides",
}
ROLES: Final = {
    "rest": "rest trials",
    "mvic": "MVIC trials",
    "task": "sets and holds",
    "session": "sessions as a whole",
}


def write(path: Path, figures: Figures) -> None:
    """Write the tables of the page again."""
    path.write_text(written(path.read_text(encoding="utf-8"), figures), encoding="utf-8")


def written(text: str, figures: Figures) -> str:
    """Return the page with other figures between its marks."""
    for name, lines in (("detection", _detection(figures)), ("clean", _clean(figures))):
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, rest = text.split(begin)
        _, after = rest.split(end)
        text = "\n".join([before + begin, *lines, end + after])
    return text


def missed(figures: Figures) -> list[str]:
    """Return what does not hold: gross doses found too seldom, too many alarms on clean signals."""
    seldom = [
        f"{fault.key}, {dose:g} {fault.unit}: {100 * rate.share:.1f} % found"
        for fault in FAULTS
        for dose in fault.doses
        if fault.is_gross(dose) and (rate := figures.found.get((fault.key, dose))) and rate.share < LEAST
    ]
    often = [
        f"{ROLES[role]}: {100 * rate.share:.1f} % with an alarm"
        for role, rate in figures.clean.by_role.items()
        if rate.share > MOST
    ]
    return [*seldom, *often]


def _detection(figures: Figures) -> Iterator[str]:
    yield "| check | what is put in | into | dose → found |"
    yield "|---|---|---|---|"
    for fault in FAULTS:
        if any((fault.key, dose) in figures.found for dose in fault.doses):
            by = (
                f"`{fault.check}`"
                + "".join(f" or `{one}`" for one in fault.or_by)
                + (" (note)" if fault.is_note else "")
            )
            what = fault.words if fault.unit == "yes" else f"{fault.words}, {fault.unit}"
            yield f"| {by} | {what} | {PLACES[fault.where]} | {_doses(fault, figures)} |"


def _doses(fault: Fault, figures: Figures) -> str:
    parts = []
    for dose in fault.doses:
        rate = figures.found.get((fault.key, dose))
        if rate is not None:
            shown = f"{dose:g}" if dose < 1e5 else f"{dose:.0e}".replace("e+0", "e")
            words = f"{100 * rate.share:.0f} %" if fault.unit == "yes" else f"{shown}: {100 * rate.share:.0f} %"
            parts.append(f"**{words}**" if fault.is_gross(dose) else words)
    return " · ".join(parts)


def _clean(figures: Figures) -> Iterator[str]:
    yield "| | channels | with a warning or failure | of which kinds |"
    yield "|---|---|---|---|"
    for role, rate in figures.clean.by_role.items():
        kinds = ", ".join(
            f"`{kind}` {count}" for (kind, its), count in figures.clean.kinds.most_common() if its == role
        )
        yield f"| {ROLES[role]} | {rate.of} | {rate.hits} ({100 * rate.share:.2f} %) | {kinds or 'none'} |"
