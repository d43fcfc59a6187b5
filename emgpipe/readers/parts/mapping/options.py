"""What a study file can state about files without a fixed layout: where the samples lie, and what they are.

A *path* is the names on the way to a value, joined by ``/``; elements of a cell or a struct array are counted from 1,
as columns and rows are. ``place@name`` is an attribute of an HDF5 group or dataset.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from emgpipe.readers.base import ReaderOptions
from emgpipe.settings import Settings
from emgpipe.units import BY_NAME, UNKNOWN, parse_unit


def _known_unit(written: str) -> str:
    if parse_unit(written) == UNKNOWN:
        raise ValueError(f"unit '{written}' is not known; use one of: {', '.join(BY_NAME)}")
    return written


Rate = Annotated[float, Field(gt=0, le=1e6)]
UnitName = Annotated[str, AfterValidator(_known_unit)]
TimeUnit = Literal["s", "ms", "us"]


class Clocked(Settings):
    """Where a sampling rate comes from; what is left out is taken from the level above."""

    sampling_rate: Rate | None = None
    """Samples per second."""
    sampling_rate_from: str | None = None
    """Path of the number in the file that is the sampling rate in Hz."""
    time: str | None = None
    """Path of the time stamps, one per sample; a stated rate goes before them and is compared with them."""
    time_column: int | None = Field(default=None, ge=1)
    """Which column of a matrix holds the time stamps, counted from 1, where `time` names a matrix."""
    time_unit: TimeUnit | None = None
    """Unit of the time stamps; told from their steps where it is left out."""

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if self.sampling_rate is not None and self.sampling_rate_from is not None:
            raise ValueError("both sampling_rate and sampling_rate_from are given; keep one")
        if self.time is None and (self.time_column is not None or self.time_unit is not None):
            raise ValueError("time_column and time_unit describe `time`, which is not given")
        return self

    @property
    def says_anything(self) -> bool:
        """Whether this level says where the rate comes from."""
        return not (self.sampling_rate is None and self.sampling_rate_from is None and self.time is None)


class MappedChannel(Clocked):
    """One channel: a vector, or one column or row of a matrix."""

    path: str = Field(min_length=1)
    """Where the samples lie."""
    label: str | None = None
    """What the channel is called; by default the last part of the path."""
    column: int | None = Field(default=None, ge=1)
    """Which column of a matrix, counted from 1."""
    row: int | None = Field(default=None, ge=1)
    """Which row of a matrix, counted from 1."""
    unit: UnitName | None = None
    """Unit of the samples."""
    unit_from: str | None = None
    """Path of a text in the file that is the unit."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.column is not None and self.row is not None:
            raise ValueError("both column and row are given; keep the one that is a channel")
        return self


class MappedMatrix(Clocked):
    """All channels of one matrix."""

    path: str = Field(min_length=1)
    """Where the matrix lies."""
    labels: tuple[str, ...] = ()
    """What the channels are called, in order."""
    labels_from: str | None = None
    """Path of the labels in the file."""
    unit: UnitName | None = None
    """Unit of all channels."""
    unit_from: str | None = None
    """Path of a text in the file that is the unit, or of one text per channel."""
    channels_are: Literal["columns", "rows"] | None = None
    """Whether each column or each row is a channel; by default samples run along the longer side."""

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.labels and self.labels_from is not None:
            raise ValueError("both labels and labels_from are given; keep one")
        return self


class MappedEvents(Settings):
    """Events: when, and what they are called."""

    times: str = Field(min_length=1)
    """Path of the times on the recording's clock."""
    labels: str | None = None
    """Path of their names, one per time or one for all; by default ``event``."""
    durations: str | None = None
    """Path of their durations, in the unit of the times."""
    unit: TimeUnit = "s"
    """Unit of the times."""


class MappingOptions(ReaderOptions, Clocked):
    """Where the channels lie in a file whose layout nothing fixes.

    Without `channels` and `matrices` the reader looks for a layout that can be meant in one way only.
    """

    channels: tuple[MappedChannel, ...] = ()
    """Channels one by one."""
    matrices: tuple[MappedMatrix, ...] = ()
    """Matrices with many channels each."""
    events: MappedEvents | None = None
    """Where the events lie."""
    unit: UnitName | None = None
    """Unit of all channels that have none of their own."""

    @property
    def is_mapped(self) -> bool:
        """Whether it says where the channels lie."""
        return bool(self.channels or self.matrices)


class MatOptions(MappingOptions):
    """Where the channels lie in a MAT-file.

    Examples
    --------
    In a study file::

        recordings:
          reading:
            - kind: mat
              sampling_rate_from: info/fs
              matrices: [{path: data/emg, labels_from: data/labels, unit: mV}]
    """

    kind: Literal["mat"] = "mat"


class Hdf5Options(MappingOptions):
    """Where the channels lie in an HDF5 file.

    Examples
    --------
    In a study file::

        recordings:
          reading:
            - kind: hdf5
              sampling_rate: 2000
              channels: [{label: GMAX RT, path: trial/emg, column: 1, unit: uV}]
    """

    kind: Literal["hdf5"] = "hdf5"
