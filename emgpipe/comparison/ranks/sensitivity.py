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

    def same_first(self, main: Mapping[str, int | None]) -> tuple[set[str], set[str]] | None:
        """Return the first of the main order and of this one, among the levels both rank.

        None where there is nothing to compare: fewer than two such levels, or the main order's first is none of them.
        """
        both = [level for level in self.ranks if main.get(level) is not None]
        firsts = {level for level in both if main[level] == 1}
        if len(both) < 2 or not firsts:
            return None
        highest = min(self.ranks[level] for level in both)
        return firsts, {level for level in both if self.ranks[level] == highest}

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
    """Return one row per alternative and level of a panel; `first_changed` is empty where there is no comparing it."""
    main = {level.level: level.rank for level in panel.ranked}
    rows: list[dict[str, Any]] = []
    for one in alternatives:
        ranks, members, firsts = one.ranks, one.in_best_set, one.same_first(main)
        moves = [abs(rank - before) for level, rank in ranks.items() if (before := main.get(level)) is not None]
        shared = {
            "variant": one.reading.variant, "by": one.reading.metric or panel.key[3], "order": _order_text(ranks),
            "first_changed": None if firsts is None else not firsts[0] & firsts[1],
            "largest_move": max(moves, default=0),
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
    """Say for which panels the first stays first, what else comes first, and where there is nothing to compare."""
    steady: dict[str, list[str]] = {}
    changed: list[str] = []
    silent: dict[str, list[str]] = {}
    for panel in panels:
        name = panel.words(vocabulary)
        main = {level.level: level.rank for level in panel.ranked}
        found = [(one, one.same_first(main)) for one in alternatives.get(panel.key, ())] if len(main) > 1 else []
        for one, firsts in found:
            if firsts is None:
                silent.setdefault(one.reading.words, []).append(name)
        compared = [(one.reading, firsts) for one, firsts in found if firsts is not None]
        if not compared:
            continue
        others: dict[str, list[str]] = {}
        for reading, (before, now) in compared:
            if not before & now:
                first = listed(level_words(vocabulary, factor, level) for level in sorted(now))
                others.setdefault(first, []).append(reading.words)
        ways = _ways([reading for reading, _ in compared])
        if others:
            moves = "; ".join(f"to {first} {listed(how)}" for first, how in others.items())
            changed.append(f"{name}: of {ways}, the first changes {moves}.")
        else:
            steady.setdefault(ways, []).append(name)
    changed += [f"The same first by {ways}: {_outcomes(names, panels)}." for ways, names in steady.items()]
    return changed + [
        f"No order to compare {how}, which does not rank the first or has no two levels: {_outcomes(names, panels)}."
        for how, names in silent.items()
    ]


def _outcomes(names: Sequence[str], panels: Sequence[PanelResult]) -> str:
    return "all outcomes" if len(names) == len(panels) > 1 else "; ".join(names)


def _ways(readings: Sequence[Reading]) -> str:
    """Return how many other ways there are: ``3 other metrics and 1 variant``."""
    metrics = sum(bool(reading.metric) for reading in readings)
    counts = {"other metric": metrics, "variant": len(readings) - metrics}
    return listed(f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count)


def _order_text(ranks: Mapping[str, int]) -> str:
    tiers: dict[int, list[str]] = {}
    for level, rank in ranks.items():
        tiers.setdefault(rank, []).append(level)
    return " > ".join(" = ".join(sorted(tiers[rank])) for rank in sorted(tiers))
