"""The tables of a study as Parquet files beside the CSV files, where pyarrow is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from emgpipe.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd


def has_parquet() -> bool:
    """Tell whether tables can be written as Parquet; asks without importing the package."""
    return find_spec("pyarrow") is not None


def write_parquet(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """Write tables that are not empty as ``<name>.parquet``; nothing without pyarrow.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By name; read back from CSV, so that both kinds of file have the same numbers.

    Returns
    -------
    list of Path
        What was written.
    """
    if not has_parquet():
        return []
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = []
    for name, table in tables.items():
        if not len(table.columns):
            continue
        content = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)

        def fill(temporary: Path, content: pa.Table = content) -> None:
            pq.write_table(content, temporary, compression="zstd")

        path = folder / f"{name}.parquet"
        replace_file(path, fill)
        written.append(path)
    return written
