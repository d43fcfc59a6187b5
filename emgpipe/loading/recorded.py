"""What the recordings say about how they were made, by reporting item: for the methods section of a paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from emgpipe.model import Channel, Recording

_WORDS: Final = re.compile(r"[^\W\d_]+")
_FILTER: Final = re.compile(
    r"k?hz|m?s|u?v|db|oct|octave|order|hp|lp|bp|bs|n|fir|iir|rms|ac|dc|to|and|or|at|of|the|by|in|with|from|off|on|none|no"
    r"|st|nd|rd|th|high|low|band|pass|stop|cut|cutoff|corner|edge|notch|comb|filter|filters|filtered|analog|analogue"
    r"|digital|hardware|butterworth|bessel|chebyshev|elliptic|anti|alias|aliasing|antialiasing|(high|low|band)(pass|cut)"
    r"|bandwidth|bandstop|frequency|freq|range|mains|line|powerline|software|sensor|amplifier|zero|lag|phase|slope"
    r"|first|second|third|fourth|sixth|eighth|pole|poles|null|type|settings?|spatial|differential|single|double",
    re.IGNORECASE,
)
"""Headers are free text, and free text may hold a name: only what is made of the words of filters is taken over."""


def recorded_facts(recordings: Iterable[tuple[Recording, Iterable[Channel]]]) -> dict[str, str]:
    """Return reporting item -> what the recordings say, the EMG channels used taken together.

    Parameters
    ----------
    recordings : iterable of (Recording, channels)
        Each recording with its EMG channels that are used.
    """
    facts: dict[str, dict[str, None]] = {}
    for recording, channels in recordings:
        for item, text in (*_of_channels(channels), *_of_acquisition(recording)):
            facts.setdefault(item, {})[text] = None
    return {item: "; ".join(texts) for item, texts in facts.items()}


def _of_channels(channels: Iterable[Channel]) -> Iterator[tuple[str, str]]:
    for rate in sorted({channel.sampling_rate for channel in channels}):
        yield "sampling_rate", f"{rate:.10g} Hz"


def _of_acquisition(recording: Recording) -> Iterator[tuple[str, str]]:
    acquisition = recording.acquisition
    if acquisition.inter_electrode_distance is not None:
        yield "inter_electrode_distance", f"{1000 * acquisition.inter_electrode_distance:g} mm"
    if acquisition.gain is not None:
        yield "gain", f"{acquisition.gain:g}"
    filters = acquisition.hardware_filters.strip()
    if "hz" in filters.casefold() and all(_FILTER.fullmatch(word) for word in _WORDS.findall(filters)):
        yield "hardware_filter", filters
