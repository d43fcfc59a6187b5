"""What a recording is apart from its samples, as emgpipe's own layouts keep it; shared by their readers and writers.

Every layout holds the same facts in its own way (lines of a CSV, attributes of HDF5, a struct of MATLAB, annotations of
EDF+). Here they are checked on the way in: a file may have been edited or damaged since it was written.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError

from emgpipe.errors import DamagedFileError
from emgpipe.model import Acquisition, Channel, Event, Finding, Kind, Recording, Side, Source
from emgpipe.settings import Settings
from emgpipe.units import BY_NAME, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emgpipe.model.recording import Loader
    from emgpipe.readers.base import ReaderOptions

NAME = "emgpipe recording"
"""The first words of every layout."""
LAYOUT = 1
"""Raised when a layout changes in a way that older versions of emgpipe cannot read."""
Rate = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]


class ChannelFacts(Settings):
    """A channel without its samples; the fields of `emgpipe.model.Channel`."""

    label: str
    sampling_rate: Rate
    unit: str = UNKNOWN
    kind: Kind = "other"
    n_samples: Count
    muscle: str = ""
    side: Side = ""
    guessed: bool = False
    placement: str = ""
    start: float = 0.0
    copy_of: str = ""


class EventFacts(Settings):
    """An event; the fields of `emgpipe.model.Event`."""

    label: str
    start: float
    duration: float = 0.0


class RecordingFacts(Settings):
    """A recording without its samples.

    ``read_from`` is the reader that read the original; its path is left out, it may hold a name.
    """

    channels: tuple[ChannelFacts, ...]
    events: tuple[EventFacts, ...] = ()
    acquisition: Acquisition = Acquisition()
    findings: tuple[Finding, ...] = ()
    personal: tuple[tuple[str, str], ...] = ()
    read_from: str = ""


def channel_fields(channel: Channel) -> dict[str, Any]:
    """Return the fields of a channel that `ChannelFacts` has."""
    return {name: getattr(channel, name) for name in ChannelFacts.model_fields}


def stated(one: Acquisition | Finding) -> dict[str, Any]:
    """Return the fields that say something.

    >>> stated(Acquisition(device="Trigno", gain=None))
    {'device': 'Trigno'}
    """
    fields = {name: getattr(one, name) for name in type(one).__dataclass_fields__}
    return {name: value for name, value in fields.items() if _says_something(value)}


def _says_something(value: str | float | None) -> bool:
    return math.isfinite(value) if isinstance(value, float) else value is not None and value != ""


def checked_facts(written: dict[str, Any], path: Path, reader: str) -> RecordingFacts:
    """Return the facts as a file has them.

    Raises
    ------
    DamagedFileError
        Something is missing, of the wrong kind, or contradicts itself.
    """
    try:
        facts = RecordingFacts.model_validate(written)
    except (ValidationError, RecursionError) as error:
        raise DamagedFileError(f"{_first(error)}; convert the original again", path=path, reader=reader) from None
    labels = [channel.label for channel in facts.channels]
    strange = next((channel.unit for channel in facts.channels if channel.unit not in {*BY_NAME, UNKNOWN}), None)
    problem = ""
    if not labels:
        problem = "no channel is described"
    elif len(set(labels)) < len(labels) or not all(labels):
        problem = "two channels have the same label, or one has none"
    elif strange is not None:
        problem = f"'{strange}' is no unit that emgpipe writes"
    if problem:
        raise DamagedFileError(f"{problem}; convert the original again", path=path, reader=reader)
    return facts


def recording_from(
    facts: RecordingFacts, loaders: Sequence[Loader], source: Source, options: ReaderOptions, more: Sequence[Finding]
) -> Recording:
    """Put facts and samples together; personal data only where it is asked for."""
    channels = tuple(
        Channel(load=load, **{name: getattr(channel, name) for name in ChannelFacts.model_fields})
        for channel, load in zip(facts.channels, loaders, strict=True)
    )
    return Recording(
        channels,
        source,
        tuple(Event(one.label, one.start, one.duration) for one in facts.events),
        facts.acquisition,
        (*facts.findings, *more),
        facts.personal if options.keep_personal_data else (),
    )


def check_layout(version: object, path: Path, reader: str) -> None:
    """Refuse a layout that this version of emgpipe does not know; `DamagedFileError` if it is no number at all."""
    try:
        number = int(float(str(version)))
    except (ValueError, OverflowError):
        message = f"has '{str(version)[:20]}' as number of its layout; convert the original again"
        raise DamagedFileError(message, path=path, reader=reader) from None
    if number != LAYOUT:
        message = f"has layout {number}, this version of emgpipe reads layout {LAYOUT}; install the newer version"
        raise DamagedFileError(message, path=path, reader=reader)


def to_json(fields: dict[str, Any]) -> str:
    r"""Return one line of ASCII in which no text can become a formula.

    A spreadsheet cuts lines at commas and semicolons, and runs what follows if it begins with ``=``, ``+``, ``-`` or
    ``@``.

    >>> to_json({"label": "a,=b, c"})
    '{"label": "a\\u002c=b, c"}'
    """
    text = json.dumps(fields, ensure_ascii=True, allow_nan=False)
    return _STRING.sub(lambda match: _CUT.sub(lambda cut: f"\\u{ord(cut.group()):04x}", match.group()), text)


def from_json(text: str, path: Path, reader: str) -> dict[str, Any]:
    """Return the object in a line written by `to_json`; `DamagedFileError` if it is none."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        message = f"the description '{text[:40]}' cannot be understood; convert the original again"
        raise DamagedFileError(message, path=path, reader=reader)
    return fields


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_CUT = re.compile(r"""[,;](?=[\s"'\\]*[=+\-@|%])""")


def _first(error: ValidationError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "the description is nested too deeply"
    first = error.errors()[0]
    where = " ".join(str(part) for part in first["loc"])
    return f"its description is damaged ('{where}': {first['msg']})"
