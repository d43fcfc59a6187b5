"""The findings as a table: failures first, level told by symbol and word as well as color."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.markup import breakable, details, escape, numeric, table
from emgpipe.report.words import count, finite, muscle_label, number, plain, seconds, shown_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from emgpipe.model import Finding

_LEVELS: Final = {"fail": ("✖", "Fail"), "warn": ("▲", "Warning"), "note": ("●", "Note")}
_SHOWN: Final = 400
"""Rows per level; the rest is counted here and stands in the findings table among the outputs."""
_HEAD: Final = ("Level", "Where", "What", "What to do", "Figure")


def findings_part(findings: pd.DataFrame) -> str:
    """Return all findings of the study: failures and warnings open, notes folded."""
    if findings.empty or "level" not in findings.columns:
        return "<p>Nothing was noticed.</p>"
    records = findings.to_dict("records")
    parts = []
    for level in _LEVELS:
        chosen = [record for record in records if record["level"] == level]
        if not chosen:
            continue
        body = findings_table(chosen)
        summary = f"{level_mark(level)} {count(len(chosen), 'finding')}"
        parts.append(details(summary, body, opened=level != "note"))
    return "\n".join(parts)


def findings_table(records: Sequence[Mapping[Any, Any]]) -> str:
    """Return findings (rows of the findings table) as one HTML table, failures first."""
    order = list(_LEVELS)
    ranked = sorted(records, key=lambda record: order.index(plain(record["level"])))
    body = table(_HEAD, [_row(record) for record in ranked[:_SHOWN]])
    rest = len(ranked) - _SHOWN
    if rest <= 0:
        return body
    return body + f'<p class="small">{rest} more stand in the findings table among the outputs.</p>'


def as_records(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as rows of the findings table."""
    from dataclasses import asdict

    return [asdict(finding) for finding in findings]


def level_mark(level: str) -> str:
    """Return a level as symbol and word."""
    symbol, word = _LEVELS[level]
    return f'<span class="level {level}">{symbol} {word}</span>'


def level_counts(levels: Sequence[str]) -> str:
    """Return how many findings of each level there are, as HTML; empty without any."""
    return " ".join(
        f'<span class="level {level}">{symbol} {count(levels.count(level), word.lower())}</span>'
        for level, (symbol, word) in _LEVELS.items()
        if level in levels
    )


def _row(record: Mapping[Any, Any]) -> list[str]:
    return [
        level_mark(plain(record["level"])),
        breakable(_where(record)),
        f'<td class="text">{breakable(plain(record.get("reason")))}</td>',
        f'<td class="text">{escape(plain(record.get("remedy")))}</td>',
        numeric(_figure(record)),
    ]


def _where(record: Mapping[Any, Any]) -> str:
    trial = plain(record.get("trial"))
    person, session = plain(record.get("participant")), plain(record.get("session"))
    place = trial if trial and trial.startswith(f"{person}/") else " / ".join(p for p in (person, session, trial) if p)
    muscle = muscle_label(record.get("muscle"), record.get("side"))
    channel = plain(record.get("channel"))
    start, stop = finite(record.get("start")), finite(record.get("stop"))
    span = f"{seconds(start)} to {seconds(stop)} s" if start is not None and stop is not None else ""
    parts = (place, muscle, f"channel {channel}" if channel else "", span)
    return "; ".join(part for part in parts if part) or "whole study"


def _figure(record: Mapping[Any, Any]) -> str:
    value = finite(record.get("value"))
    if value is None:
        return ""
    scale, unit = shown_unit(plain(record.get("unit")))
    return f"{number(value * scale)} {unit}".strip()
