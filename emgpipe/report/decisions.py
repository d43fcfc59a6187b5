"""The decisions as a table, and how many numbers carry a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.markup import breakable, escape, numeric, table
from emgpipe.report.words import count, finite, muscle_label, number, plain, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_HEAD: Final = ("Decision", "About", "Who", "When", "Why", "Numbers", "What it does")
_MOST: Final = 400
"""Rows of the table."""
_NAMES: Final = {"exclude": "✂ exclude", "keep": "✔ keep", "reference": "◆ reference", "relabel": "⇄ relabel"}


def decisions_part(decisions: pd.DataFrame) -> str:
    """Return all decisions: of the decisions table, of the study file, and those its rules made."""
    if not len(decisions):
        return "<p>Nothing was excluded and nothing was decided.</p>"
    rest = len(decisions) - _MOST
    more = f'<p class="small">{rest} more stand in <code>decisions.csv</code>.</p>' if rest > 0 else ""
    return table(_HEAD, [_row(row) for row in decisions.head(_MOST).to_dict("records")]) + more


def marks_sentence(metrics: pd.DataFrame) -> str:
    """Say how many numbers carry a warning or a failed check, and how many do not count; empty without any."""
    if not len(metrics) or "worst" not in metrics.columns:
        return ""
    task = metrics[metrics["role"] == "task"]
    fail, warn = (int((task["worst"] == level).sum()) for level in ("fail", "warn"))
    said = [
        f"{fail} carry a failed check" if fail else "",
        f"{warn} {'' if fail else 'carry '}a warning" if warn else "",
    ]
    gone, half = int(task["excluded"].sum()), int(task["value_excluded"].sum())
    said.append(f"{gone} are left out by decisions" if gone else "")
    said.append(f"{half} count without their %MVIC" if half else "")
    known = [part for part in said if part]
    return f"Of {count(len(task), 'number')} of tasks {', '.join(known)}." if known else ""


def _row(row: Mapping[Any, Any]) -> list[str]:
    value = finite(row.get("value"))
    action = _NAMES.get(plain(row["action"]), plain(row["action"]))
    return [
        escape(action + (f" {number(1e6 * value)} µV" if value is not None else "")),
        breakable(_about(row)),
        escape(plain(row["who"])),
        escape(plain(row["when"])),
        f'<td class="text">{escape(plain(row["reason"]))}</td>',
        numeric(plain(row["numbers"])),
        f'<td class="text">{escape(plain(row["effect"]))}</td>',
    ]


def _about(row: Mapping[Any, Any]) -> str:
    person, session, trial = (plain(row[name]) for name in ("participant", "session", "trial"))
    place = trial if trial else " / ".join(part for part in (person, session and f"session {session}") if part)
    onset = finite(row.get("onset"))
    parts = [
        place,
        muscle_label(row["muscle"], row["side"], row["placement"]),
        f"repetition at {seconds(onset)} s" if onset is not None else "",
        f"finding {plain(row['finding'])}" if plain(row["finding"]) else "",
    ]
    return "; ".join(part for part in parts if part) or "whole study"
