"""What varies at random in a mixed model, and how many degrees of freedom its tests have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from emgpipe.comparison.shared.wording import factor_words

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Random = Literal["intercept", "condition", "slopes"]
CONDITION: Final = "participant x condition"
LEVEL: Final = "participant x level"
SESSION: Final = "participant x session"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the model holds.

    Attributes
    ----------
    factor : str
        The column of the levels.
    against : str
        The level the others are compared with.
    held : tuple of str
        Factors of which several levels are in; fixed effects of their own.
    covariates : tuple of str
        Numeric columns.
    dose : DataFrame or None
        ``dose`` by participant, session, trial and repetition; takes the place of the levels.
    dose_name : str
    random : {"intercept", "condition", "slopes"}
    """

    factor: str
    against: str
    held: tuple[str, ...]
    covariates: tuple[str, ...]
    dose: pd.DataFrame | None
    dose_name: str
    random: Random


def codes(rows: pd.DataFrame, *columns: str) -> NDArray[np.int64]:
    """Return the number of each row's combination of these columns."""
    return np.asarray(rows.groupby(list(columns), sort=True).ngroup(), dtype=np.int64)


def cells_of(rows: pd.DataFrame, wanted: Wanted) -> NDArray[np.int64]:
    """Return the number of each row's participant and condition."""
    return codes(rows, "participant", *wanted.held, wanted.factor)


def blocks_of(rows: pd.DataFrame, participants: NDArray[np.int64], wanted: Wanted) -> dict[str, NDArray[np.int64]]:
    """Return the random intercepts inside participants that the rows can tell from the rest.

    A single session each needs none, neither does a condition with one value per participant. Over several held
    conditions a participant's response to a level is partly the same in all of them: a component of its own.
    """
    sessions = codes(rows, "participant", "session")
    blocks = {SESSION: sessions} if sessions.max() > participants.max() else {}
    if wanted.random == "condition":
        cells = cells_of(rows, wanted)
        if wanted.held:
            blocks[LEVEL] = codes(rows, "participant", wanted.factor)
        if len(cells) > cells.max() + 1:
            blocks[CONDITION] = cells
    return blocks


def degrees_of_freedom(
    participants: NDArray[np.int64], cells: NDArray[np.int64], wanted: Wanted, levels: int, *, plain: bool
) -> tuple[int, str]:
    """Return the degrees of freedom: exact where the design is balanced, else few enough to be safe."""
    n = int(participants.max()) + 1
    counts = np.bincount(cells)
    complete = len(counts) == n * levels and len(set(counts.tolist())) == 1
    simple = plain and not wanted.held and not wanted.covariates and wanted.dose is None
    exact = wanted.random == "condition" or (wanted.random == "intercept" and counts.max() == 1)
    if complete and simple and exact:
        return (n - 1) * (levels - 1), (
            "(participants - 1) x (levels - 1), exact in a balanced design where responses to all levels spread alike"
        )
    return n - 1, "participants - 1, the cautious choice where the design is not balanced or holds covariates"


def random_words(wanted: Wanted, blocks: dict[str, NDArray[np.int64]], *, free: bool) -> str:
    """Return the random part of the model in words."""
    parts = ["an intercept per participant"]
    parts += [f"one per {name.replace(' x ', ' and ')}" for name in blocks]
    if free:
        parts.append(f"free slopes of {factor_words(wanted.dose_name) or 'the levels'} per participant")
    if wanted.random == "intercept":
        parts.append(
            "which takes the repetitions of a participant as independent: far too sure wherever participants respond "
            "differently to the conditions"
        )
    return ", ".join(parts)
