"""What the labels of a recording say: muscle and side, and which channels are processed copies of others.

Everything here looks at labels only; no sample is read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emgpipe.model import make_finding
from emgpipe.units import UNKNOWN
from emgpipe.vocabulary import guess_channels
from emgpipe.vocabulary.words import PROCESSING_WORDS, RAW_WORDS, SIDE_LETTERS, SIDE_WORDS, UNIT_WORDS, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emgpipe.model import Channel, Finding, Recording
    from emgpipe.vocabulary import Guess, Vocabulary

_PERCENT_WORDS = frozenset(("mvc", "mvic", "max"))
_ALSO_PROCESSING = frozenset(("rect", "avg", "mean", "clean"))
"""Words that mean a processing only where the same label without them exists: ``Rect`` may be a muscle."""


def with_guesses(recording: Recording, vocabulary: Vocabulary | None = None) -> Recording:
    """Return the recording with guessed muscles and sides, and its processed copies marked.

    Only EMG channels, and channels of no known kind and unit, are looked at. A muscle the file itself states stays.

    Parameters
    ----------
    recording : Recording
    vocabulary : Vocabulary, optional
        With a study's own entries; the built-in one if left out. Guesses made before are made anew.
    """
    originals = copies_of(channel.label for channel in recording.channels if _may_be_emg(channel))
    guesses = guess_channels(recording.labels, vocabulary)
    channels = tuple(
        _marked(channel, guess, originals) if _may_be_emg(channel) else channel
        for channel, guess in zip(recording.channels, guesses, strict=True)
    )
    known = set(recording.findings)
    found = tuple(finding for finding in _copy_findings(originals) if finding not in known)
    return replace(recording, channels=channels, findings=(*recording.findings, *found))


def copies_of(labels: Iterable[str]) -> dict[str, str]:
    """Return the raw channel's label for every label that differs from it by processing words only.

    >>> copies_of(["GMAX RT (uV)", "GMAX RT RMS (uV)", "GMED RT"])
    {'GMAX RT RMS (uV)': 'GMAX RT (uV)'}
    """
    groups: dict[tuple[str, ...], list[tuple[str, bool]]] = {}
    for label in labels:
        words = [word for word in split_words(label, camel=True) if word not in UNIT_WORDS]
        processing = _processing_words(label)
        key = tuple(word for word in words if word not in processing | RAW_WORDS)
        if any(word not in SIDE_WORDS and word not in SIDE_LETTERS for word in key):
            groups.setdefault(key, []).append((label, any(word in processing for word in words)))
    originals: dict[str, str] = {}
    for group in groups.values():
        raw = [label for label, is_processed in group if not is_processed]
        if len(raw) == 1:
            originals.update({label: raw[0] for label, is_processed in group if is_processed})
    return originals


def _processing_words(label: str) -> frozenset[str]:
    return PROCESSING_WORDS | _ALSO_PROCESSING | (_PERCENT_WORDS if "%" in label else frozenset())


def _may_be_emg(channel: Channel) -> bool:
    return channel.kind == "emg" or (channel.kind == "other" and channel.unit in {UNKNOWN, "counts", "%"})


def _marked(channel: Channel, guess: Guess, originals: dict[str, str]) -> Channel:
    marked = replace(channel, copy_of=originals.get(channel.label, channel.copy_of))
    if channel.muscle and not channel.guessed:
        return marked
    if not guess.muscle and not guess.side:
        return replace(marked, muscle="", side="", guessed=False) if channel.guessed else marked
    side = guess.side or ("" if channel.guessed else channel.side)
    return replace(marked, muscle=guess.muscle, side=side, guessed=True)


def _copy_findings(originals: dict[str, str]) -> Iterable[Finding]:
    for copy, raw in originals.items():
        reason = f"'{copy}' is a processed copy of '{raw}', by its label"
        remedy = f"analyze '{raw}'; emgpipe filters and smooths by itself"
        yield make_finding("processed_copy", "note", reason, remedy, channel=copy)
