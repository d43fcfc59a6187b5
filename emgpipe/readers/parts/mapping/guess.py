"""A mapping for a file that nobody has mapped, where its content can be meant in one way only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emgpipe.model import Finding, make_finding
from emgpipe.readers.parts.mapping.listing import one_line, refusal
from emgpipe.readers.parts.mapping.options import MappedChannel, MappedMatrix, MappingOptions
from emgpipe.readers.parts.mapping.recording import UNIT_NAMES, samples_axis

if TYPE_CHECKING:
    from emgpipe.readers.parts.mapping.tree import Entry, Tree

FEWEST_SAMPLES = 32
"""Shorter vectors are settings or events."""
SLENDER = 2
"""A matrix has at least so many times more samples than channels."""

_RATE_NAME = re.compile(
    r"(emg_?)?(fs|sf|sr|srate|f_?samp(le)?|samp(l(e|es|ing))?_?(rate|freq(uency)?)(_?hz)?|frequency|freq|rate)(_?(emg|hz))?",
    re.IGNORECASE,
)
_TIME_NAME = re.compile(r"t|time|times|tim|time_?stamps?|time_?vec(tor)?|tvec|time_?(s|sec)|t_?sec", re.IGNORECASE)
_COUNTER_NAME = re.compile(r"n?seq|index|idx|counter|samples?(_?(index|number|nr))?|frames?", re.IGNORECASE)
_LABELS_NAME = re.compile(
    r".*(label|channel|muscle|electrode|name|chan|title|header|column).*|ch_?names?", re.IGNORECASE
)
_UNITS_NAME = re.compile(r"(emg_?)?units?(_?emg)?", re.IGNORECASE)


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
    signals, times = _signals(tree)
    doubt = _doubt(signals)
    clock = _clock(tree, times, max(_length(entry) for entry in signals)) if signals else {}
    stated = {name: getattr(options, name) for name in type(options).model_fields} | (
        {} if options.says_anything else clock
    )
    kind = type(options)
    longest = max((_length(entry) for entry in signals), default=0)
    draft = kind(**stated | _content(tree, [entry for entry in signals if _length(entry) == longest]))
    if not doubt and not draft.says_anything:
        doubt = "nothing in it is named as a sampling rate or as time stamps"
    if doubt:
        tree.fail(refusal(tree, draft, doubt))
    return Guess(draft, _findings(draft, signals))


def _signals(tree: Tree) -> tuple[list[Entry], list[Entry]]:
    """Return what can be samples, and what is named as time stamps; counters of samples are neither."""
    signals, times = [], []
    for entry in tree.entries.values():
        if entry.what != "numbers" or "@" in entry.path or len(entry.shape) not in {1, 2}:
            continue
        if entry.vector_axis is not None and _TIME_NAME.fullmatch(entry.name):
            times.append(entry)
        elif _COUNTER_NAME.fullmatch(entry.name):
            continue
        elif max(entry.shape) >= FEWEST_SAMPLES:
            signals.append(entry)
    return signals, times


def _length(entry: Entry) -> int:
    return max(entry.shape)


def _doubt(signals: list[Entry]) -> str:
    """Return why the content can be meant in several ways, or an empty text."""
    matrices = [entry for entry in signals if entry.vector_axis is None]
    if not signals:
        return f"it holds no vector or matrix of at least {FEWEST_SAMPLES} numbers"
    if len(matrices) > 1:
        return f"it holds {len(matrices)} matrices"
    if any(_length(entry) < SLENDER * min(entry.shape) for entry in matrices):
        return f"'{matrices[0].path}' has nearly as many rows as columns"
    if len({_length(entry) for entry in signals}) > 1:
        return "its vectors and matrices have different lengths"
    return ""


def _clock(tree: Tree, times: list[Entry], n_samples: int) -> dict[str, str]:
    """Return the sampling rate and the time stamps, where there is one of them."""
    rates: dict[float, str] = {}
    for entry in tree.entries.values():
        if entry.what == "numbers" and entry.size == 1 and _RATE_NAME.fullmatch(entry.name.replace(" ", "_")):
            value = tree.scalar(entry.path, "sampling_rate_from")
            if 1 < value <= 1e6:
                rates.setdefault(value, entry.path)
    fitting = [entry.path for entry in times if entry.size == n_samples]
    found = {"sampling_rate_from": next(iter(rates.values()))} if len(rates) == 1 else {}
    return found | ({"time": fitting[0]} if len(fitting) == 1 else {})


def _content(tree: Tree, signals: list[Entry]) -> dict[str, Any]:
    """Return channels and matrices for a mapping."""
    matrices = [entry for entry in signals if entry.vector_axis is None]
    vectors = [entry for entry in signals if entry.vector_axis is not None]
    channels = tuple(MappedChannel(path=entry.path, unit_from=_unit_from(tree, entry, 1)) for entry in vectors)
    mapped = []
    for entry in matrices:
        n_channels = entry.shape[1 - (samples_axis(entry) or 0)]
        labels = _only(tree, _LABELS_NAME, n_channels) if len(matrices) == 1 else None
        unit = _unit_from(tree, entry, n_channels)
        mapped.append(MappedMatrix(path=entry.path, labels_from=labels, unit_from=unit))
    return {"channels": channels, "matrices": tuple(mapped)}


def _unit_from(tree: Tree, entry: Entry, n_channels: int) -> str | None:
    """Return where the unit stands; an attribute of the entry itself is found without saying so."""
    if any(f"{entry.path}@{name}" in tree.entries for name in UNIT_NAMES):
        return None
    return _only(tree, _UNITS_NAME, 1) or _only(tree, _UNITS_NAME, n_channels)


def _only(tree: Tree, name: re.Pattern[str], count: int) -> str | None:
    found = [
        entry.path
        for entry in tree.entries.values()
        if entry.what == "text" and entry.size == count and name.fullmatch(entry.name)
    ]
    return found[0] if len(found) == 1 else None


def _findings(options: MappingOptions, signals: list[Entry]) -> tuple[Finding, ...]:
    shown = [f"'{entry.path}' ({' x '.join(str(length) for length in entry.shape)})" for entry in signals[:8]]
    more = f" and {len(signals) - len(shown)} more" if len(signals) > len(shown) else ""
    rate = options.sampling_rate_from or options.time or "the study file"
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
            f"if it is right, state it in the study file: recordings: reading: [{one_line(options)}]",
        ),
    )
