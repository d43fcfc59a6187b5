"""Channels computed from other channels: the difference of two, and an inclination from acceleration.

Like a step of the chain, the settings are the code. A derived channel is computed at once and kept in memory:
angles and accelerations are small. To add one: write a class beside these two and name it in `DERIVED`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, model_validator

from emgpipe.chain.smoothing import low_pass
from emgpipe.errors import SignalError, UnitError, suggest
from emgpipe.model import channel_from_array
from emgpipe.settings import Settings, one_of
from emgpipe.units import UNKNOWN, conversion_factor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from numpy.typing import NDArray

    from emgpipe.model import Channel


class Derived(Settings, ABC):
    """A channel that no file holds."""

    name: str = Field(min_length=1)
    """What the new channel is called."""

    channels: tuple[str, ...]
    """Names of the channels it is computed from."""

    @abstractmethod
    def compute(self, channels: tuple[Channel, ...]) -> Channel:
        """Return the new channel from those named in `channels`, in that order; NaN where one has a gap.

        Raises
        ------
        UnitError
            The units of the channels do not fit together.
        SignalError
            The channels have no time in common.
        """


class Difference(Derived):
    """The first channel minus the second: head inclination minus trunk inclination is the neck angle.

    The result has the unit and the kind of the first. Where the clocks differ it has the clock of the slower
    channel, so that no samples are made up, and the faster one is interpolated linearly; what the faster one holds
    above half the slower rate should be filtered out before.
    """

    kind: Literal["difference"] = "difference"
    channels: tuple[str, str]
    """The channel that is subtracted from, and the one that is subtracted."""
    wrap: bool = False
    """Angles that jump at 180 degrees: bring the result into -180 to 180 degrees."""

    def compute(self, channels: tuple[Channel, ...]) -> Channel:
        """Subtract on the slower clock; see the class."""
        first, second = channels
        rate, start, (minuend, subtrahend) = _on_one_clock(self.name, channels)
        values = minuend - subtrahend * _factor(self.name, second, first)
        if self.wrap:
            turn = 360.0 / conversion_factor(first.unit, "deg")
            values = values - turn * np.round(values / turn)
        return channel_from_array(self.name, values, rate, unit=first.unit, kind=first.kind, start=start)


class Inclination(Derived):
    """The angle between a body segment and the vertical in degrees, from an accelerometer fixed to it.

    At rest an accelerometer shows +1 g along whichever of its axes points up. With `plane` the result is the angle
    in the plane of movement, atan2(plane, axis), from -180 to 180: 0 when `axis` points up, 90 when `plane` does.
    Without, it is the angle in space, atan2(length of the other channels, axis), from 0 to 180 and without a sign
    (Analog Devices application note AN-1057, inclination from two and from three axes). Fast movements add their
    own acceleration: use `low_pass`, and distrust the result while the segment swings.
    """

    kind: Literal["inclination"] = "inclination"
    channels: tuple[str, ...] = Field(min_length=2, max_length=3)
    """Two or three acceleration channels of one sensor, at right angles to each other."""
    axis: str
    """Which of the channels lies along the segment, positive towards the head."""
    plane: str | None = None
    """Which of two channels lies across the segment in the plane of movement; leave out for the angle in space."""
    low_pass: float | None = Field(default=None, gt=0)
    """Cut-off in Hz of a zero-phase low-pass over the accelerations; leave out for none."""

    @model_validator(mode="after")
    def _axes_are_channels(self) -> Self:
        listed = ", ".join(self.channels)
        if len(set(self.channels)) < len(self.channels):
            raise ValueError(f"the channels must differ from each other, not {listed}")
        if self.axis not in self.channels:
            raise ValueError(f"axis must be one of the channels ({listed}), not '{self.axis}'")
        if self.plane is not None and {self.axis, self.plane} != set(self.channels):
            raise ValueError(
                f"with plane, the channels must be the two named in axis and plane ({self.axis}, {self.plane}), "
                f"not {listed}"
            )
        return self

    def compute(self, channels: tuple[Channel, ...]) -> Channel:
        """Return the angle; NaN where all accelerations are 0 (a dead or free-falling sensor)."""
        rate, start, arrays = _on_one_clock(self.name, channels)
        scaled = [
            array * _factor(self.name, channel, channels[0]) for array, channel in zip(arrays, channels, strict=True)
        ]
        if self.low_pass is not None:
            scaled = [low_pass(array, rate, self.low_pass) for array in scaled]
        along = scaled.pop(self.channels.index(self.axis))
        across = scaled[0] if self.plane is not None else np.hypot(scaled[0], scaled[-1] if scaled[1:] else 0.0)
        values = np.degrees(np.arctan2(across, along))
        values[np.hypot(along, across) == 0] = np.nan
        return channel_from_array(self.name, values, rate, unit="deg", kind="angle", start=start)


DERIVED: tuple[type[Derived], ...] = (Difference, Inclination)

if TYPE_CHECKING:
    AnyDerived = Derived
else:
    AnyDerived = one_of(DERIVED)


def derive(spec: Derived, channels: Mapping[str, Channel]) -> Channel:
    """Compute a derived channel.

    Parameters
    ----------
    spec : Derived
        What to compute.
    channels : mapping of str to Channel
        The channels there are, by label (or by the names the study gives them).

    Raises
    ------
    SignalError
        A channel is missing, or the channels have no time in common.
    UnitError
        The units do not fit together.
    """
    for label in spec.channels:
        if label not in channels:
            raise SignalError(
                f"there is no channel '{label}'{suggest(label, channels) or '.'} "
                f"The channels are: {', '.join(channels) or 'none'}. Correct the name in the study file.",
                channel=spec.name,
                step="derived",
            )
    return spec.compute(tuple(channels[label] for label in spec.channels))


def _factor(name: str, given: Channel, wanted: Channel) -> float:
    """Return the number that turns one channel's unit into the other's; equal units need not be known."""
    if given.unit == wanted.unit:
        return 1.0
    both = f"derived channel '{name}': '{wanted.label}' is in {wanted.unit} and '{given.label}' in {given.unit}"
    if UNKNOWN in {given.unit, wanted.unit}:
        raise UnitError(f"{both}; state the unit of both in the study file")
    try:
        return conversion_factor(given.unit, wanted.unit)
    except UnitError as error:
        raise UnitError(f"{both}: {error}; name two channels that measure the same thing") from error


def _on_one_clock(name: str, channels: tuple[Channel, ...]) -> tuple[float, float, list[NDArray[np.float64]]]:
    """Return sampling rate (Hz), start (s) and samples of all channels on the clock of the slowest.

    Only the time that all have in common is kept.
    """
    slowest = min(channels, key=lambda channel: channel.sampling_rate)
    index = np.arange(slowest.n_samples)
    times = slowest.start + index / slowest.sampling_rate
    first = max(channel.start for channel in channels)
    last = min(channel.start + (channel.n_samples - 1) / channel.sampling_rate for channel in channels)
    # Clocks that agree but for rounding must not lose a sample at the ends.
    slack = 1e-6 / slowest.sampling_rate
    common = times[(times >= first - slack) & (times <= last + slack)]
    if common.size == 0:
        raise SignalError(
            "its channels have no time in common: "
            + ", ".join(f"'{c.label}' {c.start:.3f} to {c.start + c.duration:.3f} s" for c in channels),
            channel=name,
            step="derived",
        )
    return slowest.sampling_rate, float(common[0]), [_at(channel, common) for channel in channels]


def _at(channel: Channel, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the channel's values at these times, by linear interpolation; NaN beside a gap."""
    at = (times - channel.start) * channel.sampling_rate
    nearest = np.round(at)
    at = np.where(np.abs(at - nearest) < 1e-6, nearest, at)  # equal clocks give back the samples themselves
    return np.asarray(np.interp(at, np.arange(channel.n_samples), channel.read()))
