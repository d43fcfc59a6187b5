"""What a ranking finds, panel by panel; a panel is one muscle, side, placement and metric in one scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.comparison.shared.wording import panel_words

if TYPE_CHECKING:
    from emgpipe.comparison.ranks.matrices import PanelCells
    from emgpipe.statistics.log_ratio import PairedRatio
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the `n` participants' own values in the panel's unit; NaN where there are too few."""

    n: int
    mean: float
    sd: float
    geometric_mean: float


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a level lacks: participants without a trial, amplitudes without a logarithm, repetitions without one.

    `unusable` names participant and amplitude, such as ``P02: 0``.
    """

    absent: tuple[str, ...]
    unusable: tuple[str, ...]
    unmeasured: int


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure a level's place is; see `emgpipe.statistics.best_set` and `emgpipe.statistics.bootstrap_ranks`.

    Attributes
    ----------
    in_best_set : bool
        Not distinguishable from the highest.
    p_best : float
        Adjusted p of "no other level is higher".
    frequency : tuple of float
        Bootstrap frequency of rank 1, 2, ...
    """

    in_best_set: bool
    p_best: float
    frequency: tuple[float, ...]
    mean_rank: float
    rank_low: float
    rank_high: float


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level of a panel; amplitudes in the panel's unit, ratios are level / first.

    Attributes
    ----------
    rank, certainty
        None where the level cannot be compared with the ranked ones.
    n : int
        Participants with this level, normalized or not.
    adjusted : float
        Geometric mean by the additive model, as if every participant had every level.
    paired, model_ratio
        Ratio to the first, by the participants who have both and by the model.
    first_count, first_of : int
        Participants whose highest level this is, of those who have it and another.
    """

    level: str
    rank: int | None
    certainty: Certainty | None
    tie: bool
    n: int
    spread: Spread
    adjusted: float
    paired: PairedRatio
    model_ratio: float
    first_count: int
    first_of: int
    gaps: Gaps

    @property
    def separated(self) -> bool:
        """Whether it is shown not to be the highest."""
        return self.certainty is not None and not self.certainty.in_best_set


@dataclass(frozen=True, slots=True)
class PanelResult:
    """A panel's levels: the ranked ones in rank order, then those that cannot be ranked.

    Attributes
    ----------
    kind : str
        ``emg`` or ``ratio``.
    cells : PanelCells
        The participants' own numbers.
    not_measured : tuple of str
        The levels of the scope this muscle has no trial of.
    smallest_p : float
        The smallest p the best set can reach with these participants.
    paired_participants : int
        Participants who have two ranked levels at least.
    redrawn : tuple of int
        Bootstrap studies that could be ranked, and all of them.
    """

    key: tuple[str, str, str, str]
    kind: str
    unit: str
    cells: PanelCells
    levels: tuple[LevelResult, ...]
    not_measured: tuple[str, ...]
    smallest_p: float
    paired_participants: int
    redrawn: tuple[int, int]

    @property
    def ranked(self) -> tuple[LevelResult, ...]:
        """The levels that have a rank."""
        return tuple(level for level in self.levels if level.rank is not None)

    @property
    def participants(self) -> tuple[str, ...]:
        """Everybody measured in this panel."""
        return self.cells.everybody

    def words(self, vocabulary: Vocabulary) -> str:
        """Return the panel as the beginning of a sentence."""
        return panel_words(vocabulary, self.key, self.kind)
