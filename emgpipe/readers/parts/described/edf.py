"""What emgpipe adds to the EDF+ and BDF+ files it writes, in annotations: whatever their header has no place for.

The description is one JSON object, cut into pieces ``emgpipe 2/5 |...|`` that stand at 0 s. It says only what the
header does not, so that a recording that fits into EDF+ has a short one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Acquisition, Channel, Event, Finding, Kind, Side, make_finding
from emgpipe.readers.parts.described.described import LAYOUT, Count, EventFacts, Rate, from_json
from emgpipe.settings import Settings
from emgpipe.units import BY_NAME, UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Recording
    from emgpipe.model.recording import Loader

PIECE = re.compile(r"emgpipe (\d+)/(\d+) \|(.*)\|", re.DOTALL)
MISSING = "emgpipe missing: "
"""Annotations that say to people and other programs where samples are missing."""
MOST_RATE_CHANGE = 1e-3
"""The header's rate and the described one differ by rounding only, or the description is of another file."""


class EdfChannelFacts(Settings):
    """What the header does not say about a channel; None where it does.

    ``skip`` samples before the first and all after `n_samples` fill the data records; the spans `missing` (indices
    after the skipped ones) are missing samples.
    """

    label: str | None = None
    sampling_rate: Rate | None = None
    unit: str | None = None
    kind: Kind | None = None
    muscle: str = ""
    side: Side = ""
    guessed: bool = False
    placement: str = ""
    start: float = 0.0
    copy_of: str = ""
    skip: Count = 0
    n_samples: Count | None = None
    missing: tuple[tuple[Count, Count], ...] = ()


class EdfDescription(Settings):
    """What the file does not say about a recording; `events` only where annotations cannot hold them exactly."""

    layout: int = LAYOUT
    channels: tuple[EdfChannelFacts, ...]
    events: tuple[EventFacts, ...] | None = None
    acquisition: Acquisition = Acquisition()
    findings: tuple[Finding, ...] = ()
    personal: tuple[tuple[str, str], ...] = ()
    read_from: str = ""


@dataclass(frozen=True, slots=True)
class CutLoader:
    """Leave out what fills the first data record, and put NaN where samples are missing.

    Attributes
    ----------
    load : callable
    skip : int
    missing : tuple of (int, int)
        Spans of indices after the skipped samples, increasing.
    """

    load: Loader
    skip: int
    missing: tuple[tuple[int, int], ...]

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop."""
        samples = np.array(self.load(start + self.skip, stop + self.skip), dtype=np.float64)
        first = max(bisect_right(self.missing, (start, start)) - 1, 0)
        for begin, end in self.missing[first:]:
            if begin >= stop:
                break
            samples[max(begin - start, 0) : max(end - start, 0)] = np.nan
        return samples


def with_description(recording: Recording, *, keep_personal_data: bool) -> Recording:
    """Return the recording as it was before emgpipe wrote it; unchanged where another program wrote the file."""
    pieces = [match for event in recording.events if (match := PIECE.fullmatch(event.label)) is not None]
    if not pieces:
        return recording
    events = tuple(e for e in recording.events if not PIECE.fullmatch(e.label) and not e.label.startswith(MISSING))
    recording = replace(recording, events=events)
    try:
        given = _joined(pieces, recording)
        channels = tuple(_restored(*pair) for pair in zip(recording.channels, given.channels, strict=True))
        if len({channel.label for channel in channels}) < len(channels):
            raise ValueError("two channels have the same label")
    except (ValueError, DamagedFileError):  # pydantic's ValidationError is a ValueError
        reason = "emgpipe's description in the annotations is damaged; the recording is as the header says"
        finding = make_finding("description_damaged", "warn", reason, "convert the original again")
        return replace(recording, findings=(*recording.findings, finding))
    if given.events is not None:
        events = tuple(Event(one.label, one.start, one.duration) for one in given.events)
    return replace(
        recording,
        channels=channels,
        events=events,
        acquisition=given.acquisition,
        findings=(*given.findings, *_still_true(recording)),
        personal=given.personal if keep_personal_data else (),
    )


def _joined(pieces: list[re.Match[str]], recording: Recording) -> EdfDescription:
    parts = {int(match[1]): match[3] for match in pieces}
    count = int(pieces[0][2])
    if sorted(parts) != list(range(1, count + 1)):
        raise ValueError("pieces are missing")
    fields: dict[str, Any] = from_json("".join(parts[number] for number in sorted(parts)), recording.source.path, "edf")
    try:
        given = EdfDescription.model_validate(fields)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if given.layout != LAYOUT:
        raise ValueError("another layout")
    return given


def _restored(channel: Channel, given: EdfChannelFacts) -> Channel:
    fields = {name: value for name in _TAKEN if (value := getattr(given, name)) is not None}
    rate, count = given.sampling_rate or channel.sampling_rate, fields.get("n_samples", channel.n_samples)
    if abs(rate / channel.sampling_rate - 1) > MOST_RATE_CHANGE or given.skip + count > channel.n_samples:
        raise ValueError("the header says otherwise")
    if fields.get("unit", UNKNOWN) not in {*BY_NAME, UNKNOWN} or not fields.get("label", channel.label):
        raise ValueError("no unit or no label")
    spans = [place for span in given.missing for place in span]
    if spans != sorted(spans):
        raise ValueError("the missing spans overlap")
    if given.skip or given.missing:
        fields["load"] = CutLoader(channel.load, given.skip, given.missing)
    return replace(channel, **fields)


_TAKEN = tuple(name for name in EdfChannelFacts.model_fields if name not in {"skip", "missing"})


def _still_true(recording: Recording) -> list[Finding]:
    """Leave out what follows from how EDF+ was filled and not from the recording."""
    return [finding for finding in recording.findings if finding.kind not in {"events_outside", "duplicate_labels"}]
