"""Tables as text are the same bytes that pandas would write."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emgpipe.store.csv_text import SIGNIFICANT, csv_text

TABLES = {
    "numbers": pd.DataFrame(
        {"a": [1.5, np.nan, np.inf, -np.inf, 1 / 3, 1e-300, -0.0, 12345678901234.5], "b": range(8)}
    ),
    "text": pd.DataFrame(
        {"a": ["plain", "with, comma", 'with "quotes"', "two\nlines", "", " spaces ", "é ü 漢", "nan", "cr\rhere"]}
    ),
    "mixed": pd.DataFrame({"a": [1, 2.25, "x", None, np.nan, True, pd.NA], "b": [True, False] * 3 + [True]}),
    "whole": pd.DataFrame({"a": pd.array([1, None, 3], dtype="Int64"), "b": np.array([1, 2, 3], dtype=np.int64)}),
    "strings": pd.DataFrame({"a": pd.array(["x", None, "z"], dtype="string"), "b": [None, None, None]}),
    "categories": pd.DataFrame({"a": pd.Categorical(["x", None, "x"])}),
    "one empty column": pd.DataFrame({"only": ["", "x", None]}),
    "no rows": pd.DataFrame(columns=["a", "b, c"]),
    "no columns": pd.DataFrame(),
    "names alike": pd.DataFrame([[1, "x"], [2, "y"]], columns=["a", "a"]),
}


@pytest.mark.parametrize("name", TABLES)
def test_same_bytes_as_pandas(name):
    table = TABLES[name]
    assert csv_text(table) == table.to_csv(index=False, float_format=SIGNIFICANT, lineterminator="\n")


def test_same_numbers_as_pandas_over_the_whole_range():
    rng = np.random.default_rng(0)
    values = np.concatenate(
        [rng.normal(size=2000) * 10.0 ** rng.integers(-300, 300, 2000), rng.integers(-(10**12), 10**12, 500) / 8]
    )
    table = pd.DataFrame({"value": values})
    assert csv_text(table) == table.to_csv(index=False, float_format=SIGNIFICANT, lineterminator="\n")
