"""Above 100 %MVIC: for each muscle that reads higher, the figures and what explains them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.findings import level_counts, level_mark
from emgpipe.report.markup import breakable, escape, numeric, table
from emgpipe.report.words import MISSING, finite, muscle_label, percent, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from emgpipe.model import StudyResult

EXPLAINED: Final = "above_mvic"
BY_WINDOWS: Final = "window_bias"
_MOST: Final = 200
"""Muscles in the table."""
_PLACE: Final = ("participant", "session", "muscle", "side", "placement")
_Place = tuple[str, ...]
_HEAD: Final = (
    "Muscle",
    '<th class="n" scope="col">Highest mean (%MVIC)</th>',
    '<th class="n" scope="col">Highest peak (%MVIC)</th>',
    '<th class="n" scope="col">Windows alone (%MVIC)</th>',
    '<th class="n" scope="col">MVIC trials</th>',
    '<th class="n" scope="col">Second best below</th>',
    "What explains it, most first",
    "Other findings",
)
_LEAD: Final = (
    "<p>Readings above 100 % are usual and no number is cut off or left out for them. <em>Windows alone</em> is what "
    "the highest of all repetitions of a muscle would read that works steadily and exactly as hard as in its MVIC: "
    "a maximum of a short window, sought for long, over a mean of a longer window. Ratios between conditions inside "
    "one participant do not depend on the MVIC.</p>"
)


def above_mvic_part(result: StudyResult) -> str:
    """Return the table of muscles that read above 100 %MVIC, or a sentence that none does; empty without MVIC."""
    kind = plain(result.settings.get("normalization", {}).get("kind", "mvic"))
    if kind != "mvic":
        return ""
    records = [] if result.findings.empty else result.findings.to_dict("records")
    explained = {_place(one): one for one in records if plain(one.get("kind")) == EXPLAINED}
    if not explained:
        return "<p>No repetition of any muscle reads above 100 %MVIC.</p>"
    windows = {_place(one): one for one in records if plain(one.get("kind")) == BY_WINDOWS}
    means = _highest_means(result.metrics)
    trials = {_of_reference(one): (len(one.attempts), one.gap) for one in result.references}
    serious = _serious(records)
    shown = sorted(explained, key=lambda place: (-(finite(explained[place].get("value")) or 0.0), place))[:_MOST]
    rows: list[list[str]] = []
    last: _Place = ()
    for place in sorted(shown):
        record = explained[place]
        if place[:2] != last:
            name = escape(f"Participant {place[0]}, session {place[1]}")
            rows.append([f'<th class="group-name" colspan="{len(_HEAD)}" scope="colgroup">{name}</th>'])
        last = place[:2]
        count, gap = trials.get(place, (0, None))
        rows.append(
            [
                f'<a href="#references">{escape(muscle_label(*place[2:]))}</a>',
                numeric(_whole(means.get(place))),
                numeric(_whole(record.get("value"))),
                numeric(_whole(windows.get(place, {}).get("value"))),
                numeric(str(count) if count else MISSING),
                numeric(percent(gap)),
                f'<td class="text">{level_mark(plain(record["level"]))}<br>{_causes(plain(record.get("reason")))}</td>',
                _others(serious, place) or MISSING,
            ]
        )
    return _LEAD + _cut(len(shown), len(explained)) + table(_HEAD, rows)


def _place(record: Mapping[Any, Any]) -> _Place:
    return tuple(plain(record.get(name)) for name in _PLACE)


def _of_reference(reference: Any) -> _Place:
    return tuple(plain(getattr(reference, name)) for name in _PLACE)


def _whole(value: Any) -> str:
    known = finite(value)
    return MISSING if known is None else f"{known:.0f}"


def _causes(reason: str) -> str:
    """Return the causes in a finding's reason, one per line, and where the highest peak is.

    The figures before them stand in columns of their own.
    """
    said, _, where = reason.partition(" Highest peak: ")
    _, stop, rest = said.partition(" %. ")
    lead, *parts = re.split(r"(?:; )?\((?=\d\) )", rest if stop else said)
    lines = [lead.strip(), *(part.rstrip(".").replace(")", ".", 1) for part in parts)]
    told = "<br>".join(map(escape, lines if not parts else lines[1:]))
    place = f'<br><span class="small">Highest peak: {breakable(where.rstrip("."))}</span>' if where else ""
    return told + place


def _highest_means(metrics: pd.DataFrame) -> dict[_Place, float]:
    """Return the highest mean of a repetition of each muscle, of the main analysis."""
    wanted = {*_PLACE, "role", "metric", "phase", "variant", "unit", "value"}
    if metrics.empty or not wanted <= set(metrics.columns):
        return {}
    chosen = metrics[
        (metrics["role"] == "task")
        & (metrics["metric"] == "mean")
        & (metrics["phase"] == "repetition")
        & (metrics["variant"] == "main")
        & (metrics["unit"] == "%MVIC")
    ].dropna(subset=["value"])
    highest: dict[_Place, float] = {}
    for *place, value in chosen[[*_PLACE, "value"]].itertuples(index=False, name=None):
        key = tuple(map(plain, place))
        highest[key] = max(highest.get(key, 0.0), float(value))
    return highest


def _cut(shown: int, all_of: int) -> str:
    if shown == all_of:
        return ""
    return f'<p class="small">{shown} of {all_of} are shown, the highest; all stand in <code>findings.csv</code>.</p>'


def _serious(records: Iterable[Mapping[Any, Any]]) -> dict[_Place, list[str]]:
    """Return the levels of the other warnings and failures, by the place they are about."""
    found: dict[_Place, list[str]] = {}
    for one in records:
        level = plain(one.get("level"))
        if level in ("warn", "fail") and plain(one.get("kind")) not in (EXPLAINED, BY_WINDOWS):
            found.setdefault(_place(one), []).append(level)
    return found


def _others(serious: Mapping[_Place, list[str]], place: _Place) -> str:
    """Count the other warnings and failures about a muscle and about all its placements, with a link to them."""
    places = dict.fromkeys((place, (*place[:4], "")))
    counted = level_counts([level for one in places for level in serious.get(one, ())])
    return f'<a href="#findings">{counted}</a>' if counted else ""
