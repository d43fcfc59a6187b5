"""Facts in words: what a channel measures, how long, how fast, how large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.inspection.terminal import printable
from emgpipe.report.words import count, number, shown_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.inspection.summary import ChannelSummary, RecordingSummary
    from emgpipe.model import Channel

KINDS: Final = {"emg": "EMG", "ecg": "ECG", "angular_velocity": "angular vel."}
_SIDES: Final = {"left": "L", "right": "R"}
_VOLTAGES: Final = ((1.0, 1.0, "V"), (1e-3, 1e3, "mV"), (0.0, 1e6, "µV"))


def what(channel: Channel, *, is_guess: bool = False) -> str:
    """Say what a channel measures: its muscle and side, or its kind; a guess (of the kind: `is_guess`) with ``?``."""
    kind = KINDS.get(channel.kind, channel.kind.replace("_", " "))
    parts = (channel.muscle.replace("_", " ") or kind, _SIDES.get(channel.side, ""), channel.placement)
    named = " ".join(part for part in parts if part) + "?" * (channel.guessed or (is_guess and not channel.muscle))
    return printable(f"copy: {named}" if channel.copy_of else named)


def amplitude(one: ChannelSummary) -> tuple[str, str]:
    """Return the RMS about the mean and its unit, as they are read best: EMG in µV."""
    value, unit = one.statistics.deviation, one.channel.unit
    if unit == "V" and one.channel.kind != "emg":
        scale, shown = next((scale, shown) for least, scale, shown in _VOLTAGES if not abs(value) < least)
        return number(value * scale), shown
    scale, shown = shown_unit(unit)
    return number(value * scale), "?" if unit == "unknown" else "deg" if unit == "deg" else shown


def rate(value: float) -> str:
    """Return a sampling rate with all digits that matter.

    >>> rate(2000.0), rate(1259.259259)
    ('2000', '1259.259')
    """
    return f"{value:.3f}".rstrip("0").rstrip(".") if value >= 1e-3 else f"{value:.3g}"


def time(value: float) -> str:
    """Return seconds with milliseconds where they matter.

    >>> time(8.0), time(61.2345), time(4210.22)
    ('8', '61.23', '4210')
    """
    decimals = 3 if abs(value) < 10 else 2 if abs(value) < 1000 else 0
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def size(n_bytes: int) -> str:
    """Return a file's size.

    >>> size(512), size(2250816)
    ('512 bytes', '2.25 MB')
    """
    if n_bytes < 1000:
        return count(n_bytes, "byte")
    for limit, unit in ((1e6, "kB"), (1e9, "MB")):
        if n_bytes < limit:
            return f"{n_bytes / limit * 1000:.3g} {unit}"
    return f"{n_bytes / 1e9:.3g} GB"


def kinds(channels: Sequence[ChannelSummary]) -> str:
    """Count channels by what they measure: ``16 channels (12 EMG, 4 acceleration)``."""
    every = [KINDS.get(one.channel.kind, one.channel.kind.replace("_", " ")) for one in channels]
    each = [f"{every.count(kind)} {kind}" for kind in dict.fromkeys(every)]
    return f"{count(len(every), 'channel')} ({', '.join(each)})" if every else "no channels"


def length(summary: RecordingSummary) -> str:
    """Return the duration in seconds, an estimate marked with ``about``."""
    return f"about {time(summary.duration)} s" if summary.is_estimated else f"{time(summary.duration)} s"


def acquired(summary: RecordingSummary) -> str:
    """Return the acquisition facts the file states, as one line; empty without any."""
    facts = summary.acquisition
    scale, unit = shown_unit("V")
    parts = (
        facts.start_time.replace("T", " "),
        facts.device,
        f"reference {facts.reference_scheme}" if facts.reference_scheme else "",
        f"placement {facts.electrode_placement}" if facts.electrode_placement else "",
        _fact("electrodes {} mm apart", facts.inter_electrode_distance, 1e3),
        f"filters {facts.hardware_filters}" if facts.hardware_filters else "",
        _fact("mains {} Hz", facts.mains_frequency),
        _fact("gain {}", facts.gain),
        _fact(f"rail {{}} {unit}", facts.rail, scale),
    )
    return "; ".join(part for part in parts if part)


def _fact(words: str, value: float | None, scale: float = 1.0) -> str:
    return "" if value is None else words.format(f"{value * scale:.6g}")
