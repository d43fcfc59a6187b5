"""MVIC trials as repeated measurements, from the references table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from emgpipe.comparison.repeats.matrices import MVIC, Repeats, complete, frame_of, in_session, natural
from emgpipe.comparison.shared.places import Place
from emgpipe.comparison.shared.ratios import with_parts
from emgpipe.comparison.shared.wording import listed
from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.outcomes import Key
    from emgpipe.vocabulary import Vocabulary

_TEXTS = ("participant", "session", "muscle", "side", "placement", "trial", "position")


def with_texts(references: pd.DataFrame) -> pd.DataFrame:
    """Return the references table with texts where it has texts, none of them missing, and each trial that counts once.

    Raises
    ------
    ComparisonError
        A column is not there.
    """
    absent = [name for name in (*_TEXTS, "value") if name not in references.columns]
    if absent:
        raise ComparisonError(f"the references table has no column {', '.join(absent)}; make it with 'emgpipe run'")
    if "rank" in references.columns:  # rank 0: a trial that does not count
        references = references[references["rank"] != 0]
    texts = {name: references[name].astype(object).where(references[name].notna(), "").astype(str) for name in _TEXTS}
    return references.assign(**texts).drop_duplicates([*_TEXTS, "value"])


def muscles_of(references: pd.DataFrame, muscles: Sequence[str] | None, vocabulary: Vocabulary) -> list[str]:
    """Return the muscles asked for and their parts; None stands for all.

    Raises
    ------
    ComparisonError
        None of them has an MVIC trial.
    """
    there = list(dict.fromkeys(references["muscle"]))
    if muscles is None:
        return there
    names = [name for muscle in muscles for name in with_parts(muscle, vocabulary)]
    if not set(names) & set(there):
        raise ComparisonError(f"no MVIC of {listed(muscles) or 'no muscle'}. There are: {', '.join(there)}")
    return names


def mvic_repeats(
    references: pd.DataFrame, first: int | None, session: str, units: Mapping[Key, str]
) -> Iterator[Repeats]:
    """Yield the MVIC trials of every muscle, side and placement.

    Parameters
    ----------
    references : DataFrame
        Rows of the references table.
    session : str
        Which; empty, each participant's first.
    units : mapping
        Unit of the amplitude by muscle, side, placement; volts where it is not in.
    """
    for site, own in references.groupby(["muscle", "side", "placement"], sort=False):
        series = {
            str(name): [(str(t), float(v)) for t, v in zip(rows["trial"], rows["value"], strict=True)]
            for name, rows in in_session(own, session).sort_values("trial", key=_natural_keys).groupby("participant")
        }
        muscle, side, placement = (str(part) for part in site)
        key = (muscle, side, placement, MVIC)
        yield complete(series, first, frame_of(key, "emg", Place("", "", own, ""), units.get(key) or "V"))


def _natural_keys(column: pd.Series[str]) -> pd.Series[int]:
    ranks = {text: i for i, text in enumerate(sorted(set(column), key=natural))}
    return column.map(ranks)


def amplitude_units(metrics: pd.DataFrame) -> dict[tuple[str, str, str, str], str]:
    """Return the unit of each muscle's mean amplitude, by muscle, side, placement and ``mvic``."""
    if not {"metric", "amplitude_unit", "muscle", "side", "placement"} <= set(metrics.columns):
        return {}
    means = metrics[metrics["metric"] == "mean"].drop_duplicates(["muscle", "side", "placement"])
    columns = (means[name].fillna("").astype(str) for name in ("muscle", "side", "placement", "amplitude_unit"))
    return {(muscle, side, placement, MVIC): unit for muscle, side, placement, unit in zip(*columns, strict=True)}
