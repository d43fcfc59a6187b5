"""Comparisons as files: one CSV per kind and further table, the participants' own values, and everything in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.atomic import write_text
from emgpipe.store.tables import write_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from emgpipe.model import Comparison

FOLDER: Final = "comparisons"
SENTENCES: Final = "sentences.txt"


def write_comparisons(
    folder: Path, comparisons: Sequence[Comparison], problems: Sequence[str] = (), *, name: str = FOLDER
) -> list[Path]:
    """Write comparisons into a sub-folder of a study's results, of the name given.

    Parameters
    ----------
    problems : sequence of str
        The comparisons that could not be made, with the reason.

    Returns
    -------
    list of Path
        ``<kind>.csv``, ``<kind>_cells.csv``, ``<kind>_<further table>.csv``, ``families.csv``, ``sentences.txt``.
    """
    place = folder / name
    written = []
    for file, tables in _by_name(comparisons).items():
        joined = _joined(tables)
        if len(joined.columns):
            write_table(joined, place / f"{file}.csv")
            written.append(place / f"{file}.csv")
    write_text(place / SENTENCES, _in_words(comparisons, problems))
    return [*written, place / SENTENCES]


def _by_name(comparisons: Sequence[Comparison]) -> dict[str, list[pd.DataFrame]]:
    """Return the tables that go into one file, by its name without ending."""
    found: dict[str, list[pd.DataFrame]] = {}
    for one in comparisons:
        found.setdefault(one.kind, []).append(one.table)
        for name, table in one.tables.items():
            found.setdefault(f"{one.kind}_{name}", []).append(table)
        found.setdefault(f"{one.kind}_cells", []).append(_with_title(one.cells, one.title))
    families = [_families(one) for one in comparisons if one.families]
    return found | ({"families": families} if families else {})


def _with_title(table: pd.DataFrame, title: str) -> pd.DataFrame:
    rest = [str(name) for name in table.columns if name != "comparison"]
    return table.assign(comparison=title)[["comparison", *rest]] if len(table) else table


def _families(comparison: Comparison) -> pd.DataFrame:
    import pandas as pd

    columns = ("comparison", "kind", "family", "tests", "correction")
    rows = [(comparison.title, comparison.kind, one.name, one.tests, one.correction) for one in comparison.families]
    return pd.DataFrame(rows, columns=list(columns))


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put tables under one another; a column that some of them lack is empty there."""
    import pandas as pd

    filled = [table.astype(object) for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True).infer_objects() if filled else tables[0]


def _in_words(comparisons: Sequence[Comparison], problems: Sequence[str]) -> str:
    blocks = ["\n".join(_block(comparison)) for comparison in comparisons]
    if problems:
        blocks.append("\n".join(["Not made", "--------", *(f"- {problem}" for problem in problems)]))
    return "\n\n".join(blocks or ["No comparison was made."]) + "\n"


def _block(comparison: Comparison) -> Iterator[str]:
    yield comparison.title
    yield "-" * len(comparison.title)
    yield from (f"- {sentence}" for sentence in comparison.sentences)
    if comparison.basis:
        yield "What this rests on:"
        yield from (f"  {name.replace('_', ' ')}: {text}" for name, text in comparison.basis.items())
