"""Marks: the participants' own values of a comparison carry the findings of the numbers they are means of.

Comparators make means and lose sight of single numbers; what a failed check touches is looked up here, in one place for
all of them, by what a cell says about itself: participant, muscle, metric, level, scope.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from emgpipe.comparison.reliability import Reliability
from emgpipe.comparison.shared.conditions import ConditionQuestion
from emgpipe.comparison.shared.rows import task_rows
from emgpipe.comparison.shared.sides import working_side
from emgpipe.errors import ComparisonError
from emgpipe.model import worst_level
from emgpipe.model.tables import MAIN_VARIANT, WHOLE_REPETITION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from emgpipe.comparison.base import Comparator
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.model import Comparison
    from emgpipe.vocabulary import Vocabulary

MARKED: Final = ("fail", "warn")
"""Levels of findings that leave a mark; a note is good to know and casts no doubt."""
_SAME: Final = ("side", "placement", "session", "trial")
_Key = tuple[str, str]
_Row = dict[str, Any]


def with_marks(
    comparisons: tuple[Comparison, ...], comparator: Comparator, tables: StudyTables, vocabulary: Vocabulary
) -> tuple[Comparison, ...]:
    """Return comparisons whose cells carry ``findings`` and ``worst``, and whose basis counts them under ``marked``.

    Parameters
    ----------
    comparator : Comparator
        The one that made them: it says which levels its numbers belong to.
    """
    levels = _marking(tables)
    about_tasks = not (isinstance(comparator, Reliability) and comparator.of == "mvic")
    index = _Index.of(comparator, tables, vocabulary) if levels and about_tasks else _Index({}, "")
    return tuple(_marked(one, index, levels) for one in comparisons)


def _marking(tables: StudyTables) -> dict[str, str]:
    """Return the findings that leave a mark: id -> level."""
    if not len(tables.findings):
        return {}
    rows = tables.findings[tables.findings["level"].isin(MARKED)]
    return dict(zip(rows["id"], rows["level"], strict=True))


@dataclass(frozen=True, slots=True)
class _Index:
    """The numbers that carry a mark, by participant and muscle.

    Attributes
    ----------
    column : str
        Holds the levels that are compared; empty where none are.
    """

    rows: Mapping[_Key, list[_Row]]
    column: str

    @classmethod
    def of(cls, comparator: Comparator, tables: StudyTables, vocabulary: Vocabulary) -> _Index:
        """Return the numbers of the main analysis that the comparator can have used."""
        column = comparator.column if isinstance(comparator, ConditionQuestion) else ""
        metrics = tables.metrics
        if "worst" not in metrics.columns:
            return cls({}, column)
        touched = metrics["trial"].isin(set(metrics.loc[metrics["worst"].isin(MARKED), "trial"]))
        some = replace(tables, metrics=metrics[touched & metrics["variant"].isin({"", MAIN_VARIANT})])
        try:
            table = _table(comparator, some, vocabulary)
        except ComparisonError:  # nothing that is marked is used
            return cls({}, column)
        rows: dict[_Key, list[_Row]] = {}
        for row in table[table["worst"].isin(MARKED)].to_dict("records"):
            rows.setdefault((row["participant"], row["muscle"]), []).append({str(k): v for k, v in row.items()})
        return cls(rows, column)

    def behind(self, cell: Mapping[str, Any]) -> Iterator[_Row]:
        """Yield the marked numbers a cell is made of."""
        muscles = str(cell.get("muscle", "")).split("/")
        levels = {cell[name] for name in ("level", "against") if cell.get(name)}
        held = _held(str(cell.get("scope", "")))
        same = [name for name in _SAME if name in cell and not (len(muscles) > 1 and name in ("side", "placement"))]
        for muscle in muscles:
            mine = self.rows.get((str(cell["participant"]), muscle), ())
            metrics = {row["metric"] for row in mine}
            for row in mine:
                if cell.get("metric") in metrics and row["metric"] != cell["metric"]:
                    continue
                if self.column in row and levels and row[self.column] not in levels:
                    continue
                if all(row.get(name, level) in level for name, level in held.items()) and all(
                    row[name] == cell[name] for name in same
                ):
                    yield row


def _table(comparator: Comparator, tables: StudyTables, vocabulary: Vocabulary) -> pd.DataFrame:
    if isinstance(comparator, ConditionQuestion):
        return working_side(comparator.task_rows(tables), comparator.side, vocabulary).rows.table
    return task_rows(tables.metrics, str(getattr(comparator, "phase", WHOLE_REPETITION))).table


def _held(scope: str) -> dict[str, set[str]]:
    """Return the levels a scope is held at.

    >>> _held("exercise = back_squat, head_position = neutral + hyperflexion")["exercise"]
    {'back_squat'}
    """
    parts = [part.partition(" = ") for part in scope.split(", ") if " = " in part]
    return {name: set(levels.split(" + ")) for name, _, levels in parts}


def _marked(comparison: Comparison, index: _Index, levels: Mapping[str, str]) -> Comparison:
    cells = comparison.cells
    if not len(cells) or not {"participant", "muscle"} <= set(cells.columns):
        return comparison
    carried = [_carried(cell, index, levels) for cell in cells.to_dict("records")]
    worst = [worst_level(levels[one] for one in ids) for ids in carried]
    marked = cells.assign(findings=[" ".join(ids) for ids in carried], worst=worst)
    return replace(comparison, cells=marked, basis={**comparison.basis, "marked": _words(carried, worst)})


def _carried(cell: Mapping[Any, Any], index: _Index, levels: Mapping[str, str]) -> list[str]:
    ids = (one for row in index.behind(cell) for one in str(row["findings"]).split())
    return sorted({one for one in ids if one in levels})


def _words(carried: list[list[str]], worst: list[str]) -> str:
    """Say how many of the participants' own values carry which findings."""
    values = "1 value" if len(worst) == 1 else f"{len(worst)} values"
    if not any(worst):
        return f"of {values} none carries a warning or a failed check"
    kinds = Counter(kind for ids in carried for kind in {one.rpartition("-")[0] for one in ids})
    listed = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    return (
        f"of {values} {worst.count('warn')} carry a warning and {worst.count('fail')} a failed check ({listed}; which "
        "ones: columns findings and worst of the cells)"
    )
