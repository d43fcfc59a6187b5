"""A mapping for a file that nobody has mapped, where its content can be meant in one way only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emgpipe.model import Finding, make_finding
from emgpipe.readers.parts.mapping.listing import one_line, refusal
from emgpipe.readers.parts.mapping.names import (
    COUNTER_NAME,
    LABELS_NAME,
    LEAST_RATE,
    RATE_NAME,
    TIME_NAME,
    UNITS_NAME,
    WEAK_RATE_NAME,
)
from emgpipe.readers.parts.mapping.options import MappedChannel, MappedMatrix, MappingOptions
from emgpipe.readers.parts.mapping.recording import UNIT_NAMES, samples_axis
from emgpipe.readers.parts.mapping.siblings import beside_each, siblings_of

if TYPE_CHECKING:
    import re

    from emgpipe.model import Recording
    from emgpipe.readers.parts.mapping.tree import Entry, Tree

FEWEST_SAMPLES = 32
"""Shorter vectors are settings or events."""
LISTED = 12
"""Arrays or channels that a finding names."""
SLENDER = 2
"""A matrix has at least so many times more samples than channels."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping and what has to be said about it."""

    options: MappingOptions
    findings: tuple[Finding, ...]


def complete(tree: Tree, options: MappingOptions) -> Guess:
    """Return the mapping the study file states, or the only one that the content allows.

    Raises
    ------
    ReadError
        There are several or none; lists what the file holds with a mapping to begin with.
    """
    if options.is_mapped:
        return Guess(options, ())
    signals, times, unread = _signals(tree)
    structs = beside_each(tree)
    own = {entry.path: siblings_of(tree, entry, structs) for entry in signals}
    has_own_rates = bool(own) and all(one.says_anything for one in own.values())
    doubt = _doubt(signals, has_own_rates=has_own_rates)
    longest = max((_length(entry) for entry in signals), default=0)
    used = signals if has_own_rates else [entry for entry in signals if _length(entry) == longest]
    clock = {} if has_own_rates or not signals else _clock(tree, times, longest)
    stated = {name: getattr(options, name) for name in type(options).model_fields} | (
        {} if options.says_anything else clock
    )
    draft = type(options)(**stated | _content(tree, used, own))
    if not doubt and not draft.says_anything and not has_own_rates:
        doubt = "nothing in it is named as a sampling rate or as time stamps"
    if doubt:
        tree.fail(refusal(tree, draft, doubt))
    stamps = {one.time for one in (draft, *draft.channels)}
    unread += [entry.described for entry in times if entry.path not in stamps and entry.size >= FEWEST_SAMPLES]
    return Guess(draft, (*_findings(draft, used), *_not_read([*unread, *tree.unread])))


def _signals(tree: Tree) -> tuple[list[Entry], list[Entry], list[str]]:
    """Return what can be samples, what is named as time stamps, and arrays that are neither; counters are left out."""
    signals, times, unread = [], [], []
    for entry in tree.entries.values():
        if entry.what != "numbers" or "@" in entry.path:
            continue
        if len(entry.shape) not in {1, 2}:
            unread += [entry.described] if entry.size >= FEWEST_SAMPLES else []
            continue
        if entry.vector_axis is not None and TIME_NAME.fullmatch(entry.name):
            times.append(entry)
        elif COUNTER_NAME.fullmatch(entry.name):
            continue
        elif max(entry.shape) >= FEWEST_SAMPLES:
            signals.append(entry)
    return signals, times, unread


def _length(entry: Entry) -> int:
    return max(entry.shape)


def _doubt(signals: list[Entry], *, has_own_rates: bool) -> str:
    """Return why the content can be meant in several ways, or an empty text."""
    matrices = [entry for entry in signals if entry.vector_axis is None]
    if not signals:
        return f"it holds no vector or matrix of at least {FEWEST_SAMPLES} numbers"
    if len(matrices) > 1:
        return f"it holds {len(matrices)} matrices"
    if any(_length(entry) < SLENDER * min(entry.shape) for entry in matrices):
        return f"'{matrices[0].path}' has nearly as many rows as columns"
    if len({_length(entry) for entry in signals}) > 1 and not has_own_rates:
        return "its vectors and matrices have different lengths"
    return ""


def _clock(tree: Tree, times: list[Entry], n_samples: int) -> dict[str, str]:
    """Return the sampling rate and the time stamps, where there is one of them."""
    fitting = [entry.path for entry in times if entry.size == n_samples]
    found = {"time": fitting[0]} if len(fitting) == 1 else {}
    rates = _rates(tree, RATE_NAME, 1.0)
    if not rates and not found:  # a frequency may be anything's: of the stimulus, of a filter
        rates = _rates(tree, WEAK_RATE_NAME, LEAST_RATE)
    return found | ({"sampling_rate_from": next(iter(rates.values()))} if len(rates) == 1 else {})


def _rates(tree: Tree, name: re.Pattern[str], least: float) -> dict[float, str]:
    rates: dict[float, str] = {}
    for entry in tree.entries.values():
        if entry.what == "numbers" and entry.size == 1 and name.fullmatch(entry.name.replace(" ", "_")):
            value = tree.scalar(entry.path, "sampling_rate_from")
            if least < value <= 1e6:
                rates.setdefault(value, entry.path)
    return rates


def _content(tree: Tree, signals: list[Entry], own: dict[str, MappedChannel]) -> dict[str, Any]:
    """Return channels and matrices for a mapping."""
    matrices = [entry for entry in signals if entry.vector_axis is None]
    vectors = [entry for entry in signals if entry.vector_axis is not None]
    channels = tuple(
        own[entry.path]
        if own[entry.path].unit_from is not None
        else own[entry.path].model_copy(update={"unit_from": _unit_from(tree, entry, 1)})
        for entry in vectors
    )
    mapped = []
    for entry in matrices:
        n_channels = entry.shape[1 - (samples_axis(entry) or 0)]
        labels = _only(tree, LABELS_NAME, n_channels) if len(matrices) == 1 else None
        unit = _unit_from(tree, entry, n_channels)
        mapped.append(MappedMatrix(path=entry.path, labels_from=labels, unit_from=unit))
    return {"channels": channels, "matrices": tuple(mapped)}


def _unit_from(tree: Tree, entry: Entry, n_channels: int) -> str | None:
    """Return where the unit stands; an attribute of the entry itself is found without saying so."""
    if any(f"{entry.path}@{name}" in tree.entries for name in UNIT_NAMES):
        return None
    return _only(tree, UNITS_NAME, 1) or _only(tree, UNITS_NAME, n_channels)


def _only(tree: Tree, name: re.Pattern[str], count: int) -> str | None:
    found = [
        entry.path
        for entry in tree.entries.values()
        if entry.what == "text" and entry.size == count and name.fullmatch(entry.name)
    ]
    return found[0] if len(found) == 1 else None


def _own_rate(options: MappingOptions) -> str:
    stated = [one.sampling_rate_from for one in options.channels if one.sampling_rate_from]
    return f"{stated[0]} and the like" if stated else ""


def _not_read(arrays: list[str]) -> list[Finding]:
    if not arrays:
        return []
    more = f" and {len(arrays) - LISTED} more" if len(arrays) > LISTED else ""
    reason = f"arrays that are not read, because they are no vector or matrix of samples: {', '.join(arrays[:LISTED])}"
    return [
        make_finding("arrays_not_read", "warn", f"{reason}{more}", "save the signals as a matrix if they are there")
    ]


def slow_channels(recording: Recording) -> Recording:
    """Return a recording whose layout was guessed with a doubt about rates at which nobody samples EMG."""
    slow = [
        f"'{channel.label}' ({channel.sampling_rate:g} Hz)"
        for channel in recording.channels
        if channel.sampling_rate < LEAST_RATE and channel.kind in {"emg", "other"}
    ]
    if not slow:
        return recording
    reason = f"the sampling rate that was guessed is too low for EMG: {', '.join(slow[:LISTED])}"
    finding = make_finding("sampling_rate_doubtful", "warn", reason, "state sampling_rate in the study file, in Hz")
    return replace(recording, findings=(*recording.findings, finding))


def _findings(options: MappingOptions, signals: list[Entry]) -> tuple[Finding, ...]:
    shown = [f"'{entry.path}' ({' x '.join(str(length) for length in entry.shape)})" for entry in signals[:8]]
    more = f" and {len(signals) - len(shown)} more" if len(signals) > len(shown) else ""
    rate = options.sampling_rate_from or options.time or _own_rate(options) or "the study file"
    labels = next((f", labels from '{one.labels_from}'" for one in options.matrices if one.labels_from), "")
    mapped: list[MappedChannel | MappedMatrix] = [*options.matrices, *options.channels]
    units = next((f", unit from '{one.unit_from}'" for one in mapped if one.unit_from), "")
    said = f"read as samples: {', '.join(shown)}{more}; sampling rate from '{rate}'{labels}{units}"
    return (
        make_finding("layout_guessed", "note", said),
        make_finding(
            "layout_not_stated",
            "warn",
            "the file's layout is not a known one; what its numbers are was told from their names and lengths",
            f"if it is right, state it in the study file, below `recordings:`, as reading: [{one_line(options)}]",
        ),
    )
