"""What is compared between groups: one number per participant, either a level of amplitude or an effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.comparison.shared.cells import PANEL
from emgpipe.comparison.shared.outcomes import Key, scale_of
from emgpipe.comparison.shared.places import own_means
from emgpipe.comparison.shared.ratios import NORMALIZED_RATIO

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.comparison.shared.places import Place

_DIGITS = 12
"""Decimals of logarithms that count; what lies behind is rounding."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One number per participant, to be compared between groups.

    Attributes
    ----------
    key : tuple of str
        Muscle, side, placement, metric.
    kind, scope, where, unit : str
        Kind of the outcome, the condition for the table and in words, the unit of the values shown.
    scale : {"log", "raw"}
        Of `scores`.
    level, against : str
        The effect: this level of the factor against that one; empty where the amplitude itself is compared.
    scores : mapping of str to float
        Participant -> logarithm of the amplitude or of the ratio; value or difference on the raw scale.
    unusable : tuple of str
        Who was measured and has no such number, with the reason.
    refusal : str
        Why nobody has one, such as units that cannot be averaged; empty if somebody has.
    """

    key: Key
    kind: str
    scope: str
    where: str
    unit: str
    scale: Scale
    level: str
    against: str
    scores: Mapping[str, float]
    unusable: tuple[str, ...]
    refusal: str = ""


def levels_asked(rows: pd.DataFrame, place: Place) -> Iterator[Asked]:
    """Yield the amplitude of every outcome in one condition: normalized values, the means of each participant."""
    for (muscle, side, placement, metric), own in rows.groupby(list(PANEL), sort=False):
        kind = str(own["kind"].iloc[0])
        scale = scale_of(kind)
        wanted = own[_comparable(own)] if scale == "log" else own
        units = sorted(set(wanted.loc[wanted["value"].notna(), "unit"]))
        everybody = sorted(set(own["participant"]))
        means = own_means(wanted.dropna(subset=["value"]), "value", ["participant", "session"])
        values = means.groupby(level=0).mean()
        scores = {str(name): float(value) for name, value in values.dropna().items() if scale == "raw" or value > 0}
        reason = "without a normalized value above 0" if scale == "log" else "without a value"
        yield Asked(
            key=(str(muscle), str(side), str(placement), str(metric)),
            kind=kind,
            scope=place.text,
            where=place.words,
            unit=str(units[0]) if units else "",
            scale=scale,
            level="",
            against="",
            scores={name: round(float(np.log(v)) if scale == "log" else v, _DIGITS) for name, v in scores.items()},
            unusable=tuple(f"{name} ({reason})" for name in everybody if name not in scores),
            refusal=f"values in different units ({', '.join(units)}) cannot be averaged" if len(units) > 1 else "",
        )


def _comparable(rows: pd.DataFrame) -> pd.Series[bool]:
    return rows["unit"].str.startswith("%") | rows["unit"].eq(NORMALIZED_RATIO)


def effects_asked(outcome: OutcomeCells, pairs: Sequence[tuple[str, str]], scope: str, refusal: str) -> Iterator[Asked]:
    """Yield the effects of a factor inside participants: each level against another, session by session.

    Without a pair the `refusal` says why.
    """
    if not pairs:
        yield Asked(outcome.key, outcome.kind, scope, "", outcome.unit, outcome.scale, "", "", {}, (), refusal)
    for level, against in pairs:
        differences = outcome.scores[:, outcome.levels.index(level)] - outcome.scores[:, outcome.levels.index(against)]
        own: dict[str, list[float]] = {}
        for name, difference in zip(outcome.participants, differences, strict=True):
            own.setdefault(name, []).extend([float(difference)] if np.isfinite(difference) else [])
        unit = outcome.unit if outcome.scale == "raw" else "ratio"
        yield Asked(
            outcome.key, outcome.kind, scope, "", unit, outcome.scale, level, against,
            {name: round(float(np.mean(values)), _DIGITS) for name, values in own.items() if values},
            tuple(f"{name} (no usable value in both)" for name, values in own.items() if not values),
        )  # fmt: skip
