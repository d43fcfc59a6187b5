"""Numbers in labels that are sampling rates, as in ``EMG 1 (1925.926)``, told from numbers of sensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emgpipe.readers.parts.tables.columns import Roles
    from emgpipe.readers.parts.tables.header import Heading

AGREES = 0.02
"""Relative difference up to which a number in a label is the rate that is known otherwise."""
SLOWEST = 20.0
"""Hz; a smaller number in a label is no rate."""


def rates_in_labels(heading: Heading, roles: Roles, lengths: dict[int, int], rows: dict[int, int]) -> dict[int, float]:
    """Return the rates of the columns whose label has a number that agrees with what else is known.

    With time stamps or a rate in the heading the number has to agree with it (a column with a tenth of the rows has a
    tenth of the rate); without, the numbers of all columns have to stand to each other as their rows do.

    Parameters
    ----------
    lengths : dict of int to int
        Rows of each column of samples.
    rows : dict of int to int
        Rows of each time column, and of the table (-1).
    """
    numbers = dict(enumerate(heading.label_numbers))
    wanted = {index: number for index in lengths if (number := numbers.get(index)) is not None and number >= SLOWEST}
    if not wanted:
        return {}
    known = roles.clocks or heading.sampling_rate or any(heading.rates)
    if known:
        return {
            index: number for index, number in wanted.items() if _agrees(index, number, heading, roles, lengths, rows)
        }
    if len(wanted) < max(len(lengths), 2):
        return {}
    first = next(iter(wanted))
    scale = wanted[first] / max(lengths[first], 1)
    fits = all(abs(number / max(scale * lengths[index], 1e-9) - 1.0) <= AGREES for index, number in wanted.items())
    return wanted if fits else {}


def _agrees(
    index: int, number: float, heading: Heading, roles: Roles, lengths: dict[int, int], rows: dict[int, int]
) -> bool:
    timed = roles.clock_of(index)
    rate = timed[1].sampling_rate if timed else heading.sampling_rate
    n_rows = rows[timed[0] if timed else -1]
    if not rate or not n_rows:
        return False
    if abs(number / rate - 1.0) <= AGREES:
        return True
    seen = rate * lengths[index] / n_rows
    return seen > 0 and abs(number / seen - 1.0) <= AGREES
