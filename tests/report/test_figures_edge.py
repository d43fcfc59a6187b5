"""Figures of extreme studies draw without a warning."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emgpipe.model import Comparison
from emgpipe.report import participants_figure, ranking_figure


def test_equal_values_of_a_single_participant():
    rows = [
        {"scope": "", "muscle": "all muscles", "side": "", "metric": "mean", "unit": "%task_mean", "rank": 1,
         "level": level, "n": 1, "mean": 100.0, "sd": np.nan, "ratio_to_first": 1.0, "ci_low": np.nan,
         "ci_high": np.nan, "tie": True}
        for level in ("soleus", "rectus_femoris")
    ]  # fmt: skip
    cells = pd.DataFrame(
        [
            {"participant": "P01", "scope": "", "muscle": "all muscles", "side": "", "metric": "mean",
             "level": one["level"], "value": 100.0, "amplitude": 100.0}
            for one in rows
        ]
    )  # fmt: skip
    comparison = Comparison("ranking", "Muscles compared", pd.DataFrame(rows), cells, (), {})
    for figure in (ranking_figure(comparison), participants_figure(comparison)):
        figure.canvas.draw()
