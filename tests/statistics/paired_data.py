"""Paired data with published answers."""

from __future__ import annotations

import numpy as np

SLEEP = (
    np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]),
    np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]),
)
"""R's data set `sleep` (Student 1908)."""
WEIGHT = (
    np.array([210, 205, 193, 182, 259, 239, 164, 197, 222, 211, 187, 175, 186, 243, 246.0]),
    np.array([197, 195, 191, 174, 236, 226, 157, 196, 201, 196, 181, 164, 181, 229, 231.0]),
)
"""Paired t test of real-statistics.com."""
MILEAGE = (
    np.array([19, 22, 24, 24, 25, 25, 26, 26, 28, 32.0]),
    np.array([16, 20, 21, 22, 23, 22, 27, 25, 27, 28.0]),
)
"""Paired t test of the Columbia statistics course."""
DEPRESSION = (
    np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]),
    np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]),
)
"""R's example in ?wilcox.test."""
NEGOTIATION = (
    np.array([20, 22, 19, 20, 22, 18, 24, 20, 19, 24, 26, 13.0]),
    np.array([38, 37, 33, 29, 14, 12, 20, 22, 17, 25, 26, 16.0]),
)
"""The example of pingouin's wilcoxon, with a tie and a zero."""
DOC = np.array([5.5, 2.4, 6.8, 9.6, 4.2]), np.array([6.4, 3.4, 6.4, 11, 4.8])
"""The example of pingouin's ttest."""
