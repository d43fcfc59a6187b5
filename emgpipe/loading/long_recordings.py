"""Long recordings: of each trial only its piece is read, filtered and kept, with a few seconds around it.

A recording is long by its size alone, so that results do not depend on what else is processed. One that is cut by
`start` and `stop` of the trials table is never in memory as a whole, unless a step of the chain needs it so; then one
channel at a time is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from emgpipe.chain import chain_hash, run_piece, run_spans, scan, whole_record_steps
from emgpipe.model import make_finding
from emgpipe.quality import check_extent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.chain import ChainResult, Scan, Step
    from emgpipe.memory import Aside
    from emgpipe.model import Channel, Finding, Recording, Trial
    from emgpipe.model.recording import Loader

LONG: Final = 64 << 20
"""Bytes of samples (8 each, all channels) from which on a recording is long: half an hour of 2 channels at 2000 Hz."""
AROUND: Final = 5.0
"""Seconds read before and after a trial, in which smoothing of movements settles."""

_Subject = tuple["Path", str, str, float]
"""File, label, muscle and factor of a channel: what its samples are, and which steps it gets."""


def is_long(recording: Recording) -> bool:
    """Tell whether a recording is too large to be held as a whole."""
    return 8 * sum(channel.n_samples for channel in recording.channels) > LONG


@dataclass(frozen=True, slots=True)
class CutLoader:
    """A loader of a channel that begins later; a class, so that it can be pickled."""

    load: Loader
    skip: int

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop of the piece."""
        return self.load(start + self.skip, stop + self.skip)


def span_of(channel: Channel, start: float | None, stop: float | None) -> slice:
    """Return the samples of a channel that a trial from `start` to `stop` (s on the channel's clock) needs."""
    rate = channel.sampling_rate
    first = 0 if start is None else math.floor((start - AROUND - channel.start) * rate)
    last = channel.n_samples if stop is None else math.ceil((stop + AROUND - channel.start) * rate)
    first = min(max(first - first % 2, 0), channel.n_samples)  # even: times round to samples as in the whole
    return slice(first, min(max(last, first), channel.n_samples))


def cut(channel: Channel, span: slice) -> Channel:
    """Return some samples of a channel as a channel that begins later; still behind its loader."""
    return replace(
        channel,
        n_samples=span.stop - span.start,
        start=channel.start + span.start / channel.sampling_rate,
        load=CutLoader(channel.load, span.start),
    )


@dataclass(frozen=True)
class Piece:
    """A trial's part of a channel of a long recording.

    Attributes
    ----------
    whole : Channel
        The channel on the trial's clock.
    span : slice
        Which samples of it.
    path : Path
        The recording.
    offset : float
        Seconds that were added to the recording's times to give those of the trial.
    """

    whole: Channel
    span: slice
    path: Path
    offset: float
    pieces: Pieces = field(repr=False)

    @cached_property
    def channel(self) -> Channel:
        """The piece as a channel of its own."""
        return cut(self.whole, self.span)

    @cached_property
    def samples(self) -> NDArray[np.float64]:
        """Its samples, shape (n_samples,), in the unit of the channel."""
        return self.pieces.aside.lay(self.channel.read())

    def check(self) -> list[Finding]:
        """Say what makes the whole channel worthless; see `check_samples`."""
        known = self.pieces.scanned(self)
        found = check_extent(known.size, known.present, known.extent, self.whole.label)
        return [finding for finding in found if finding.level == "fail"]

    def filtered(self, chain: Sequence[Step]) -> ChainResult:
        """Return what a chain makes of the piece as part of its recording.

        Raises
        ------
        SignalError
            As `run_chain`, of the whole channel.
        """
        return self.pieces.filtered(self, chain)


def whole_needed(chain: Sequence[Step], pieces: Iterable[Piece]) -> list[Finding]:
    """Say which steps need whole channels of long recordings, one finding for each recording and step."""
    found: dict[tuple[Path, str], Finding] = {}
    for piece in pieces:
        channel = piece.whole
        if channel.kind != "emg":
            continue
        for step in whole_record_steps(chain, channel.muscle, channel.sampling_rate):
            kind = str(getattr(step, "kind", type(step).__name__))
            size = 8 * channel.n_samples
            reason = (
                f"{kind} looks at a recording as a whole, so that each EMG channel of '{piece.path.name}' was filtered "
                f"in one piece, one after the other ({channel.duration / 60:.3g} min, {size / 1e6:.0f} MB at each step)"
            )
            remedy = "nothing, if there is memory for it; else cut the recording into files, or leave the step out"
            told = make_finding("whole_recording_needed", "note", reason, remedy, value=size / 1e6, unit="MB")
            found.setdefault((piece.path, kind), told)
    return list(found.values())


@dataclass(slots=True)
class Pieces:
    """What was made of the long recordings of one session.

    Attributes
    ----------
    trials : sequence of Trial
        All of the session: where a step needs a whole channel, it is filtered once for all of them.
    aside : Aside
        Where the signals lie until they are used.
    """

    trials: Sequence[Trial]
    aside: Aside
    _scans: dict[_Subject, Scan] = field(default_factory=dict)
    _made: dict[tuple[_Subject, str, int, int], ChainResult] = field(default_factory=dict)

    def scanned(self, piece: Piece) -> Scan:
        """Return what one pass over the whole channel tells."""
        key = _subject(piece)
        if key not in self._scans:
            self._scans[key] = scan(piece.whole)
        return self._scans[key]

    def filtered(self, piece: Piece, chain: Sequence[Step]) -> ChainResult:
        """Return what a chain makes of a piece."""
        channel, digest = piece.whole, chain_hash(chain, piece.whole.muscle)
        key = (_subject(piece), digest, piece.span.start, piece.span.stop)
        if key not in self._made:
            if whole_record_steps(chain, channel.muscle, channel.sampling_rate):
                self._filter_whole(piece, chain, digest)
            else:
                self._made[key] = self._laid(run_piece(chain, channel, self.scanned(piece), piece.span))
        return self._made[key]

    def _filter_whole(self, piece: Piece, chain: Sequence[Step], digest: str) -> None:
        """Filter a channel as a whole and keep the pieces of all trials that are cut from its recording."""
        channel, subject = piece.whole, _subject(piece)
        spans = {(one.start, one.stop): one for one in (piece.span, *self._planned(piece))}
        named = {"muscle": channel.muscle, "label": channel.label}
        made = run_spans(chain, channel.read(), channel.sampling_rate, list(spans.values()), **named)
        for (first, last), result in zip(spans, made, strict=True):
            self._made[subject, digest, first, last] = self._laid(result)

    def _planned(self, piece: Piece) -> list[slice]:
        """Return the pieces of this channel that other trials will ask for, as far as their clocks are stated."""
        start = piece.whole.start - piece.offset
        return [
            span_of(replace(piece.whole, start=start + file.offset), trial.start, trial.stop)
            for trial in self.trials
            for file in trial.files
            if file.path == piece.path and (trial.start, trial.stop) != (None, None)
        ]

    def _laid(self, result: ChainResult) -> ChainResult:
        return replace(result, filtered=self.aside.lay(result.filtered), envelope=self.aside.lay(result.envelope))


def _subject(piece: Piece) -> _Subject:
    channel = piece.whole
    return piece.path, channel.label, channel.muscle, getattr(channel.load, "factor", 1.0)
