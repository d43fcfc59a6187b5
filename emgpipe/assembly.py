"""From a trial's files to its signals: find each channel by label, join clocks, derive, filter.

A file is read once per session and its channels are filtered once, whole; trials are cut from that. Of a long one that
holds several trials, each trial's piece is read and filtered by itself: see `emgpipe.long_recordings`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from emgpipe.chain.signals import signal_of
from emgpipe.channel_map import labels_there
from emgpipe.errors import SignalError
from emgpipe.kept import Kept, chain_kept
from emgpipe.long_recordings import Piece, Pieces, is_long, span_of, whole_needed
from emgpipe.mapping import Mapped, channels_beside, map_channels, targeted
from emgpipe.memory import Aside, release_memory
from emgpipe.model import Acquisition, Channel, Event, Finding, Recording, Signal, Trial, make_finding
from emgpipe.model.recording import ArrayLoader
from emgpipe.privacy import read_for_study
from emgpipe.quality import check_samples
from emgpipe.recorded import recorded_facts
from emgpipe.segmentation import TrialSignals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.chain import ChainResult
    from emgpipe.config import Study
    from emgpipe.joining import Joined
    from emgpipe.model import Side, TrialFile
    from emgpipe.vocabulary import Vocabulary

MOST_UNEVEN = 0.1
"""Seconds that the ends of the EMG channels of a trial may lie apart before it is said."""
_OFFSET = (
    "state it (0 if both were started together): column offset_2 of the trials table, or `offset` beside `companion`; "
    "or let it be found: `joining` under `recordings`"
)
CACHED_RECORDINGS = 4
"""How many files of a session stay open: one long file may hold many trials, in any order with its companions."""


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


@dataclass(slots=True)
class SessionReader:
    """Opens the files of one session and keeps the last few, with what the chain made of their channels.

    Attributes
    ----------
    trials : sequence of Trial
        All of the session.
    """

    study: Study
    kept: Kept = field(default_factory=Kept)
    trials: Sequence[Trial] = ()
    _recordings: dict[Path, Recording] = field(default_factory=dict)
    _read: dict[tuple[Path, str, float], NDArray[np.float64]] = field(default_factory=dict)
    _filtered: dict[tuple[Path, str, str, float], ChainResult] = field(default_factory=dict)
    _joined: dict[tuple[TrialFile, TrialFile], Joined] = field(default_factory=dict)
    readers: dict[Path, str] = field(default_factory=dict)
    """Recording -> the reader that it was read with, for all that could be read."""
    _pieces: Pieces = field(init=False)

    def __post_init__(self) -> None:
        folder = self.study.output.folder
        self._pieces = Pieces(self.trials, Aside((self.study.results_folder, folder, folder.parent)))

    def recording(self, path: Path) -> Recording:
        """Return the recording at `path`, read now or a moment ago; `ReadError` if it cannot be read."""
        if path not in self._recordings:
            while len(self._recordings) >= CACHED_RECORDINGS:
                self._forget(next(iter(self._recordings)))
            self._recordings[path] = read_for_study(path, self.study)
            self.readers[path] = self._recordings[path].source.reader
        return self._recordings[path]

    def samples(self, path: Path, channel: Channel) -> NDArray[np.float64]:
        """Return all samples of a channel of a file; trials cut from one file share them."""
        if isinstance(channel.load, ArrayLoader):  # a derived channel, made for one trial
            return channel.read()
        key = (path, channel.label, getattr(channel.load, "factor", 1.0))
        if key not in self._read:
            self._read[key] = channel.read()
        return self._read[key]

    def filtered(self, path: Path, channel: Channel, samples: NDArray[np.float64]) -> ChainResult:
        """Return what the chain makes of a whole channel of a file."""
        key = (path, channel.label, channel.muscle, getattr(channel.load, "factor", 1.0))
        if key not in self._filtered:
            self._filtered[key] = chain_kept(
                self.kept, self.study.chain, samples, channel.sampling_rate, muscle=channel.muscle, label=channel.label
            )
        return self._filtered[key]

    def piece(self, path: Path, channel: Channel, trial: Trial, offset: float) -> Piece | None:
        """Return the part of a channel that a trial needs; None where it is taken as a whole.

        Parameters
        ----------
        offset : float
            Seconds that were added to the recording's times to give those of the trial, as in the channel's start.
        """
        if (trial.start, trial.stop) == (None, None) or not is_long(self.recording(path)):
            return None
        return Piece(channel, span_of(channel, trial.start, trial.stop), path, offset, self._pieces)

    def joined(self, first: TrialFile, other: TrialFile) -> Joined:
        """Return where the clock of a trial's further file stands, on the trial's clock."""
        key = (first, other)
        if key not in self._joined:
            self._joined[key] = self._join(first, other)
        return self._joined[key]

    def _join(self, first: TrialFile, other: TrialFile) -> Joined:
        joining = self.study.recordings.joining
        recordings = self.recording(first.path), self.recording(other.path)
        found = joining.find(*recordings, other.offset - first.offset)
        if joining.kind == "stated" and not other.is_stated:
            reason = (
                f"nobody states how the clock of '{other.path.name}' stands to that of '{first.path.name}'; taken as 0"
            )
            found = replace(found, findings=(*found.findings, make_finding("offset_missing", "warn", reason, _OFFSET)))
        return found if found.offset is None else replace(found, offset=found.offset + first.offset)

    def _forget(self, path: Path) -> None:
        del self._recordings[path]
        self._read = {key: made for key, made in self._read.items() if key[0] != path}
        self._filtered = {key: made for key, made in self._filtered.items() if key[0] != path}


def load_trial(trial: Trial, reader: SessionReader, vocabulary: Vocabulary) -> LoadedTrial:
    """Read, map, join and filter the channels of a trial.

    Raises
    ------
    EmgpipeError
        A file cannot be read, or not one EMG channel of the trial can be used.
    """
    release_memory()  # the signals of the trial before this one are needed again when all are loaded
    found: list[Finding] = []
    channels: list[tuple[Path, Channel]] = []
    events: list[Event] = []
    offsets: dict[Path, float] = {}
    for file in trial.files:
        recording = reader.recording(file.path)
        found.extend(recording.findings)
        offset = file.offset
        if file is not trial.files[0]:
            place = reader.joined(trial.files[0], file)
            found.extend(place.findings)
            if place.offset is None:  # a wrong place would give wrong numbers: its channels count as missing
                continue
            offset = place.offset
        offsets[file.path] = offset
        channels.extend((file.path, replace(one, start=one.start + offset)) for one in recording.channels)
        events.extend(replace(one, start=one.start + offset) for one in recording.events)
    targets = targeted(trial, vocabulary)

    def piece_of(path: Path, channel: Channel) -> Piece | None:
        return reader.piece(path, channel, trial, offsets[path])

    def near(path: Path, channel: Channel) -> Channel:
        piece = piece_of(path, channel)
        return piece.channel if piece else channel

    mapped, missing = map_channels(trial, reader.study, channels, targets, near)
    derived = {spec.name for spec in reader.study.derived}
    cut_out = {one.label: piece_of(path, one) for path, name, one in mapped if name not in derived}
    pieces = {label: piece for label, piece in cut_out.items() if piece is not None}
    made, unusable = _signals(mapped, pieces, reader, posed=trial.role == "calibration")
    signals = [signal for _, signal in made]
    found = [*found, *missing, *unusable, *whole_needed(reader.study.chain, pieces.values())]
    timed = [channel for channel, _ in made if channel.kind == "emg" or trial.role == "calibration"]
    if not timed:
        reasons = [one.reason for one in (*missing, *unusable) if one.level == "fail"]
        there = f"; {labels_there([one.label for _, one in channels])}" if missing else ""
        raise SignalError(
            "; ".join(dict.fromkeys(reasons)) + there or "no channel of the study file is EMG used in this trial"
        )
    start, stop, cut = _span(trial, timed)
    signals, noticed = _within(signals, start, stop)
    if not any(signal.kind == "emg" or trial.role == "calibration" for signal in signals):
        raise SignalError("; ".join(dict.fromkeys(one.reason for one in noticed if one.level == "fail")))
    cut = [*cut, *noticed]
    phase = vocabulary.exercise(trial.exercise).start_phase if trial.exercise else "concentric"
    ordered = tuple(sorted(events, key=lambda event: event.start))
    ready = TrialSignals(trial, tuple(signals), ordered, start, stop, phase)
    named = {channel.label: (name, channel.side, channel.placement) for _, name, channel in mapped}
    return LoadedTrial(
        signals=ready,
        findings=tuple(_placed(one, trial, named) for one in (*found, *cut)),
        recorded=_facts(trial, mapped, reader),
        acquisitions={channel.label: reader.recording(path).acquisition for path, _, channel in mapped},
        beside=tuple(channels_beside(trial, reader.study, channels, targets)) if trial.role == "mvic" else (),
        sources={channel.label: path for path, _, channel in mapped},
        pieces=pieces,
    )


def _facts(trial: Trial, mapped: Sequence[Mapped], reader: SessionReader) -> dict[str, str]:
    used = {
        file.path: [one for path, _, one in mapped if path == file.path and one.kind == "emg"] for file in trial.files
    }
    return recorded_facts((reader.recording(path), channels) for path, channels in used.items() if channels)


def _signals(
    mapped: Sequence[Mapped], pieces: Mapping[str, Piece], reader: SessionReader, *, posed: bool
) -> tuple[list[tuple[Channel, Signal]], list[Finding]]:
    """Return the signals that can be used, each with the whole channel it is of."""
    signals: list[tuple[Channel, Signal]] = []
    findings: list[Finding] = []
    made_of = {spec.name: spec.channels for spec in reader.study.derived}
    lost: set[str] = set()
    for path, name, channel in mapped:
        broken = [source for source in made_of.get(name, ()) if source in lost]
        if broken:
            lost.add(name)
            findings.append(_lacks_source(channel, broken[0]))
            continue
        piece = None if name in made_of else pieces.get(channel.label)
        samples = piece.samples if piece else reader.samples(path, channel)
        checked = piece.check() if piece else _checked(samples, channel)
        if posed and channel.kind == "emg" and checked:
            findings.extend(replace(one, level="note", remedy="") for one in checked)  # a pose needs no EMG
            continue
        checked = [_in_a_pose(one) if posed else one for one in checked]
        findings.extend(checked)
        if any(finding.level == "fail" for finding in checked):
            lost.add(name)
            continue
        try:
            result = _filtered(reader, path, channel, samples, piece) if channel.kind == "emg" else None
        except SignalError as error:
            findings.append(make_finding("not_filtered", "fail", str(error), channel=channel.label))
            continue
        signals.append((channel, signal_of(name, piece.channel if piece else channel, samples, result)))
        findings.extend(_filter_findings(channel, result))
    return signals, findings


def _filtered(
    reader: SessionReader, path: Path, channel: Channel, samples: NDArray[np.float64], piece: Piece | None
) -> ChainResult:
    if piece is None:
        return reader.filtered(path, channel, samples)
    reader.kept.count("filtered", made=True)
    return piece.filtered(reader.study.chain)


def _lacks_source(channel: Channel, source: str) -> Finding:
    reason = f"'{channel.label}' is computed from '{source}', which cannot be used in this file; it stays empty"
    return make_finding("not_derived", "fail", reason, "see what is said about that channel", channel=channel.label)


def _checked(samples: NDArray[np.float64], channel: Channel) -> list[Finding]:
    return [finding for finding in check_samples(samples, channel.label) if finding.level == "fail"]


def _in_a_pose(finding: Finding) -> Finding:
    """Keep a channel that does not change in a calibration trial: there, a coarse sensor gives one value throughout."""
    if finding.kind != "constant_channel":
        return finding
    reason = f"{finding.reason}; in a still pose a coarse sensor does that, but so does a dead one"
    return replace(finding, level="warn", reason=reason, remedy="look whether this sensor works in the other trials")


def _filter_findings(channel: Channel, result: ChainResult | None) -> list[Finding]:
    """Say what the chain lost between gaps, and what it set to zero."""
    found: list[Finding] = []
    if result is not None and result.too_short:
        reason = (
            f"{result.too_short} samples of '{channel.label}' lie between gaps, in stretches shorter than the chain "
            "needs; their envelope is empty"
        )
        count = float(result.too_short)
        found.append(make_finding("stretch_too_short", "note", reason, _GAPS, channel=channel.label, value=count))
    if result is not None and result.blanked:
        seconds = result.blanked / channel.sampling_rate
        reason = (
            f"the chain set {result.blanked} samples of '{channel.label}' ({seconds:.3g} s) to missing; numbers are "
            "made of the others"
        )
        remedy = (
            "look at the trace: were these artifacts? A number more than a tenth of whose samples is missing is empty"
        )
        count = float(result.blanked)
        found.append(make_finding("samples_blanked", "note", reason, remedy, channel=channel.label, value=count))
    if result is not None and result.negative:
        reason = (
            f"the low-pass undershot zero in {result.negative} of {result.envelope.size} samples of the envelope of "
            f"'{channel.label}'; they were set to 0"
        )
        count = float(result.negative)
        found.append(make_finding("envelope_below_zero", "note", reason, channel=channel.label, value=count))
    return found


def _span(trial: Trial, timed: Sequence[Channel]) -> tuple[float, float, list[Finding]]:
    """Return the span that counts: the stated one, as far as all these channels have samples."""
    first, last = max(one.start for one in timed), min(one.stop for one in timed)
    start = first if trial.start is None else max(trial.start, first)
    stop = last if trial.stop is None else min(trial.stop, last)
    cut = _uneven(trial, timed, start, stop)
    if start >= stop:
        raise SignalError(
            f"the span {trial.start} to {trial.stop} s lies outside the recording, which runs from {first:.6g} "
            f"to {last:.6g} s; correct start and stop in the trials table"
        )
    slack = 1.5 / min(one.sampling_rate for one in timed)
    stated = (start if trial.start is None else trial.start, stop if trial.stop is None else trial.stop)
    if not cut and (stated[0] < start - slack or stated[1] > stop + slack):
        reason = (
            f"the stated span {trial.start} to {trial.stop} s reaches beyond the recording "
            f"({first:.6g} to {last:.6g} s); what is there is used"
        )
        return start, stop, [make_finding("span_cut", "warn", reason, "correct start and stop in the trials table")]
    return start, stop, cut


def _within(signals: Sequence[Signal], start: float, stop: float) -> tuple[list[Signal], list[Finding]]:
    """Check the signals inside the span that counts: one long file holds many trials, and may fail in one of them."""
    kept: list[Signal] = []
    findings: list[Finding] = []
    for signal in signals:
        checked = check_samples(signal.raw[signal.span(start, stop)], signal.label)
        dead = signal.kind == "emg" and any(finding.level == "fail" for finding in checked)
        findings.extend(finding for finding in checked if dead or finding.level != "fail")
        if not dead:
            kept.append(signal)
    return kept, findings


def _uneven(trial: Trial, timed: Sequence[Channel], start: float, stop: float) -> list[Finding]:
    """Say so where the channels do not last equally long, so that the shortest one cuts the time of all."""
    earliest, latest = min(one.start for one in timed), max(one.stop for one in timed)
    wanted = earliest if trial.start is None else max(trial.start, earliest)
    until = latest if trial.stop is None else min(trial.stop, latest)
    lost = max(start - wanted, 0.0) + max(until - stop, 0.0)
    if lost <= MOST_UNEVEN or trial.role == "calibration":
        return []
    late, early = max(timed, key=lambda one: one.start), min(timed, key=lambda one: one.stop)
    limits = [one for one, cuts in ((late, start > wanted), (early, until > stop)) if cuts]
    which = " and ".join(dict.fromkeys(f"'{one.label}' ({one.start:.6g} to {one.stop:.6g} s)" for one in limits))
    reason = (
        f"the EMG channels do not cover the same time: because of {which} only {start:.6g} to {stop:.6g} s of "
        f"{wanted:.6g} to {until:.6g} s count, for all channels"
    )
    remedy = "check the offset of the second file; leave out the short channel by an override if it broke off"
    return [make_finding("channels_uneven", "warn", reason, remedy, value=lost, unit="s")]


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


_GAPS = "look at the connection of the sensor"
