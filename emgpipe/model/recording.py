"""What a file holds: channels with their own clocks, events, and how they were acquired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from emgpipe.model.finding import Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["emg", "ecg", "angle", "acceleration", "angular_velocity", "force", "trigger", "other"]
Side = Literal["left", "right", ""]
Loader = Callable[[int, int], "NDArray[np.float64]"]
"""``load(start, stop)`` returns samples start..stop (indices) in the channel's unit, NaN in gaps."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One signal with its own clock; samples stay behind a loader until asked for.

    Attributes
    ----------
    label : str
        The name as the file has it.
    sampling_rate : float
        In Hz, as stated, never rounded.
    unit : str
        A name known to `emgpipe.units` or ``unknown``; EMG in known units is in volts.
    kind : str
        What is measured.
    n_samples : int
    load : callable
        ``load(start, stop) -> float64 array``; see `read`.
    muscle, side : str
        Empty when unknown.
    guessed : bool
        True when muscle and side were guessed from the label.
    placement : str
        Which electrode placement, where a session has more than one; usually empty.
    start : float
        Time of the first sample in seconds on the recording's clock.
    copy_of : str
        Label of the raw channel this one is a processed copy of; empty for an original.
    """

    label: str
    sampling_rate: float
    unit: str
    kind: Kind
    n_samples: int
    load: Loader = field(repr=False)
    muscle: str = ""
    side: Side = ""
    guessed: bool = False
    placement: str = ""
    start: float = 0.0
    copy_of: str = ""

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.sampling_rate

    @property
    def stop(self) -> float:
        """Time just after the last sample, in seconds on the recording's clock."""
        return self.start + self.n_samples / self.sampling_rate

    def read(self, start: int = 0, stop: int | None = None) -> NDArray[np.float64]:
        """Return samples `start` to `stop` (indices) as a read-only float64 array, NaN in gaps."""
        last = self.n_samples if stop is None else min(stop, self.n_samples)
        samples = np.asarray(self.load(max(start, 0), last), dtype=np.float64)
        samples = samples.view()
        samples.flags.writeable = False
        return samples


@dataclass(frozen=True, slots=True)
class ArrayLoader:
    """A loader over samples already in memory; a class and not a closure, so that it can be pickled."""

    samples: NDArray[np.float64]

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return a view of the samples start..stop."""
        return self.samples[start:stop]


def channel_from_array(
    label: str,
    samples: NDArray[np.floating],
    sampling_rate: float,
    *,
    unit: str = "V",
    kind: Kind = "emg",
    start: float = 0.0,
) -> Channel:
    """Make a channel from samples in memory, 1-D, in `unit`."""
    values = np.asarray(samples, dtype=np.float64)
    return Channel(label, float(sampling_rate), unit, kind, values.size, ArrayLoader(values), start=start)


@dataclass(frozen=True, slots=True)
class Event:
    """A marker or a span in a recording; `start` and `duration` in seconds on the recording's clock."""

    label: str
    start: float
    duration: float = 0.0


@dataclass(frozen=True, slots=True)
class Acquisition:
    """How the signals were recorded; None or empty where the file does not say."""

    start_time: str = ""
    device: str = ""
    reference_scheme: str = ""
    electrode_placement: str = ""
    inter_electrode_distance: float | None = None
    hardware_filters: str = ""
    mains_frequency: float | None = None
    gain: float | None = None
    rail: float | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a recording came from: the file or folder, the reader, and why that reader was chosen."""

    path: Path
    reader: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """One file or folder as a reader understood it.

    Attributes
    ----------
    personal : tuple of (str, str)
        What the file says about the person, name and value; empty unless it was asked for.
    """

    channels: tuple[Channel, ...]
    source: Source
    events: tuple[Event, ...] = ()
    acquisition: Acquisition = Acquisition()
    findings: tuple[Finding, ...] = ()
    personal: tuple[tuple[str, str], ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of all channels, in file order."""
        return tuple(channel.label for channel in self.channels)

    def channel(self, label: str) -> Channel:
        """Return the channel with exactly this label; `KeyError` if there is none."""
        for channel in self.channels:
            if channel.label == label:
                return channel
        raise KeyError(label)
