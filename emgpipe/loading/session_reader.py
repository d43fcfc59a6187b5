"""The files of one session, each read once, and its channels, each filtered once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from emgpipe.kept import Kept, chain_kept
from emgpipe.loading.long_recordings import Piece, Pieces, is_long, span_of
from emgpipe.memory import Aside
from emgpipe.model import Channel, Recording, make_finding
from emgpipe.model.recording import ArrayLoader
from emgpipe.privacy import read_for_study

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.chain import ChainResult
    from emgpipe.config import Study
    from emgpipe.joining import Joined
    from emgpipe.model import Trial, TrialFile

CACHED_RECORDINGS: Final = 4
"""How many files of a session stay open: one long file may hold many trials, in any order with its companions."""
_OFFSET: Final = (
    "state it (0 if both were started together): column offset_2 of the trials table, or `offset` beside `companion`; "
    "or let it be found: `joining` under `recordings`"
)


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
