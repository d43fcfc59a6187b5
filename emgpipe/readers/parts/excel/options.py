"""What a study file can state about spreadsheets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from emgpipe.readers.base import ReaderOptions
from emgpipe.readers.parts.mapping.options import Rate, TimeUnit, UnitName
from emgpipe.settings import Settings


class SheetLayout(Settings):
    """How the table on a sheet lies; everything is found out where it is left out.

    A column is named by its label or by its letter; where both fit, the label counts.
    """

    sampling_rate: Rate | None = None
    """Samples per second; goes before what the sheet says."""
    sampling_rates: dict[str, Rate] = Field(default_factory=dict)
    """Samples per second of single channels, by label."""
    header_row: int | None = Field(default=None, ge=0)
    """Row number of the labels as the spreadsheet shows it; 0: there are none."""
    unit_row: int | None = Field(default=None, ge=0)
    """Row number of the units; 0: there are none."""
    skip_rows: int = Field(default=0, ge=0)
    """How many rows at the top hold no samples for certain."""
    time_column: str | None = None
    """Column of time stamps in s or ms, or ``none``."""
    columns: tuple[str, ...] = ()
    """The columns to read; all columns of numbers by default."""
    unit: UnitName | None = None
    """Unit of the EMG columns that have none in the sheet."""
    units: dict[str, UnitName] = Field(default_factory=dict)
    """Units of single channels, by label; goes before what the sheet says."""


class Sheet(SheetLayout):
    """One sheet to read; what it leaves out is taken from the level above."""

    sheet: Annotated[str, Field(min_length=1)]
    """Name on the sheet's tab."""


class SheetEvents(Settings):
    """Events that stand on a sheet, one per row."""

    sheet: str = Field(min_length=1)
    """Name on the sheet's tab."""
    times: str
    """Column of the times on the recording's clock."""
    labels: str | None = None
    """Column of their names; by default ``event``."""
    durations: str | None = None
    """Column of their durations, in the unit of the times."""
    unit: TimeUnit = "s"
    """Unit of the times."""


class ExcelOptions(ReaderOptions, SheetLayout):
    """How to read .xlsx, .xls and .ods; a table with a time column or a rate in its heading needs none of it.

    Examples
    --------
    In a study file::

        recordings:
          reading:
            - kind: excel
              sheets:
                - {sheet: EMG, sampling_rate: 2000, unit: uV}
                - {sheet: Angles, sampling_rate: 100, columns: [B, hip flexion]}
              events: {sheet: Events, times: A, labels: B}
    """

    kind: Literal["excel"] = "excel"
    sheets: tuple[Sheet, ...] = ()
    """The sheets to read; all that hold a table of samples by default."""
    events: SheetEvents | None = None
    """Where events stand."""
