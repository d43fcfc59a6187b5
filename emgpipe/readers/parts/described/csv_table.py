"""The numbers of a CSV that emgpipe wrote; anything but numbers and blanks there is damage."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CELLS = 1 << 20
"""Cells that are parsed at a time."""


def read_columns(path: Path, skip: int, n_columns: int, declared: int) -> NDArray[np.float64]:
    """Return all whole rows after the first `skip` lines, shape (n_columns, n_rows); blanks and infinite cells are NaN.

    Raises
    ------
    ValueError
        A row is wider than the header, a cell is no number, or there are more than the `declared` rows.
    """
    import pandas as pd

    how: dict[str, Any] = {
        "header": None, "names": range(n_columns), "index_col": False, "skiprows": skip, "dtype": np.float64,
        "float_precision": "round_trip", "keep_default_na": False, "na_values": [""], "skip_blank_lines": False,
        "engine": "c", "chunksize": max(CELLS // n_columns, 1), "encoding": "utf-8", "encoding_errors": "replace",
    }  # fmt: skip
    # A row takes a byte per column; memory for rows that are declared and not there is never touched.
    columns = np.empty((n_columns, min(declared, path.stat().st_size // n_columns) + 1))
    found = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # about rows that are wider than the header
            with pd.read_csv(path, **how) as pieces:
                for piece in pieces:
                    if found + len(piece) > columns.shape[1]:
                        raise ValueError(f"more than the {declared} rows that are declared")
                    columns[:, found : found + len(piece)] = piece.to_numpy().T
                    found += len(piece)
    except pd.errors.EmptyDataError:
        return columns[:, :0]
    except pd.errors.ParserWarning as error:
        raise ValueError(str(error)) from error
    found -= not _ends_in_line_end(path)  # the last row may be cut off inside a number
    if found > declared:
        raise ValueError(f"{found} rows, {declared} are declared")
    for column in columns[:, : max(found, 0)]:
        column[np.isinf(column)] = np.nan
    return columns[:, : max(found, 0)]


def _ends_in_line_end(path: Path) -> bool:
    with path.open("rb") as handle:
        handle.seek(-1, 2)
        return handle.read(1) == b"\n"
