"""From a trial's files to its signals: find each channel by label, join clocks, derive, filter.

A file is read once per session and its channels are filtered once, whole; trials are cut from that. Of a long one that
holds several trials, each trial's piece is read and filtered by itself: see `emgpipe.loading.long_recordings`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from emgpipe.errors import SignalError
from emgpipe.loading.channel_map import labels_there
from emgpipe.loading.long_recordings import Piece, whole_needed
from emgpipe.loading.mapping import Mapped, channels_beside, map_channels, targeted
from emgpipe.loading.recorded import recorded_facts
from emgpipe.loading.signals import signals_of
from emgpipe.loading.span import span_of_trial, within
from emgpipe.memory import release_memory
from emgpipe.model import Acquisition, Channel, Event, Finding, Signal, Trial
from emgpipe.segmentation import TrialSignals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from emgpipe.loading.session_reader import SessionReader
    from emgpipe.model import Side
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class LoadedTrial:
    """A trial's signals on one clock, what was noticed on the way, and what the recordings say about themselves.

    Attributes
    ----------
    recorded : mapping
        What the recordings say, by reporting item.
    acquisitions : mapping
        How the channels were recorded, by label.
    beside : tuple of Channel
        EMG channels on the trial's clock that are there and not meant: in an MVIC, those of the other muscles.
    sources : mapping of str to Path
        The recording each channel lies in, by label.
    pieces : mapping of str to Piece
        The channels of which only a piece was read, by label: what filters it as part of its recording.
    """

    signals: TrialSignals
    findings: tuple[Finding, ...]
    recorded: Mapping[str, str]
    acquisitions: Mapping[str, Acquisition] = field(default_factory=dict)
    beside: tuple[Channel, ...] = ()
    sources: Mapping[str, Path] = field(default_factory=dict)
    pieces: Mapping[str, Piece] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _OneClock:
    """What lies in a trial's files, on the trial's clock.

    Attributes
    ----------
    channels : list of (Path, Channel)
    events : list of Event
    offsets : mapping of Path to float
        Seconds added to a file's own times.
    findings : list of Finding
        Of the files, and of how their clocks stand to each other.
    """

    channels: list[tuple[Path, Channel]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    offsets: dict[Path, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def load_trial(trial: Trial, reader: SessionReader, vocabulary: Vocabulary) -> LoadedTrial:
    """Read, map, join and filter the channels of a trial.

    Raises
    ------
    EmgpipeError
        A file cannot be read, or not one EMG channel of the trial can be used.
    """
    release_memory()  # the signals of the trial before this one are needed again when all are loaded
    there = _on_one_clock(trial, reader)
    targets = targeted(trial, vocabulary)
    mapped, missing, pieces = _mapped(trial, there, reader, targets)
    is_pose = trial.role == "calibration"
    made, unusable = signals_of(mapped, pieces, reader, posed=is_pose)
    timed = [channel for channel, _ in made if channel.kind == "emg" or is_pose]
    if not timed:
        raise SignalError(_nothing_usable(missing, unusable, there))
    start, stop, cut = span_of_trial(trial, timed)
    signals, noticed = within([signal for _, signal in made], start, stop)
    if not any(signal.kind == "emg" or is_pose for signal in signals):
        raise SignalError(_failures(noticed))
    findings = [
        *there.findings,
        *missing,
        *unusable,
        *whole_needed(reader.study.chain, pieces.values()),
        *cut,
        *noticed,
    ]
    named = {channel.label: (name, channel.side, channel.placement) for _, name, channel in mapped}
    return LoadedTrial(
        signals=_ready(trial, signals, there.events, (start, stop), vocabulary),
        findings=tuple(_placed(one, trial, named) for one in findings),
        recorded=_facts(trial, mapped, reader),
        acquisitions={channel.label: reader.recording(path).acquisition for path, _, channel in mapped},
        beside=tuple(channels_beside(trial, reader.study, there.channels, targets)) if trial.role == "mvic" else (),
        sources={channel.label: path for path, _, channel in mapped},
        pieces=pieces,
    )


def _on_one_clock(trial: Trial, reader: SessionReader) -> _OneClock:
    made = _OneClock()
    for file in trial.files:
        recording = reader.recording(file.path)
        made.findings.extend(recording.findings)
        offset = file.offset
        if file is not trial.files[0]:
            place = reader.joined(trial.files[0], file)
            made.findings.extend(place.findings)
            if place.offset is None:  # a wrong place would give wrong numbers: its channels count as missing
                continue
            offset = place.offset
        made.offsets[file.path] = offset
        made.channels.extend((file.path, replace(one, start=one.start + offset)) for one in recording.channels)
        made.events.extend(replace(one, start=one.start + offset) for one in recording.events)
    return made


def _mapped(
    trial: Trial, there: _OneClock, reader: SessionReader, targets: frozenset[str] | None
) -> tuple[list[Mapped], list[Finding], dict[str, Piece]]:
    """Return the channels in use, what is missing, and by label the channels of which a piece is enough."""

    def piece_of(path: Path, channel: Channel) -> Piece | None:
        return reader.piece(path, channel, trial, there.offsets[path])

    def near(path: Path, channel: Channel) -> Channel:
        piece = piece_of(path, channel)
        return piece.channel if piece else channel

    mapped, missing = map_channels(trial, reader.study, there.channels, targets, near)
    derived = {spec.name for spec in reader.study.derived}
    cut_out = {one.label: piece_of(path, one) for path, name, one in mapped if name not in derived}
    return mapped, missing, {label: piece for label, piece in cut_out.items() if piece is not None}


def _nothing_usable(missing: Sequence[Finding], unusable: Sequence[Finding], there: _OneClock) -> str:
    labels = f"; {labels_there([one.label for _, one in there.channels])}" if missing else ""
    reasons = _failures([*missing, *unusable]) + labels
    return reasons or "no channel of the study file is EMG used in this trial"


def _failures(findings: Sequence[Finding]) -> str:
    return "; ".join(dict.fromkeys(one.reason for one in findings if one.level == "fail"))


def _ready(
    trial: Trial, signals: Sequence[Signal], events: Sequence[Event], span: tuple[float, float], vocabulary: Vocabulary
) -> TrialSignals:
    phase = vocabulary.exercise(trial.exercise).start_phase if trial.exercise else "concentric"
    ordered = tuple(sorted(events, key=lambda event: event.start))
    return TrialSignals(trial, tuple(signals), ordered, *span, phase)


def _facts(trial: Trial, mapped: Sequence[Mapped], reader: SessionReader) -> dict[str, str]:
    used = {
        file.path: [one for path, _, one in mapped if path == file.path and one.kind == "emg"] for file in trial.files
    }
    return recorded_facts((reader.recording(path), channels) for path, channels in used.items() if channels)


def _placed(finding: Finding, trial: Trial, named: Mapping[str, tuple[str, Side, str]]) -> Finding:
    """Say where in the study a finding belongs; `named` has name, side and placement of each channel in use."""
    name, side, placement = named.get(finding.channel, ("", "", ""))
    return replace(
        finding,
        participant=trial.participant,
        session=trial.session,
        trial=trial.id,
        muscle=finding.muscle or name,
        side=finding.side or side,
        placement=finding.placement or placement,
    )
