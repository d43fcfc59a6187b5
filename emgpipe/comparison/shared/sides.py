"""Single-leg exercises: a muscle of the leg that works is not compared with that of the leg that does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from emgpipe.comparison.shared.wording import listed

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.vocabulary import Vocabulary

SideRule = Literal["working", "as_recorded"]
SITE_MUSCLE: Final = "site_muscle"
SITE_SIDE: Final = "site_side"
_OPPOSITE: Final = {"left": "right", "right": "left"}


def with_sites(rows: TaskRows) -> TaskRows:
    """Keep each number's muscle and side in columns that stay when muscles become levels."""
    table = rows.table.assign(**{SITE_MUSCLE: rows.table["muscle"], SITE_SIDE: rows.table["side"]})
    return replace(rows, table=table)


def on_idle_side(
    table: pd.DataFrame, vocabulary: Vocabulary, muscle: str = "muscle", side: str = "side"
) -> pd.Series[bool]:
    """Say which rows are about a leg muscle on the side that does not work.

    A trial says by ``working_side`` left or right which leg works. Muscles of the trunk work on both sides, and
    muscles the vocabulary does not know as leg muscles stay.

    Parameters
    ----------
    table : DataFrame
        Metrics or curves.
    muscle, side : str
        The columns with muscle and side.
    """
    import pandas as pd

    if "working_side" not in table.columns:
        return pd.Series(data=False, index=table.index)
    legs = {name for name in set(table[muscle]) if vocabulary.is_leg_muscle(name)}
    idle = table["working_side"].map(_OPPOSITE)
    return table["kind"].eq("emg") & table[muscle].isin(legs) & table[side].eq(idle)


@dataclass(frozen=True, slots=True)
class WorkingSide:
    """Which rows a study's single-leg exercises leave, and what there is to say.

    Attributes
    ----------
    rows : TaskRows
        What is compared.
    left_out : DataFrame
        Leg muscles on the side that does not work.
    """

    rows: TaskRows
    left_out: pd.DataFrame
    vocabulary: Vocabulary

    def basis(self, scope_rows: pd.DataFrame) -> dict[str, str]:
        """Return the entry ``side`` for the trials of a scope; nothing where both legs work together throughout."""
        trials = set(scope_rows["trial"])
        gone = self.left_out[self.left_out["trial"].isin(trials)]
        said = []
        if len(gone):
            names = listed(self.vocabulary.words("muscle", name) for name in sorted(set(gone[SITE_MUSCLE])))
            said.append(
                f"single-leg trials are compared on the working side: {len(gone)} numbers of {names} on the other side "
                f"in {gone['trial'].nunique()} trials are left out; trunk muscles are compared on both sides"
            )
        said += not_recorded(scope_rows, self.vocabulary)
        return {"side": "; ".join(said)} if said else {}


def working_side(rows: TaskRows, rule: SideRule, vocabulary: Vocabulary) -> WorkingSide:
    """Leave out the leg muscles of the side that does not work, unless the rule is ``as_recorded``.

    Parameters
    ----------
    rows : TaskRows
        With sites; see `with_sites`.
    """
    idle = on_idle_side(rows.table, vocabulary, SITE_MUSCLE, SITE_SIDE)
    if rule == "as_recorded":
        idle = idle & False
    kept = replace(rows, table=rows.table[~idle].reset_index(drop=True))
    return WorkingSide(kept, rows.table[idle], vocabulary)


def not_recorded(table: pd.DataFrame, vocabulary: Vocabulary) -> list[str]:
    """Say which single-leg and alternating exercises have leg muscles and trials that do not say which leg works."""
    if "exercise" not in table.columns:
        return []
    legs = {name for name in set(table[SITE_MUSCLE]) if vocabulary.is_leg_muscle(name)}
    trials = table[table[SITE_MUSCLE].isin(legs)].drop_duplicates(["participant", "session", "trial"])
    if "working_side" in trials.columns:
        trials = trials[~trials["working_side"].isin(set(_OPPOSITE))]
    return [
        _one_leg(vocabulary, str(exercise), own["trial"].tolist())
        for exercise, own in trials.groupby("exercise", sort=True)
        if _laterality(vocabulary, exercise) != "bilateral"
    ]


def _laterality(vocabulary: Vocabulary, exercise: Any) -> str:
    entry = vocabulary.exercises.get(exercise)
    return "bilateral" if entry is None else entry.laterality


def _one_leg(vocabulary: Vocabulary, exercise: str, trials: Sequence[str]) -> str:
    legs = "one leg after the other" if _laterality(vocabulary, exercise) == "alternating" else "one leg"
    return (
        f"working side NOT RECORDED in {len(trials)} trials of {vocabulary.words('exercise', exercise)}, in which "
        f"{legs} works: a leg muscle there may be that of the resting leg"
    )
