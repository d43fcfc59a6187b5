"""What failed and what is doubtful, in few lines for the first screen: each with the numbers that rest on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.findings import level_mark
from emgpipe.report.markup import breakable, bullets, details, escape
from emgpipe.report.words import count, label, muscle_label, plain, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

_MOST: Final = 8
"""Lines per level; all findings stand below."""
_REASON: Final = 240
_NEEDED: Final = {"id", "level", "kind", "participant", "trial", "muscle", "side", "placement", "reason"}
_Group = list["Mapping[Any, Any]"]


def doubts_part(findings: pd.DataFrame, metrics: pd.DataFrame) -> str:
    """Return the failed checks, and folded the warnings; those of one kind in one trial (or session) share a line."""
    if findings.empty or not set(findings.columns) >= _NEEDED:
        return ""
    numbers = _main_numbers(metrics)
    failed = _lines(findings, numbers, "fail")
    warned = _lines(findings, numbers, "warn")
    if not warned:
        return bullets(failed)
    kinds = dict.fromkeys(findings.loc[findings["level"] == "warn", "kind"].map(_name))
    summary = f"{level_mark('warn')} {escape('; '.join(kinds))}"
    return bullets(failed) + details(summary, bullets(warned))


def _lines(findings: pd.DataFrame, numbers: pd.DataFrame | None, level: str) -> list[str]:
    groups: dict[tuple[str, ...], _Group] = {}
    for record in findings[findings["level"] == level].to_dict("records"):
        key = tuple(plain(record.get(name)) for name in ("kind", "participant", "session", "trial"))
        groups.setdefault(key, []).append(record)
    lines = [_line(group, numbers) for group in list(groups.values())[:_MOST]]
    rest = len(groups) - _MOST
    return [*lines, f'{rest} more under <a href="#findings">Findings</a>'] if rest > 0 else lines


def _line(group: _Group, numbers: pd.DataFrame | None) -> str:
    first = group[0]
    muscles = dict.fromkeys(filter(None, (muscle_label(one["muscle"], one["side"], one["placement"]) for one in group)))
    place = plain(first["trial"]) or plain(first["participant"]) or "whole study"
    where = "; ".join(filter(None, (breakable(place), escape(" and ".join(muscles)))))
    name = f"{level_mark(plain(first['level']))} {escape(_name(first['kind']))}"
    reason = escape(shortened(plain(first["reason"]), _REASON))
    stop = "" if reason.endswith("…") else "."
    return f"{name} · {where}: {reason}{stop} <strong>{_touched(group, numbers)}</strong>"


def _name(kind: object) -> str:
    """Return the kind of a finding in words.

    >>> _name("mvic_clipped")
    'MVIC clipped'
    """
    return re.sub(r"\bmvic\b", "MVIC", label(kind), flags=re.IGNORECASE)


def _main_numbers(metrics: pd.DataFrame) -> pd.DataFrame | None:
    """Return the numbers of tasks that the study rests on; None where it is not known what was found about them."""
    if metrics.empty or not {"findings", "role", "variant", "excluded"} <= set(metrics.columns):
        return None
    return metrics[(metrics["role"] == "task") & (metrics["variant"] == "main")]


def _touched(group: _Group, numbers: pd.DataFrame | None) -> str:
    """Say how many numbers of tasks rest on what was found."""
    if numbers is None:
        return ""
    ids = {plain(one["id"]) for one in group}
    touching = [text for text in numbers["findings"].unique() if ids & set(plain(text).split())]
    mine = numbers[numbers["findings"].isin(touching)]
    if mine.empty:
        return "No number rests on it."
    trials = mine["trial"].nunique()
    out = " Left out by decisions." if mine["excluded"].all() else ""
    return f"{count(len(mine), 'number')} in {count(trials, 'set')} {'rests' if len(mine) == 1 else 'rest'} on it.{out}"


def doubtful_people(values: Sequence[tuple[str, str]]) -> str:
    """Return whose values carry a mark, as HTML: ``✖ P03 ▲ P02, P04``; empty without any.

    Parameters
    ----------
    values : sequence of (participant, level of the worst finding)
        A participant with both counts as failed.
    """
    failed = list(dict.fromkeys(person for person, worst in values if worst == "fail"))
    warned = list(dict.fromkeys(person for person, worst in values if worst == "warn" and person not in failed))
    parts = (("fail", "✖", failed), ("warn", "▲", warned))
    return " ".join(
        f'<span class="level {level}">{symbol} {escape(_some(people))}</span>'
        for level, symbol, people in parts
        if people
    )


def incomplete_people(people: Sequence[str]) -> str:
    """Return who was not measured in every level, as HTML: ``○ P02``; empty without any."""
    return f'<span class="level note">○ {escape(_some(people))}</span>' if people else ""


def doubtful_count(worst: Sequence[str]) -> str:
    """Return how many of some values carry a mark: ``✖ 1 ▲ 2``; empty without any."""
    return " ".join(
        f'<span class="level {level}">{symbol} {worst.count(level)}</span>'
        for level, symbol in (("fail", "✖"), ("warn", "▲"))
        if level in worst
    )


def _some(people: Sequence[str], most: int = 3) -> str:
    named = ", ".join(people[:most])
    return named if len(people) <= most else f"{named} +{len(people) - most}"
