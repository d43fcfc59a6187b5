"""Fatigue inside a set or a hold: the spectrum moves down while the amplitude rises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.stretches import runs
from emgpipe.model import make_finding
from emgpipe.quality.base import TrialCheck
from emgpipe.quality.levels import HIGHEST, LOWEST, loudest
from emgpipe.quality.views import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView, TrialView

FEWEST: Final = 5
"""Repetitions, or seconds of a hold."""
SHORTEST: Final = 0.25
"""Seconds: below it a median frequency says little."""
SCATTER: Final = 0.08
"""Of the median frequency of one second of simulated EMG (standard deviation of its logarithm); it falls with the root
of the duration. Few values may lie on a line by chance, and are not more certain for that."""
HELD: Final = 0.6
"""Of its loudest half second: where a contraction counts as held."""


@dataclass(frozen=True, slots=True)
class _Course:
    """How median frequency (%) and RMS (%) change from the first to the last part, fitted by straight lines.

    `significance` is the slope of the median frequency over its standard error.
    """

    spectrum: float
    amplitude: float
    significance: float
    parts: int


class FatigueDrift(TrialCheck):
    """Median frequency and amplitude over the repetitions of a set, or over the seconds of a hold or MVIC.

    Fatigue lowers the median frequency and, at the same force, raises the amplitude (Merletti and Farina 2016, ch. 10).
    For a note both must be seen; a fall that is worth a warning is told whatever the amplitude does.
    """

    kind: Literal["fatigue_drift"] = "fatigue_drift"
    finds: ClassVar[tuple[str, ...]] = ("fatigue",)
    stage: ClassVar[Stage | Literal[""]] = "filtered"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("note_above", "warn_above"),)

    note_above: float = Field(default=15.0, gt=0, lt=100)
    """%: fall of the median frequency from the first to the last repetition, or second of a hold, while the amplitude
    rises (note)."""
    warn_above: float = Field(default=25.0, gt=0, lt=100)
    """%: from here on conditions recorded late may differ by fatigue (warn)."""
    significance: float = Field(default=2.5, ge=0)
    """The fall must be this many standard errors of its slope. With the defaults one in 6000 simulated sets without
    fatigue warns (5 to 10 repetitions of 1 to 4 s); an even fall by 40 % is found in 96 %."""

    def look(self, trial: TrialView) -> tuple[Finding, ...]:
        """Return a finding for every channel that tires."""
        found: list[Finding] = []
        for channel in trial.targets:
            if channel.filtered is None or trial.role not in ("task", "mvic") or not channel.has_signal:
                continue
            parts, name = _parts(channel, trial)
            course = _course(parts, channel.sampling_rate)
            if course is not None and self._is_fatigue(course):
                found.append(self._finding(channel, trial, course, name))
        return tuple(found)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"median frequency that falls over a set or hold by {self.note_above:g} % while the amplitude "
            f"rises (note), or by {self.warn_above:g} % (warn)"
        )

    def _is_fatigue(self, course: _Course) -> bool:
        falls = course.spectrum <= -(self.note_above if course.amplitude > 0 else self.warn_above)
        return falls and abs(course.significance) >= self.significance

    def _finding(self, channel: ChannelView, trial: TrialView, course: _Course, name: str) -> Finding:
        slope = course.spectrum / (course.parts - 1)
        change = f"{'rises' if course.amplitude > 0 else 'falls'} by {abs(course.amplitude):.0f} %"
        cause = "the muscle tires" if course.amplitude > 0 else "the muscle tires, or it was moved differently"
        reason = (
            f"'{channel.label}': over {course.parts} {name}s the median frequency falls by {-course.spectrum:.0f} % "
            f"({slope:.1f} % per {name}) while the amplitude {change}: {cause}"
        )
        level: Literal["note", "warn"] = "warn" if -course.spectrum >= self.warn_above else "note"
        return make_finding("fatigue", level, reason, _REMEDY, value=slope, unit="%", **place_of(channel, trial))


_REMEDY = (
    "compare conditions recorded late with care: fatigue raises their amplitude at the same force; change the order of "
    "conditions between participants, and rest longer between sets"
)


def _parts(channel: ChannelView, trial: TrialView) -> tuple[list[NDArray[np.float64]], str]:
    """Return the filtered samples of each repetition, or of each second of the longest hold of a trial."""
    samples, rate = channel.filtered, channel.sampling_rate
    if samples is None:
        return [], ""
    if len(trial.repetitions) >= FEWEST:
        spans = [(one.start, one.stop) for one in trial.repetitions]
        cuts = [tuple(max(round((time - channel.start) * rate), 0) for time in span) for span in spans]
        return [samples[first:last] for first, last in cuts], "repetition"
    return _held_seconds(samples, channel.filtered_rms, rate), "second"


def _held_seconds(samples: NDArray[np.float64], levels: NDArray[np.float64], rate: float) -> list[NDArray[np.float64]]:
    """Return the seconds of the longest stretch that stays loud; nothing where samples are missing."""
    if not np.isfinite(samples).all():
        return []
    longest = max(runs(levels > HELD * loudest(levels)), key=lambda run: run.stop - run.start, default=slice(0, 0))
    width = round(rate / 2)
    second = round(rate)
    first, last = longest.start * width, longest.stop * width
    return [samples[start : start + second] for start in range(first, last - second + 1, second)]


def _course(parts: Sequence[NDArray[np.float64]], rate: float) -> _Course | None:
    """Fit straight lines to median frequency and RMS; None with fewer than five parts or parts without signal."""
    figures = [_figures(part, rate) for part in parts]
    known = [(place, *one) for place, one in enumerate(figures) if one is not None]
    if len(known) < FEWEST:
        return None
    place, frequency, rms = (np.array(column, dtype=np.float64) for column in zip(*known, strict=True))
    spectrum, left = _slope(place, np.log(frequency))
    seconds = float(np.median([part.size for part in parts])) / rate
    error = max(left, SCATTER / float(np.sqrt(seconds * np.sum((place - place.mean()) ** 2))))
    amplitude, _ = _slope(place, np.log(rms))
    steps = len(parts) - 1
    return _Course(
        100 * float(np.expm1(spectrum * steps)),
        100 * float(np.expm1(amplitude * steps)),
        spectrum / error,
        len(parts),
    )


def _slope(place: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the slope of a straight line by least squares and its standard error."""
    centered = place - place.mean()
    slope = float(centered @ values) / float(centered @ centered)
    left = values - values.mean() - slope * centered
    return slope, float(np.sqrt(left @ left / (place.size - 2) / (centered @ centered)))


def _figures(samples: NDArray[np.float64], rate: float) -> tuple[float, float] | None:
    """Return median frequency (Hz) and RMS of one part; None where it is short, has gaps or holds nothing."""
    if samples.size < max(SHORTEST * rate, 8) or not np.isfinite(samples).all():
        return None
    highest = float(np.max(np.abs(samples)))
    if highest <= 0:
        return None
    scaled = samples / highest
    power = np.abs(np.fft.rfft((scaled - scaled.mean()) * np.hanning(scaled.size))) ** 2
    frequencies = np.arange(power.size) * (rate / scaled.size)
    inside = (frequencies >= LOWEST) & (frequencies <= HIGHEST)
    below = np.cumsum(power[inside])
    if not below.size or below[-1] <= 0:
        return None
    median = float(np.interp(below[-1] / 2, below, frequencies[inside]))
    return median, highest * float(np.sqrt(np.mean(scaled**2)))
