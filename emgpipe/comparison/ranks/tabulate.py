"""The results of a ranking as tidy tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from emgpipe.comparison.ranks.own_orders import own_orders
from emgpipe.comparison.ranks.sensitivity import Alternative, Panel, sensitivity_rows
from emgpipe.comparison.shared.cautions import PEAKS, bases_differ, duration_note, durations, load_bases
from emgpipe.comparison.shared.wording import listed

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.ranks.results import LevelResult, PanelResult
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary

_WHERE: Final = ("comparison", "factor", "scope", "muscle", "side", "placement", "metric")
RANKING_COLUMNS: Final = (
    *_WHERE, "unit", "scale", "rank", "level", "level_order", "n", "n_normalized", "mean", "sd", "geometric_mean",
    "adjusted_geometric_mean", "ratio_to_first", "ci_low", "ci_high", "n_pairs", "model_ratio_to_first",
    "in_best_set", "p_best", "smallest_p", "frequency_first", "mean_rank", "rank_low", "rank_high", "first_count",
    "first_of", "tie", "note",
)  # fmt: skip
"""One row per muscle, side, placement, metric, scope and level; ratios are level / first."""


def ranking_table(panels: Sequence[PanelResult], scope: Scope, factor: str) -> pd.DataFrame:
    """Return the rows of all panels, the levels of each in rank order."""
    import pandas as pd

    bases, seconds = load_bases(scope, factor), durations(scope, factor)
    rows: list[dict[str, Any]] = []
    for panel, where in _placed(panels, scope, factor):
        first = panel.levels[0].level
        for level in panel.levels:
            extra = ["load bases differ"] if bases_differ(bases) else []
            if panel.key[3] in PEAKS and level.rank is not None:
                extra.append(duration_note(seconds, level.level, first))
            place = scope.levels.index(level.level) + 1
            numbers = {"unit": panel.unit, "scale": "log", "level_order": place, "smallest_p": panel.smallest_p}
            rows.append(where | numbers | _numbers(level) | {"note": _note(level, panel, extra)})
    table = pd.DataFrame(rows, columns=list(RANKING_COLUMNS))
    return table.astype({"rank": "Int64", "in_best_set": "boolean"})


def further_tables(
    panels: Sequence[PanelResult],
    alternatives: Mapping[Panel, Sequence[Alternative]],
    scope: Scope,
    factor: str,
    vocabulary: Vocabulary,
) -> dict[str, pd.DataFrame]:
    """Return ``rank_frequency``, ``own_orders`` and ``sensitivity``, those that have rows."""
    import pandas as pd

    makers: dict[str, Callable[[PanelResult], list[dict[str, Any]]]] = {
        "rank_frequency": _frequencies,
        "own_orders": lambda panel: own_orders(panel.cells, factor, vocabulary),
        "sensitivity": lambda panel: sensitivity_rows(panel, alternatives.get(panel.key, ())),
    }
    placed = list(_placed(panels, scope, factor))
    tables = {
        name: pd.DataFrame([where | row for panel, where in placed for row in make(panel)])
        for name, make in makers.items()
    }
    return {name: table.drop(columns="comparison") for name, table in tables.items() if len(table)}


def _placed(panels: Sequence[PanelResult], scope: Scope, factor: str) -> Iterable[tuple[PanelResult, dict[str, Any]]]:
    texts = scope_texts((panel.key[:3] for panel in panels), scope)
    for panel in panels:
        yield panel, dict(zip(_WHERE, (scope.title, factor, texts[panel.key[:3]], *panel.key), strict=True))


def _frequencies(panel: PanelResult) -> list[dict[str, Any]]:
    return [
        {"level": level.level, "rank": rank, "frequency": share}
        for level in panel.ranked
        if level.certainty is not None
        for rank, share in enumerate(level.certainty.frequency, start=1)
    ]


def _numbers(level: LevelResult) -> dict[str, Any]:
    sure = level.certainty
    return {
        "rank": level.rank, "level": level.level, "n": level.n, "n_normalized": level.spread.n,
        "mean": level.spread.mean, "sd": level.spread.sd, "geometric_mean": level.spread.geometric_mean,
        "adjusted_geometric_mean": level.adjusted, "ratio_to_first": level.paired.ratio, "ci_low": level.paired.low,
        "ci_high": level.paired.high, "n_pairs": level.paired.n, "model_ratio_to_first": level.model_ratio,
        "in_best_set": sure.in_best_set if sure else None, "p_best": sure.p_best if sure else math.nan,
        "frequency_first": sure.frequency[0] if sure else math.nan, "mean_rank": sure.mean_rank if sure else math.nan,
        "rank_low": sure.rank_low if sure else math.nan, "rank_high": sure.rank_high if sure else math.nan,
        "first_count": level.first_count, "first_of": level.first_of, "tie": level.tie,
    }  # fmt: skip


def _note(level: LevelResult, panel: PanelResult, extra: Iterable[str]) -> str:
    notes: list[str] = []
    if len(panel.levels) == 1:
        notes.append("the only level measured: a ranking needs two")
    elif level.rank is None:
        notes.append("not ranked: no participant connects it with the ranked levels")
    elif level is not panel.levels[0] and level.paired.n < 2:
        notes.append("one participant: no interval" if level.paired.n else "no participant has this and the first")
    if level.gaps.absent:
        notes.append(f"missing: {listed(level.gaps.absent)}")
    notes += [f"left out of the model: {one}" for one in level.gaps.unusable]
    if level.gaps.unmeasured:
        notes.append(f"repetitions without an amplitude: {level.gaps.unmeasured}")
    return "; ".join([*notes, *(text for text in extra if text)])


def scope_texts(sites: Iterable[tuple[str, ...]], scope: Scope) -> dict[tuple[str, ...], str]:
    """Return the scope column of each (muscle, side, placement); placements are told apart where there are several."""
    unique = list(dict.fromkeys(sites))
    muscles = [site[:2] for site in unique]
    texts: dict[tuple[str, ...], str] = {}
    for site in unique:
        apart = [f"placement = {site[2] or 'not stated'}"] if muscles.count(site[:2]) > 1 else []
        texts[site] = ", ".join([part for part in (scope.text,) if part] + apart)
    return texts
