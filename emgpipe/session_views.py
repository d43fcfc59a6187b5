"""A session's trials as checks look at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import Acquisition
from emgpipe.peak_windows import windows_of
from emgpipe.quality import ChannelView, SessionView, TrialView, Windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.config import Study
    from emgpipe.loading.trial import LoadedTrial
    from emgpipe.model import Channel, Reference, ReferenceKey, Signal
    from emgpipe.trial_step import TrialStep


def session_view(study: Study, steps: Sequence[TrialStep], references: Mapping[ReferenceKey, Reference]) -> SessionView:
    """Return the trials of a session that could be loaded, each limited to the span that counts."""
    first = steps[0].trial
    return SessionView(
        participant=first.participant,
        session=first.session,
        trials=tuple(_trial_view(step, step.loaded) for step in steps if step.loaded is not None),
        references=references,
        windows=_windows(study, steps),
    )


def _windows(study: Study, steps: Sequence[TrialStep]) -> Windows:
    """Return over how long this study averages before it takes the highest value."""
    signals = [one for step in steps if step.loaded for one in step.loaded.signals.signals if one.kind == "emg"]
    return windows_of(study, {signal.muscle: signal.sampling_rate for signal in signals})


def _trial_view(step: TrialStep, loaded: LoadedTrial) -> TrialView:
    signals = [signal for signal in loaded.signals.signals if signal.kind == "emg"]
    used = tuple(_used(signal, loaded, step.trial.role) for signal in signals)
    beside = tuple(_beside(channel, loaded, step.trial.role) for channel in loaded.beside)
    return TrialView((*used, *beside), step.trial, step.repetitions, loaded.signals.start, loaded.signals.stop)


def _used(signal: Signal, loaded: LoadedTrial, role: str) -> ChannelView:
    span = signal.span(loaded.signals.start, loaded.signals.stop)
    return ChannelView(
        label=signal.label,
        raw=signal.raw[span],
        sampling_rate=signal.sampling_rate,
        unit=signal.unit,
        muscle=signal.muscle,
        side=signal.side,
        placement=signal.placement,
        start=signal.start + span.start / signal.sampling_rate,
        role=role,
        filtered=None if signal.filtered is None else signal.filtered[span],
        envelope=None if signal.envelope is None else signal.envelope[span],
        acquisition=loaded.acquisitions.get(signal.label, Acquisition()),
    )


def _beside(channel: Channel, loaded: LoadedTrial, role: str) -> ChannelView:
    rate = channel.sampling_rate
    first = max(round((loaded.signals.start - channel.start) * rate), 0)
    last = max(round((loaded.signals.stop - channel.start) * rate), first)
    return ChannelView(
        label=channel.label,
        raw=channel.read(first, last),
        sampling_rate=rate,
        unit=channel.unit,
        muscle=channel.muscle,
        side=channel.side,
        placement=channel.placement,
        start=channel.start + first / rate,
        role=role,
        is_target=False,
    )
