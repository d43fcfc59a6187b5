"""What a study file can state about delimited text files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from emgpipe.readers.base import ReaderOptions

Rate = Annotated[float, Field(gt=0, le=1e6)]


class DelimitedOptions(ReaderOptions):
    """How to read CSV, TSV and TXT files; everything is found out where it is left out.

    Examples
    --------
    In a study file::

        recordings:
          reading:
            - {kind: delimited, sampling_rate: 1000, unit: mV}
    """

    kind: Literal["delimited"] = "delimited"
    sampling_rate: Rate | None = None
    """Samples per second; goes before what the file says."""
    sampling_rates: dict[str, Rate] = Field(default_factory=dict)
    """Samples per second of single channels, by label; goes before everything else."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=6)
    """What separates columns: a character, ``tab`` or ``blanks`` (any number of spaces)."""
    decimal: Literal[".", ","] | None = None
    """Decimal mark."""
    encoding: str | None = None
    """Text encoding, such as ``utf-8`` or ``cp1252``."""
    header_row: int | None = Field(default=None, ge=0)
    """Line number of the labels, counted from 1; 0: there are none."""
    unit_row: int | None = Field(default=None, ge=0)
    """Line number of the units, counted from 1; 0: there are none."""
    skip_rows: int = Field(default=0, ge=0)
    """How many lines at the beginning hold no samples for certain."""
    time_column: str | None = None
    """Label or number (from 1) of the column of time stamps in s or ms, or ``none``."""
    unit: str | None = None
    """Unit of the EMG columns that have none in the file."""
    units: dict[str, str] = Field(default_factory=dict)
    """Units of single channels, by label; goes before what the file says."""
