"""The rows of the curves table that comparisons rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.errors import ComparisonError
from emgpipe.model.tables import CURVE_POINTS, SIGNAL, WHOLE_REPETITION

if TYPE_CHECKING:
    import pandas as pd

PLACE: Final = ("participant", "trial", "repetition")
"""What tells one repetition from all others."""
POINTS: Final = [str(point) for point in range(CURVE_POINTS)]
SITE: Final = SIGNAL


def no_curves() -> pd.DataFrame:
    """Return a table of no curves, with the columns of `clean_curves`."""
    import pandas as pd

    return pd.DataFrame(columns=[*PLACE, *SITE, "phase", "unit", *POINTS])


def clean_curves(curves: pd.DataFrame, keep: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the curves of whole repetitions with texts as texts and numbers as numbers.

    Parameters
    ----------
    keep : tuple of str
        Further columns that stay, where they are there.

    Raises
    ------
    ComparisonError
        There are none, or the table is not a curves table.
    """
    import pandas as pd

    needed = [*PLACE, *SITE, "phase", "unit", *POINTS]
    absent = [name for name in needed if name not in curves.columns]
    if curves.empty:
        raise ComparisonError("there are no curves of repetitions; see in the findings why no repetition was measured")
    if absent:
        raise ComparisonError(f"the curves table has no column {', '.join(absent[:5])}; make it with 'emgpipe run'")
    further = [name for name in keep if name in curves.columns]
    table = curves.loc[curves["phase"].eq(WHOLE_REPETITION), [*needed, *further]].reset_index(drop=True)
    texts = table[["participant", "trial", *SITE, "unit", *further]].astype(object)
    table[texts.columns] = texts.where(texts.notna(), "").astype(str)
    table["repetition"] = pd.to_numeric(table["repetition"], errors="coerce").astype(float)
    numbers = table[POINTS].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    table[POINTS] = np.where(np.isfinite(numbers), numbers, np.nan)
    return table
