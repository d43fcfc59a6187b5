"""Bins of the neck angle: which angle is which head position, and which angles are too near an edge to tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from pydantic import Field, model_validator

from emgpipe.errors import ComparisonError
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import NDArray

    from emgpipe.vocabulary import Vocabulary

BETWEEN: Final = "between"
"""The label of angles that are no head position: between two of them."""
MIXED: Final = "mixed"
"""The label of a trial whose repetitions do not agree."""
DEFAULT_EDGES: Final = {"degrees": (-20.0, -10.0, 10.0, 25.0, 40.0), "percent_rom": (-40.0, -20.0, 20.0, 45.0, 75.0)}
_LABELS: Final = ("hyperextension", BETWEEN, "neutral", "slight_flexion", "moderate_flexion", "hyperflexion")


class MeasuredBins(Settings):
    """How a measured neck angle becomes a head position.

    Angles are relative to the participant's own neutral, flexion positive. The default bins are a convention of
    emgpipe and not a standard: each is at least twice as wide as what a cervical range-of-motion device cannot tell
    apart (3.5 to 6.8 degrees), but for the gap between hyperextension and neutral. Report them.
    """

    channel: str = Field(default="neck_angle", min_length=1)
    """The channel that holds the neck angle."""
    metric: str = Field(default="lockout", min_length=1)
    """Which number of a repetition counts: lockout, where coaches define head positions, or minimum, maximum."""
    scale: Literal["degrees", "percent_rom"] = "degrees"
    """Unit of the edges: degrees, or percent of the participant's own active range of motion, for which the
    participants table needs two columns with degrees above 0."""
    edges: tuple[float, ...] | None = None
    """The edges, rising. An angle exactly on an edge belongs to the bin below it. Left out: -20, -10, 10, 25, 40
    degrees, or -40, -20, 20, 45, 75 percent."""
    labels: tuple[str, ...] = _LABELS
    """The head positions of the bins, one more than there are edges; `between` for a bin that is none."""
    ambiguous: float = Field(default=5.0, ge=0)
    """Degrees: an angle this near an edge is flagged, because the measurement cannot tell the two sides apart."""
    agreement: float = Field(default=0.7, gt=0.5, le=1)
    """Share of a trial's repetitions that must be in one bin for the trial to have its label; else it is `mixed`."""
    rom_flexion: str = "neck_flexion_rom"
    """percent_rom only: the column of the participants table with the largest active flexion, in degrees."""
    rom_extension: str = "neck_extension_rom"
    """percent_rom only: the column with the largest active extension, in degrees, above 0."""

    @model_validator(mode="after")
    def _fit(self) -> Self:
        edges = self.scale_edges
        if not all(low < high for low, high in pairwise(edges)):
            raise ValueError(f"edges must rise from one to the next; given: {', '.join(f'{e:g}' for e in edges)}")
        if len(self.labels) != len(edges) + 1:
            raise ValueError(
                f"{len(edges)} edges make {len(edges) + 1} bins, so labels needs {len(edges) + 1} names; "
                f"given: {len(self.labels)}"
            )
        positions = [label for label in self.labels if label != BETWEEN]
        if not positions or len(set(positions)) < len(positions) or {"", MIXED} & set(positions):
            raise ValueError(f"labels: each head position once, not '{MIXED}', and at least one beside '{BETWEEN}'")
        return self

    @property
    def scale_edges(self) -> tuple[float, ...]:
        """The edges on their own scale."""
        return DEFAULT_EDGES[self.scale] if self.edges is None else self.edges

    @property
    def unit(self) -> str:
        """The unit of the scale."""
        return "deg" if self.scale == "degrees" else "% of range of motion"

    def require_known(self, vocabulary: Vocabulary) -> None:
        """Raise `ComparisonError` unless every label is a head position of the vocabulary."""
        for label in self.labels:
            if label != BETWEEN and label not in vocabulary.head_positions:
                known = ", ".join(vocabulary.head_positions)
                raise ComparisonError(
                    f"labels: '{label}' is no head position by its id. Use {known} or {BETWEEN}, or add it to the "
                    "study file under 'vocabulary: head_positions:'"
                )

    def words(self) -> str:
        """Return the bins for a methods section."""
        unit = "°" if self.scale == "degrees" else " % of the participant's own active range of motion"
        edges = [f"{edge:+g}" for edge in self.scale_edges]
        names = [label.replace("_", " ") for label in self.labels]
        parts = [f"{names[0]} up to {edges[0]}"] if edges else [f"{names[0]} at any angle"]
        parts += [
            f"{name} above {low} up to {high}" for name, (low, high) in zip(names[1:-1], pairwise(edges), strict=True)
        ]
        parts += [f"{names[-1]} above {edges[-1]}"] if edges else []
        return f"{', '.join(parts)} (in {unit.strip()}, relative to the participant's own neutral, flexion positive)"


def bin_labels(angles: NDArray[np.float64], edges: Sequence[float], labels: Sequence[str]) -> list[str]:
    """Return the label of each angle; an angle on an edge belongs to the bin below, one that is NaN has none.

    Parameters
    ----------
    angles : array, shape (n,)
        In the unit of `edges`.
    edges : sequence of float
        Rising; NaN edges (a participant without a range of motion) give no label.
    labels : sequence of str
        One more than edges.
    """
    if not all(map(math.isfinite, edges)):
        return [""] * len(angles)
    bins = np.searchsorted(np.asarray(edges, dtype=float), angles, side="left")
    return [labels[place] if math.isfinite(angle) else "" for place, angle in zip(bins, angles, strict=True)]


def near_edge(angles: NDArray[np.float64], edges: Sequence[float], within: float) -> NDArray[np.bool_]:
    """Say which angles lie within so many degrees of an edge, on either side of it; the distance itself counts."""
    if not edges:
        return np.zeros(len(angles), dtype=bool)
    distances = np.abs(np.asarray(angles, dtype=float)[:, None] - np.asarray(edges, dtype=float)[None, :])
    return np.asarray((distances <= within).any(axis=1))
