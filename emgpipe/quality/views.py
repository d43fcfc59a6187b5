"""What checks look at: the samples of a channel with what is known about them, a trial, a session.

What several checks ask for (spectrum, flat stretches, rails) is computed once, when the first of them asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.memory import release_memory
from emgpipe.model import Acquisition
from emgpipe.quality.clipping import clipping
from emgpipe.quality.figures import Figures, figures_of, quiet_figures
from emgpipe.quality.flat import FlatLimits, Stretch, flat_stretches, without
from emgpipe.quality.hardware import hardware_highpass
from emgpipe.quality.heart import Beats, find_beats
from emgpipe.quality.levels import band_rms, plain_rms
from emgpipe.quality.mains import hum_of
from emgpipe.quality.processed import filter_edges, processed_doubts
from emgpipe.quality.shared import Shared, shared_signals

MAINS_SHARE: Final = 0.5
"""Of the power: above it there is more mains than EMG."""
SLOWEST: Final = 100.0
"""Samples per second that are too few: half of EMG's power or more is lost, as its median frequency is 40 to 150 Hz."""

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Finding, Kind, Reference, ReferenceKey, Repetition, Role, Side, Trial


@dataclass(frozen=True)
class ChannelView:
    """One channel in one trial: the samples of the span that counts, and what is known about them.

    Attributes
    ----------
    raw : array, shape (n_samples,)
        As read, in `unit`; NaN where missing.
    filtered, envelope : array or None, shape (n_samples,)
        What the chain made of it; None where it was not applied.
    start : float
        Time of the first sample in seconds of the trial's clock.
    role : str
        Of the trial; empty where it is not known, as in a file without a study.
    is_target : bool
        False for a channel of an MVIC trial meant for another muscle: read to be looked at beside the others, not used.
    acquisition : Acquisition
        What the recording says about how it was made: hardware filters, mains frequency, rail.
    time : callable or None
        Gives the time in seconds of a sample by its index where samples do not follow one another evenly.
    """

    label: str
    raw: NDArray[np.float64]
    sampling_rate: float
    unit: str = "V"
    kind: Kind = "emg"
    muscle: str = ""
    side: Side = ""
    placement: str = ""
    start: float = 0.0
    role: Role | str = ""
    filtered: NDArray[np.float64] | None = None
    envelope: NDArray[np.float64] | None = None
    is_target: bool = True
    acquisition: Acquisition = field(default_factory=Acquisition)
    time: Callable[[int], float] | None = None

    @property
    def key(self) -> ReferenceKey:
        """Muscle, side and placement."""
        return self.muscle, self.side, self.placement

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.raw.size / self.sampling_rate

    def at(self, index: int) -> float:
        """Return the time in seconds of a sample by its index."""
        return self.time(index) if self.time else self.start + index / self.sampling_rate

    @cached_property
    def finite(self) -> NDArray[np.float64]:
        """The samples that are there."""
        is_there = np.isfinite(self.raw)
        return self.raw if is_there.all() else self.raw[is_there]

    @cached_property
    def is_dead(self) -> bool:
        """Whether there is nothing to look at: fewer than two samples, or one value throughout."""
        return self.finite.size < 2 or float(np.ptp(self.finite)) == 0.0

    @cached_property
    def clipped(self) -> tuple[Finding, ...]:
        """What the check for clipping finds with its usual limits."""
        return () if self.is_dead else clipping(self.label, self.finite, self.unit, rail=self.acquisition.rail)

    @cached_property
    def flat(self) -> tuple[Stretch, ...]:
        """Stretches of one value that the signal around them does not explain; not those at a rail."""
        return self.flat_stretches(FlatLimits())

    def flat_stretches(self, limits: FlatLimits) -> tuple[Stretch, ...]:
        """Return the stretches of one value as `flat`, with limits that may differ."""
        usual = FlatLimits()
        if "flat" in self.__dict__ and limits.shortest == usual.shortest:
            return self.flat
        if self.is_dead:
            return ()
        rails = {float(self.finite.min()), float(self.finite.max())} if self.clipped else set()
        found = flat_stretches(self.raw, self.sampling_rate, self.unit, limits)
        return tuple(one for one in found if one.value not in rails)

    @cached_property
    def figures(self) -> Figures:
        """Mean, RMS of half seconds and spectrum of the raw samples, flat stretches left out."""
        return figures_of(without(self.raw, self.flat), self.sampling_rate)

    @cached_property
    def loudness(self) -> NDArray[np.float64]:
        """RMS of the raw samples between 20 and 450 Hz in every half second without gaps."""
        return band_rms(self.raw, self.sampling_rate)

    @cached_property
    def filtered_rms(self) -> NDArray[np.float64]:
        """RMS of the filtered samples in every half second without gaps; empty where the chain was not applied."""
        return np.zeros(0) if self.filtered is None else plain_rms(self.filtered, self.sampling_rate)

    @cached_property
    def quiet(self) -> Figures:
        """The same of the quietest seconds of the raw samples."""
        return quiet_figures(without(self.raw, self.flat), self.sampling_rate)

    def forget(self) -> None:
        """Let go of what only checks of single trials ask for; it is most of what a view holds beside its samples."""
        for name in ("quiet", "filtered_quiet", "filtered_figures"):
            self.__dict__.pop(name, None)

    @cached_property
    def filtered_figures(self) -> Figures | None:
        """The figures of the filtered samples; None where the chain was not applied."""
        return None if self.filtered is None else figures_of(without(self.filtered, self.flat), self.sampling_rate)

    @cached_property
    def filtered_quiet(self) -> Figures | None:
        """The figures of the quietest seconds of the filtered samples; None where the chain was not applied."""
        return None if self.filtered is None else quiet_figures(without(self.filtered, self.flat), self.sampling_rate)

    @cached_property
    def band(self) -> tuple[float | None, float | None]:
        """Frequencies (Hz) below and above which the raw spectrum falls off a cliff; None where it does not.

        As far as the loudest parts show: the edges of the filters the signal went through before.
        """
        return filter_edges(self.figures) if self.is_raw_emg else (None, None)

    @cached_property
    def has_signal(self) -> bool:
        """Whether spectrum and amplitude mean anything: sampled fast enough for EMG, and not flat throughout."""
        finite = self.figures.finite
        return self.sampling_rate > SLOWEST and finite.size >= 2 and float(np.ptp(finite)) > 0.0

    @cached_property
    def processed(self) -> tuple[Finding, ...]:
        """Signs of earlier processing."""
        return processed_doubts(self.label, self.figures, is_clipped=bool(self.clipped)) if self.has_signal else ()

    @property
    def is_raw_emg(self) -> bool:
        """Whether it has a signal that is neither rectified nor an envelope; what their spectrum tells is not EMG."""
        return self.has_signal and not any(one.level == "warn" for one in self.processed)

    @cached_property
    def has_mains(self) -> bool:
        """Whether most of its power is interference from the mains."""
        return self.is_raw_emg and hum_of(self.figures).share >= MAINS_SHARE

    @cached_property
    def highpass(self) -> float | None:
        """The lower edge (Hz) of the filters in the device; None where the recording does not say."""
        return hardware_highpass(self.acquisition)

    @cached_property
    def beats(self) -> Beats | None:
        """Heartbeats that are seen in the raw samples; None where there are none."""
        return find_beats(self.raw, self.sampling_rate) if self.is_raw_emg else None


@dataclass(frozen=True)
class TrialView:
    """The EMG channels of one trial.

    Attributes
    ----------
    trial : Trial or None
        None for a recording without a study.
    start, stop : float
        The span that counts, in seconds of the trial's clock.
    """

    channels: tuple[ChannelView, ...]
    trial: Trial | None = None
    repetitions: tuple[Repetition, ...] = ()
    start: float = 0.0
    stop: float = 0.0

    @property
    def id(self) -> str:
        """The trial's id; empty without a study."""
        return self.trial.id if self.trial else ""

    @property
    def role(self) -> str:
        """The trial's role; empty without a study."""
        return self.trial.role if self.trial else ""

    @property
    def targets(self) -> tuple[ChannelView, ...]:
        """The channels that are used in this trial."""
        return tuple(channel for channel in self.channels if channel.is_target)

    @cached_property
    def shared(self) -> tuple[Shared, ...]:
        """How much the channels have in common, apart from mains, heartbeats and jerks."""
        return shared_signals(self.channels)

    def channel(self, key: ReferenceKey) -> ChannelView | None:
        """Return the channel of a muscle, side and placement, or None."""
        return next((one for one in self.channels if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Windows:
    """Over how long numbers are averaged before the highest is taken.

    Attributes
    ----------
    smoother : mapping of str to float
        Muscle -> window in s of the moving average that makes the envelope; NaN where it is none.
    reference : float
        Window in s of the mean the MVIC's rule takes; 0: a single sample; NaN: its samples are not one window.
    is_searched : bool
        Whether that window is where the mean is highest; False: it lies in the middle of the trial.
    """

    smoother: Mapping[str, float] = field(default_factory=dict)
    reference: float = math.nan
    is_searched: bool = True


@dataclass(frozen=True)
class SessionView:
    """All trials of one participant's session, in the order of the trials table, and their references.

    `findings` are what the checks made so far have found: all those of channels and trials, and the session checks
    before this one.
    """

    participant: str
    session: str
    trials: tuple[TrialView, ...]
    references: Mapping[ReferenceKey, Reference] = field(default_factory=dict)
    windows: Windows = field(default_factory=Windows)
    findings: tuple[Finding, ...] = ()

    def of_role(self, role: str) -> Iterator[TrialView]:
        """Yield the trials of one role."""
        for trial in self.trials:
            if trial.role == role:
                yield trial
                release_memory()

    @property
    def keys(self) -> tuple[ReferenceKey, ...]:
        """Every muscle, side and placement that is used in a trial, in the order it appears."""
        return tuple(dict.fromkeys(one.key for trial in self.trials for one in trial.targets))


def place_of(channel: ChannelView, trial: TrialView) -> dict[str, str]:
    """Return where a channel of a trial is, as keywords for `make_finding`."""
    return {
        "trial": trial.id,
        "channel": channel.label,
        "muscle": channel.muscle,
        "side": channel.side,
        "placement": channel.placement,
    }
