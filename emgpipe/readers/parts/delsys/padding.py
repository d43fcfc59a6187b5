"""Undo the zeros with which a table of channels at different rates is filled up to one length."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, make_finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SLACK = 0.05
"""A channel may go on for so long (s) after the others: sensors send whole packets."""


def true_lengths(
    rows: NDArray[np.float64], rates: Sequence[float], labels: Sequence[str], stated: Sequence[int | None]
) -> tuple[list[int], list[Finding]]:
    """Return how many samples of each row are real.

    The fastest channel fills its row and so tells the duration; a channel at rate ``r`` then has duration times ``r``
    samples. Only zeros (or NaN) are cut: a row with other values further on stays whole, with a warning.

    Parameters
    ----------
    rows : array, shape (n_channels, n_columns)
    rates : sequence of float
        In Hz.
    labels : sequence of str
    stated : sequence of int or None
        Lengths the file states; a plausible one goes before the one from the rates.
    """
    n_columns = rows.shape[1]
    duration = n_columns / max(rates)
    lengths: list[int] = []
    findings: list[Finding] = []
    for row, rate, label, given in zip(rows, rates, labels, stated, strict=True):
        expected = round(duration * rate) if given is None or not 0 < given <= n_columns else given
        used = np.flatnonzero(np.nan_to_num(row))
        filled = int(used[-1]) + 1 if used.size else 0
        if filled > expected + max(2, math.ceil(SLACK * rate)):
            lengths.append(n_columns)
            findings.append(_refused(label, rate, expected, filled, n_columns))
            continue
        length = max(min(expected, n_columns), filled)
        lengths.append(length)
        if length < n_columns:
            reason = f"{n_columns - length} zeros at the end fill slow channels up to the fastest; they are left out"
            findings.append(make_finding("padding", "note", reason, channel=label))
    return lengths, findings


def _refused(label: str, rate: float, expected: int, filled: int, n_columns: int) -> Finding:
    reason = (
        f"by its rate of {rate:.6g} Hz it should have {expected} samples, but there are values up to sample {filled}; "
        f"all {n_columns} are kept, so its duration or its rate is wrong"
    )
    remedy = "check the rate in EMGworks and export again, or leave the channel out"
    return make_finding("padding_unclear", "warn", reason, remedy, channel=label, value=float(filled), unit="samples")
