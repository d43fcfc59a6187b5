"""Look at the samples of a whole recording and add what was noticed to its findings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.quality.dead import check_samples
from emgpipe.quality.doubts import doubts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from emgpipe.model import Channel, Finding, Recording

PIECES: Final = 3
"""Beginning, middle and end."""
MOST_SAMPLES: Final = 1 << 23
"""Of one channel in memory at once (64 MiB); a longer one is looked at in pieces, whatever was asked for."""


def examine(recording: Recording, seconds: float | None = 60.0) -> Recording:
    """Return the recording with doubts about its channels added to its findings.

    Parameters
    ----------
    recording : Recording
    seconds : float or None
        Read at most this much of each channel, in equal pieces from its beginning, middle and end; None reads all,
        up to `MOST_SAMPLES`.

    Raises
    ------
    ReadError
        The samples cannot be read.
    """
    known = {(finding.kind, finding.channel) for finding in recording.findings}
    found = tuple(
        finding
        for channel in recording.channels
        for finding in _channel_findings(channel, seconds)
        if (finding.kind, finding.channel) not in known and not _is_said(finding, channel, recording.findings)
    )
    return replace(recording, findings=(*recording.findings, *found))


def _is_said(finding: Finding, channel: Channel, findings: Iterable[Finding]) -> bool:
    """Say whether the missing samples are those of the interruptions the reader has told about."""
    if finding.kind not in {"missing_samples", "signal_gaps"} or finding.value is None:
        return False
    gaps = (one for one in findings if one.kind == "time_gaps" and one.unit == "s")
    seconds = sum(one.value or 0.0 for one in gaps if one.channel in {"", channel.label})
    missing = finding.value if finding.kind == "missing_samples" else finding.value * channel.n_samples
    return missing <= seconds * channel.sampling_rate + 2.0


def _channel_findings(channel: Channel, seconds: float | None) -> Iterator[Finding]:
    starts, pieces = _pieces(channel, seconds)
    looked_at = np.concatenate(pieces)
    is_part = looked_at.size < channel.n_samples
    checked = [_softened(one, channel, is_part=is_part) for one in check_samples(looked_at, channel.label)]
    if channel.copy_of:
        yield from checked
        return
    gap = np.full(1, np.nan)
    spaced = np.concatenate([part for piece in pieces for part in (gap, piece)][1:])
    length = pieces[0].size + 1

    def time(index: int) -> float:
        piece = index // length
        return channel.start + (starts[piece] + index - piece * length) / channel.sampling_rate

    found = doubts(channel.label, spaced, channel.sampling_rate, channel.unit, channel.kind, time=time)
    has_gaps = any(one.kind == "signal_gaps" for one in found)  # it says more than the count of missing samples
    yield from (one for one in checked if not (has_gaps and one.kind == "missing_samples"))
    yield from (replace(one, level="warn") if is_part and one.level == "fail" else one for one in found)


def _pieces(channel: Channel, seconds: float | None) -> tuple[list[int], list[NDArray[np.float64]]]:
    """Return where equally long pieces begin, and their samples."""
    wanted = channel.n_samples if seconds is None else max(round(seconds * channel.sampling_rate), PIECES)
    wanted = min(wanted, MOST_SAMPLES)
    if wanted >= channel.n_samples:
        return [0], [channel.read()]
    length = wanted // PIECES
    starts = [(channel.n_samples - length) * piece // (PIECES - 1) for piece in range(PIECES)]
    return starts, [channel.read(start, start + length) for start in starts]


def _softened(finding: Finding, channel: Channel, *, is_part: bool) -> Finding:
    """Return the finding as grave as it is here: an unused force plate is no failure, and a part is not the whole."""
    if is_part:
        finding = replace(finding, reason=f"{finding.reason} (of the parts looked at)")
    if finding.level != "fail":
        return finding
    if channel.kind != "emg":
        return replace(finding, level="note", remedy="good to know where this channel should have moved")
    return replace(finding, level="warn") if is_part else finding
