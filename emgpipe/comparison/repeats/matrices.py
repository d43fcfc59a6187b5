"""Repeated measurements as matrices: MVIC trials, the repetitions of a set, or sessions, by participants."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.comparison.shared.cells import PANEL
from emgpipe.comparison.shared.outcomes import Key, require_one_unit, shown_column
from emgpipe.comparison.shared.places import Place, own_means
from emgpipe.comparison.shared.wording import COMPARED_SESSION
from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Series = Mapping[str, list[tuple[str, float]]]
"""Participant -> label and value of what was repeated, in its order."""
MVIC: Final = "mvic"


@dataclass(frozen=True, slots=True)
class Repeats:
    """One outcome, measured again and again.

    Attributes
    ----------
    key : tuple of str
        Muscle, side, placement, metric (``mvic`` for MVIC trials).
    kind : str
        ``emg``, ``ratio`` or the kind of the channel.
    scope, where : str
        The condition, for the table and in words.
    unit : str
    participants : tuple of str
        Of each row.
    labels : tuple of tuple of str
        What each cell is: a trial's id, a repetition's number, a session.
    values : array, shape (n_participants, n_repeats)
        Complete.
    left_out : tuple of str
        Who has too few, in words.
    refusal : str
        Why there is no value at all, such as units that cannot be averaged; empty if there is.
    """

    key: Key
    kind: str
    scope: str
    where: str
    unit: str
    participants: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    values: NDArray[np.float64]
    left_out: tuple[str, ...]
    refusal: str = ""


def complete(series: Series, first: int | None, frame: Repeats) -> Repeats:
    """Return the participants who have the first `first` values.

    Left out, `first` is what everybody has who has two at all: a value more would cost a participant.
    """
    finite = {name: [(label, v) for label, v in own if math.isfinite(v)] for name, own in series.items()}
    counts = {name: len(own) for name, own in finite.items()}
    k = first or min((count for count in counts.values() if count > 1), default=0)
    names = tuple(sorted(name for name, count in counts.items() if count >= max(k, 2)))
    values = np.array([[value for _, value in finite[name][:k]] for name in names]).reshape(len(names), k)
    return replace(
        frame,
        participants=names,
        labels=tuple(tuple(label for label, _ in finite[name][:k]) for name in names),
        values=values,
        left_out=tuple(f"{name} (has {counts[name]})" for name in sorted(set(counts) - set(names))),
    )


def repetition_repeats(rows: pd.DataFrame, place: Place, first: int | None, session: str) -> Iterator[Repeats]:
    """Yield the repetitions of each participant's first set of a condition, outcome by outcome."""
    for key, own in rows.groupby(list(PANEL), sort=False):
        kind = str(own["kind"].iloc[0])
        try:
            column, unit = shown_column(own)
        except ComparisonError as error:
            yield replace(frame_of(key, kind, place, ""), refusal=str(error))
            continue
        series: dict[str, list[tuple[str, float]]] = {}
        for name, mine in in_session(own, session).groupby("participant"):
            trial = min(set(mine["trial"]), key=natural)
            repeated = mine[mine["trial"] == trial].sort_values("repetition")
            series[str(name)] = [
                (f"repetition {number}", float(value))
                for number, value in zip(repeated["repetition"], repeated[column], strict=True)
            ]
        yield complete(series, first, frame_of(key, kind, place, unit))


def session_repeats(rows: pd.DataFrame, place: Place, first: int | None) -> Iterator[Repeats]:
    """Yield each participant's means of the sessions of a condition; rows as `as_levels` makes them."""
    for key, own in rows.groupby(list(PANEL), sort=False):
        try:
            require_one_unit(own)
        except ComparisonError as error:
            yield replace(frame_of(key, str(own["kind"].iloc[0]), place, ""), refusal=str(error))
            continue
        means = own_means(own, "amplitude", ["participant", COMPARED_SESSION]).dropna().unstack(COMPARED_SESSION)
        names = sorted((str(name) for name in means.columns), key=natural)[: first or None]
        full = means[names].dropna()
        absent = means.index.difference(full.index)
        frame = frame_of(key, str(own["kind"].iloc[0]), place, str(own["amplitude_unit"].iloc[0]))
        yield replace(
            frame,
            participants=tuple(str(name) for name in full.index),
            labels=tuple(tuple(f"session {name}" for name in names) for _ in full.index),
            values=full.to_numpy(dtype=float).reshape(len(full), len(names)),
            left_out=tuple(f"{name} (has {int(means.loc[name, names].notna().sum())})" for name in absent),
        )


def frame_of(key: Any, kind: str, place: Place, unit: str) -> Repeats:
    """Return an outcome without values."""
    return Repeats(key, kind, place.text, place.words, unit, (), (), np.empty((0, 0)), ())


def in_session(rows: pd.DataFrame, session: str) -> pd.DataFrame:
    """Return the rows of a session; left out, of each participant's first."""
    if session:
        return rows[rows["session"] == session]
    firsts = {name: min(set(own), key=natural) for name, own in rows.groupby("participant")["session"]}
    return rows[rows["session"] == rows["participant"].map(firsts)]


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts numbers inside text by their size: trial 2 before trial 10.

    >>> sorted(["a.10", "a.2"], key=natural)
    ['a.2', 'a.10']
    """
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", str(text)) if part)


def sessions_of(rows: pd.DataFrame) -> Sequence[str]:
    """Return the names of the sessions there are, in order."""
    return sorted(set(rows["session"].astype(str)), key=natural)
