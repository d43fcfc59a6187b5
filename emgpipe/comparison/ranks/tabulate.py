"""The results of a ranking as a tidy table, sentences and a basis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from emgpipe.comparison.ranks.sentences import gap_sentences, panel_sentence, reversed_means
from emgpipe.comparison.shared.cautions import (
    PEAKS,
    bases_differ,
    duration_note,
    duration_sentence,
    durations,
    load_bases,
)
from emgpipe.comparison.shared.wording import factor_words, level_words, listed, panel_words, people

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.ranks.panel import LevelResult, PanelResult
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary

RANKING_COLUMNS: Final = (
    "comparison", "factor", "scope", "muscle", "side", "placement", "metric", "unit", "rank", "level", "level_order",
    "n", "n_normalized", "mean", "sd", "geometric_mean", "adjusted_geometric_mean", "ratio_to_first", "ci_low",
    "ci_high", "n_pairs", "model_ratio_to_first", "first_count", "first_of", "tie", "note",
)  # fmt: skip
"""One row per muscle, side, placement, metric, scope and level; ratios are level / first."""


def ranking_table(panels: Sequence[PanelResult], scope: Scope, factor: str) -> pd.DataFrame:
    """Return the rows of all panels, the levels of each in rank order."""
    import pandas as pd

    bases, seconds = load_bases(scope, factor), durations(scope, factor)
    texts = scope_texts((panel.key[:3] for panel in panels), scope)
    rows: list[dict[str, Any]] = []
    for panel in panels:
        muscle, side, placement, metric = panel.key
        where = {
            "comparison": scope.title, "factor": factor, "scope": texts[panel.key[:3]], "muscle": muscle,
            "side": side, "placement": placement, "metric": metric, "unit": panel.unit,
        }  # fmt: skip
        first = panel.levels[0].level
        for level in panel.levels:
            extra = ["load bases differ"] if bases_differ(bases) else []
            if metric in PEAKS and level.rank is not None:
                extra.append(duration_note(seconds, level.level, first))
            place = scope.levels.index(level.level) + 1
            rows.append(where | {"level_order": place} | _numbers(level) | {"note": _note(level, panel, extra)})
    table = pd.DataFrame(rows, columns=list(RANKING_COLUMNS))
    return table.astype({"rank": "Int64"})


def _numbers(level: LevelResult) -> dict[str, Any]:
    return {
        "rank": level.rank, "level": level.level, "n": level.n, "n_normalized": level.spread.n,
        "mean": level.spread.mean, "sd": level.spread.sd, "geometric_mean": level.spread.geometric_mean,
        "adjusted_geometric_mean": level.adjusted, "ratio_to_first": level.paired.ratio, "ci_low": level.paired.low,
        "ci_high": level.paired.high, "n_pairs": level.paired.n, "model_ratio_to_first": level.model_ratio,
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


def ranking_sentences(
    panels: Sequence[PanelResult], scope: Scope, factor: str, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return one sentence per panel, each followed by what bends it, and the cautions that hold for all."""
    said: list[str] = []
    for panel in panels:
        said.append(panel_sentence(panel, factor, vocabulary))
        if means := reversed_means(panel, factor, vocabulary):
            said.append(f"{panel_words(vocabulary, panel.key)}: {means[:1].lower()}{means[1:]}")
    said += gap_sentences(panels, factor, vocabulary)
    bases = load_bases(scope, factor)
    if bases_differ(bases):
        names = listed(f"{level_words(vocabulary, factor, x)} {basis or 'not recorded'}" for x, basis in bases.items())
        said.append(f"Load bases differ ({names}): the ranking compares loads as well as {factor_words(factor)}.")
    if any(panel.key[3] in PEAKS for panel in panels):
        said.append(duration_sentence(durations(scope, factor), factor, vocabulary))
    return tuple(sentence for sentence in said if sentence)


def ranking_basis(panels: Sequence[PanelResult], scope: Scope, factor: str, own: pd.DataFrame) -> dict[str, str]:
    """Return what the ranking rests on, in words."""
    everybody = sorted({person for panel in panels for person in panel.participants})
    sessions = int(own["sessions"].max())
    units = listed(dict.fromkeys(panel.unit or "an unknown unit" for panel in panels))
    block = "participant" if sessions == 1 else "participant and session"
    block = listed([block, *(factor_words(name) for name in scope.held)])
    bases = load_bases(scope, factor)
    loads = ", ".join(f"{level}: {basis or 'NOT RECORDED'}" for level, basis in bases.items())
    seconds = ", ".join(f"{level}: {value:.2f} s" for level, value in durations(scope, factor).items())
    return {
        "n": f"{people(len(everybody))}: {', '.join(everybody)}",
        "values": f"in {units}; repetitions are averaged within the trial, then trials, then sessions, so that the "
        "participant is the unit of analysis",
        "method": f"ranks and model ratios: additive model of the log amplitude, level + block (block: {block}), by "
        "least squares over the cells there are; inside a block the reference (MVIC) cancels",
        "interval": "ratio to the first: paired log ratio of the participants who have both, 95 % t interval, not "
        "adjusted for the number of comparisons; an interval that contains 1 reads 'no difference shown'",
        "first_in": "participants whose highest level it is, of those who have it and another; an equal highest "
        "counts for each",
        "load_basis": loads if any(bases.values()) else "NOT RECORDED",
        "repetition_duration": seconds or "NOT RECORDED",
        "meaning": "a higher EMG amplitude; it does not by itself show a larger force or a training effect",
        **scope.basis,
    }


def scope_texts(sites: Iterable[tuple[str, ...]], scope: Scope) -> dict[tuple[str, ...], str]:
    """Return the scope column of each (muscle, side, placement); placements are told apart where there are several."""
    unique = list(dict.fromkeys(sites))
    muscles = [site[:2] for site in unique]
    texts: dict[tuple[str, ...], str] = {}
    for site in unique:
        apart = [f"placement = {site[2] or 'not stated'}"] if muscles.count(site[:2]) > 1 else []
        texts[site] = ", ".join([part for part in (scope.text,) if part] + apart)
    return texts
