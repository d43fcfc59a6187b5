"""How the order of levels moves when the numbers are made in another way.

Two kinds of variant are looked at. A *variant of the settings* (another band, another RMS window, the first repetition
left out, ...) is a run of its own; its rows stand in the metrics table under its name. *Another metric* (mean, peak,
sustained peak, 95th percentile) is read from the main run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emgpipe.comparison.shared.wording import level_words, listed
from emgpipe.errors import ComparisonError, suggest
from emgpipe.model.tables import MAIN_VARIANT

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.ranks.order import Order
    from emgpipe.comparison.ranks.results import PanelResult
    from emgpipe.vocabulary import Vocabulary

METRICS: Final = ("mean", "peak", "sustained_peak", "p95")
"""Metrics by which exercises are ranked in the literature."""
Panel = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to make the numbers: a variant of the settings, and another metric or, empty, the panel's own."""

    variant: str
    metric: str = ""

    @property
    def words(self) -> str:
        """Such as ``with variant wide_band`` or ``by sustained peak``."""
        return f"by {self.metric.replace('_', ' ')}" if self.metric else f"with variant {self.variant}"


@dataclass(frozen=True, slots=True)
class Alternative:
    """The order one reading gives to a panel; `levels` are those of the order's indices."""

    reading: Reading
    levels: Sequence[str]
    order: Order

    @property
    def ranks(self) -> dict[str, int]:
        """Level -> rank."""
        return {self.levels[i]: rank for i, rank in self.order.ranks.items()}

    @property
    def in_best_set(self) -> dict[str, bool]:
        """Level -> whether it is not distinguishable from the highest."""
        return {self.levels[i]: bool(self.order.best.members[at]) for at, i in enumerate(self.order.members)}


def chosen_readings(metrics: pd.DataFrame, asked: Sequence[str] | None, measured: Iterable[str]) -> tuple[Reading, ...]:
    """Return the readings asked for; left out, all there are.

    Parameters
    ----------
    metrics : DataFrame
        The metrics table with all variants.
    measured : iterable of str
        The EMG metrics of the task trials.

    Raises
    ------
    ComparisonError
        A name is neither a variant nor a metric that was measured.
    """
    column = metrics["variant"].dropna().astype(str) if "variant" in metrics.columns else ()
    variants = [name for name in dict.fromkeys(column) if name not in ("", MAIN_VARIANT)]
    others = [name for name in METRICS if name in set(measured)]
    if asked is None:
        return (*(Reading(MAIN_VARIANT, name) for name in others), *map(Reading, variants))
    there = (*variants, *dict.fromkeys(measured))
    for name in asked:
        if name not in there:
            known = ", ".join(there) or "none"
            raise ComparisonError(
                f"sensitivity: '{name}' is neither a variant of this study nor a metric it measured"
                f"{suggest(name, there) or '.'} There are: {known}"
            )
    return tuple(Reading(name) if name in variants else Reading(MAIN_VARIANT, name) for name in asked)


def sensitivity_rows(panel: PanelResult, alternatives: Sequence[Alternative]) -> list[dict[str, Any]]:
    """Return one row per alternative and level of a panel."""
    main = {level.level: level.rank for level in panel.ranked}
    firsts = _firsts(main)
    rows: list[dict[str, Any]] = []
    for one in alternatives:
        ranks, members = one.ranks, one.in_best_set
        moves = [abs(rank - before) for level, rank in ranks.items() if (before := main.get(level)) is not None]
        shared = {
            "variant": one.reading.variant, "by": one.reading.metric or panel.key[3], "order": _order_text(ranks),
            "first_changed": not firsts & _firsts(ranks), "largest_move": max(moves, default=0),
        }  # fmt: skip
        rows += [
            shared | {"level": level, "rank": rank, "rank_in_main": main.get(level), "in_best_set": members[level]}
            for level, rank in sorted(ranks.items(), key=lambda item: item[1])
        ]
    return rows


def sensitivity_sentences(
    panels: Sequence[PanelResult],
    alternatives: Mapping[Panel, Sequence[Alternative]],
    factor: str,
    vocabulary: Vocabulary,
) -> list[str]:
    """Say for which panels the first stays first in every variant, and what else comes first in the others."""
    steady: dict[int, list[str]] = {}
    changed: list[str] = []
    for panel in panels:
        found = alternatives.get(panel.key, ())
        firsts = _firsts({level.level: level.rank for level in panel.ranked})
        if not found or not firsts:
            continue
        others: dict[str, list[str]] = {}
        for one in found:
            now = _firsts(one.ranks)
            if now and not now & firsts:
                names = listed(level_words(vocabulary, factor, level) for level in sorted(now))
                others.setdefault(names, []).append(one.reading.words)
        if others:
            moves = "; ".join(f"to {first} {listed(how)}" for first, how in others.items())
            changed.append(f"{panel.words(vocabulary)}: of {len(found)} variants, the first changes {moves}.")
        else:
            steady.setdefault(len(found), []).append(panel.words(vocabulary))
    for count, outcomes in steady.items():
        how = f"whichever of {count} variants" if count > 1 else "in the one variant there is"
        where = "all outcomes" if len(outcomes) == len(panels) > 1 else "; ".join(outcomes)
        changed.append(f"The same first {how}: {where}.")
    return changed


def _firsts(ranks: Mapping[str, int | None]) -> set[str]:
    return {level for level, rank in ranks.items() if rank == 1}


def _order_text(ranks: Mapping[str, int]) -> str:
    tiers: dict[int, list[str]] = {}
    for level, rank in ranks.items():
        tiers.setdefault(rank, []).append(level)
    return " > ".join(" = ".join(sorted(tiers[rank])) for rank in sorted(tiers))
