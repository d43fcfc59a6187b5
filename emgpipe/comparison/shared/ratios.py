"""Ratios of two muscles as outcomes: gluteus to erector spinae, gluteus to hamstring, upper to lower gluteus.

A ratio is taken repetition by repetition and analyzed on the log scale. Between conditions of one session both
references cancel, so that its *change* rests on no MVIC; its *height* rests on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from emgpipe.errors import ComparisonError, suggest
from emgpipe.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.vocabulary import Vocabulary

NORMALIZED_RATIO: Final = "ratio"
RAW_RATIO: Final = "V/V"
RAW_UNITS: Final = frozenset({"", "V", "V.s", RAW_RATIO})
"""Units without normalization: between participants they differ by electrodes and skin."""
BASIS: Final = (
    "log ratio of two muscles; its change between conditions rests on no reference, its height on the references of "
    "both muscles"
)
_REPETITION: Final = ("participant", "session", "trial", "repetition", "onset", "phase", "metric")


class Ratio(Settings):
    """The amplitude of one muscle over that of another, in the same repetition and on the same side."""

    of: str = Field(min_length=1)
    """The muscle above the line; a muscle with parts stands for each of its parts."""
    to: str = Field(min_length=1)
    """The muscle below the line."""


def with_parts(muscle: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return a muscle and its parts; one the vocabulary does not know goes by the name the table has."""
    from emgpipe.errors import VocabularyError

    try:
        return (vocabulary.muscle(muscle).id, *vocabulary.parts(muscle))
    except VocabularyError:
        return (muscle,)


def ratio_rows(emg: pd.DataFrame, ratios: Iterable[Ratio], vocabulary: Vocabulary) -> pd.DataFrame:
    """Return rows of kind ``ratio``, one per repetition and metric in which both muscles were measured.

    Parameters
    ----------
    emg : DataFrame
        The EMG rows of the metrics asked for.

    Raises
    ------
    ComparisonError
        A muscle was not measured, or the two were never measured on one side.
    """
    import pandas as pd

    made = [rows for ratio in ratios for rows in _rows_of(emg, ratio, vocabulary)]
    return pd.concat(made, ignore_index=True) if made else emg.iloc[:0]


def _rows_of(emg: pd.DataFrame, ratio: Ratio, vocabulary: Vocabulary) -> list[pd.DataFrame]:
    above, below = (_measured(emg, name, vocabulary) for name in (ratio.of, ratio.to))
    if above == below and len(above) == 1:
        raise ComparisonError(
            f"ratio '{ratio.of}' to '{ratio.to}': both are {above[0]}, over itself always 1; name two different muscles"
        )
    made = [rows for one in above for other in below if one != other for rows in _of_pair(emg, one, other)]
    if not made:
        raise ComparisonError(
            f"ratio '{ratio.of}' to '{ratio.to}': the two were measured in no common repetition on the same side; "
            "measure both on one side, or leave the ratio out"
        )
    return made


def _measured(emg: pd.DataFrame, muscle: str, vocabulary: Vocabulary) -> list[str]:
    there = list(dict.fromkeys(emg["muscle"]))
    found = [name for name in there if name in with_parts(muscle, vocabulary)]
    if not found:
        raise ComparisonError(
            f"ratio: muscle '{muscle}' was not measured in these trials{suggest(muscle, there) or '.'} "
            f"There are: {', '.join(there) or 'none'}"
        )
    return found


def _of_pair(emg: pd.DataFrame, above: str, below: str) -> list[pd.DataFrame]:
    """One table per side; a muscle measured on one side only goes with the other muscle's both sides."""
    first, second = (emg[emg["muscle"] == name] for name in (above, below))
    return [
        rows
        for side, other in _sides(sorted(set(first["side"])), sorted(set(second["side"])))
        if len(rows := _divided(first[first["side"] == side], second[second["side"] == other], f"{above}/{below}"))
    ]


def _sides(above: Sequence[str], below: Sequence[str]) -> list[tuple[str, str]]:
    if len(below) == 1 and below[0] not in above:
        return [(side, below[0]) for side in above]
    if len(above) == 1 and above[0] not in below:
        return [(above[0], side) for side in below]
    return [(side, side) for side in above if side in below]


def _divided(above: pd.DataFrame, below: pd.DataFrame, name: str) -> pd.DataFrame:
    keys = list(_REPETITION)
    lower = below[[*keys, "side", "value", "amplitude", "unit"]]
    rows = above.merge(lower, on=keys, how="inner", suffixes=("", "_below"))
    normalized = rows["unit"].str.startswith("%") & rows["unit_below"].eq(rows["unit"])
    value = (rows["value"] / rows["value_below"].where(rows["value_below"] > 0)).where(normalized)
    sides = rows["side"].where(rows["side"] == rows["side_below"], rows["side"] + "/" + rows["side_below"])
    amplitude = rows["amplitude"] / rows["amplitude_below"].where(rows["amplitude_below"] > 0)
    added: dict[str, Any] = {
        "muscle": name,
        "kind": "ratio",
        "side": sides.str.strip("/"),
        "value": value,
        "amplitude": amplitude,
    }
    rows = rows.assign(**added, amplitude_unit=RAW_RATIO, reference="")
    rows["unit"] = NORMALIZED_RATIO if normalized.any() else RAW_RATIO
    return rows[list(above.columns)]
