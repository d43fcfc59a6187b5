"""Tables inside HDF5 files are read as h5py reads them, and give back what was written."""

from __future__ import annotations

import h5py
import numpy as np
import pandas as pd
import pytest

from emgpipe.store.records import _records, read_frame, write_frame

TABLES = {
    "few rows": pd.DataFrame({"text": ["a", "ü 漢", ""], "number": [1.5, np.nan, -0.0], "count": [1, 2, 3]}),
    "many rows": pd.DataFrame({"flag": [True, False] * 200, **{f"c{n}": np.arange(400.0) * n for n in range(120)}}),
    "no rows": pd.DataFrame({"text": [], "number": []}),
}


@pytest.mark.parametrize("name", TABLES)
def test_records_are_those_h5py_reads(tmp_path, name):
    table = TABLES[name]
    with h5py.File(tmp_path / "x.h5", "w") as file:
        write_frame(file, "t", table)
        raw, theirs = _records(file["t"]), file["t"][()]
        assert raw.dtype == theirs.dtype
        assert raw.tobytes() == theirs.tobytes()
        back = read_frame(file["t"])
    if len(table):
        pd.testing.assert_frame_equal(back, table)
    assert list(back.columns) == list(table.columns)


def test_text_of_variable_length_is_read_as_well(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        kinds = np.dtype([("text", h5py.string_dtype()), ("number", float)])
        file["t"] = np.array([("long", 1.0), ("words", 2.0)], dtype=kinds)
        assert [row["number"] for row in _records(file["t"])] == [1.0, 2.0]
