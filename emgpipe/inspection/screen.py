"""A recording on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.inspection.channel_table import channel_table
from emgpipe.inspection.findings import finding_blocks
from emgpipe.inspection.terminal import Terminal, cut_lines, printable, wrapped
from emgpipe.inspection.words import acquired, kinds, length, size, time
from emgpipe.report.words import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.inspection.summary import RecordingSummary
    from emgpipe.model import Event

_INDENT: Final = " " * 10
_EVENTS: Final = 6
_FACT_LINES: Final = 3
_FEWEST_ROWS: Final = 4
"""Channels that are always shown, however much else there is to say."""
_PROMPT: Final = 2
"""Lines the terminal needs for itself."""


def screen(summary: RecordingSummary, terminal: Terminal) -> str:
    """Return what is in a recording as text.

    The table of channels and the findings are cut to what fits the terminal's height, saying how many more there are,
    unless `terminal.everything` is set.
    """
    above = [*_heading(summary, terminal), ""]
    below = _notes(summary, terminal)
    events = _events(summary.events, terminal)
    findings = finding_blocks(summary.findings, terminal)
    room = terminal.height - _PROMPT - len(above) - len(below) - len(events)
    rows, blocks = _shares(len(summary.channels), [len(block) for block in findings], room, terminal)
    channels = list(summary.channels)
    if rows < len(channels):  # of what does not fit, the EMG is what somebody wants to see
        channels.sort(key=lambda one: one.channel.kind != "emg")
    lines = [*above, *channel_table(channels[:rows], terminal)]
    if rows < len(summary.channels):
        lines.append(f"and {count(len(summary.channels) - rows, 'more channel')}: --all")
    lines += [*below, *events]
    if findings:
        lines += ["", *(line for block in findings[:blocks] for line in block)]
    if blocks < len(findings):
        lines.append(f"and {count(len(findings) - blocks, 'more finding')}: --all")
    return terminal.finish(lines)


def _shares(n_channels: int, blocks: Sequence[int], room: int, terminal: Terminal) -> tuple[int, int]:
    """Return how many channels and how many findings are shown on `room` lines."""
    if terminal.everything:
        return n_channels, len(blocks)
    room -= 2  # the table's heading, the blank line before the findings
    least = min(n_channels, max(_FEWEST_ROWS, room // 2))
    shown, used = 0, 0
    for block in blocks:
        if used + block > max(room - least - 1, 4) and shown:
            break
        shown, used = shown + 1, used + block
    used += shown < len(blocks)
    rows = max(room - used, _FEWEST_ROWS)
    return (n_channels if n_channels <= rows else rows - 1), shown


def _heading(summary: RecordingSummary, terminal: Terminal) -> list[str]:
    personal = "; ".join(f"{name} {value}" for name, value in summary.personal)
    facts = (
        ("format", f"{summary.title}: {summary.why}"),
        ("recorded", acquired(summary)),
        ("person", personal),
        ("holds", _content(summary)),
    )
    lines = wrapped(f"{summary.path}  ({size(summary.size)})", terminal.width)
    for name, text in facts:
        if text:
            fact = wrapped(text, terminal.width, first=f"{name:<10}", later=_INDENT)
            lines += fact if terminal.everything else cut_lines(fact, _FACT_LINES, terminal.width)
    return lines


def _content(summary: RecordingSummary) -> str:
    parts = [kinds(summary.channels), length(summary)]
    if summary.events:
        parts.append(count(len(summary.events), "event"))
    return ", ".join(parts)


def _notes(summary: RecordingSummary, terminal: Terminal) -> list[str]:
    """Explain what the table needs explained."""
    notes = ["RMS about the mean"]
    if summary.pieces:
        seconds = time(summary.piece_seconds)
        notes[0] += f" of {summary.pieces} x {seconds} s (beginning, middle, end)"
    if any(one.channel.guessed for one in summary.channels):
        notes.append("muscle? guessed from the label")
    if any(one.is_kind_guess and not one.channel.muscle for one in summary.channels):
        notes.append("EMG? a voltage, of what is not said")
    if any(one.channel.unit == "unknown" for one in summary.channels):
        notes.append("unit ? not stated in the file")
    return wrapped("; ".join(notes), terminal.width, first="  ", later="  ")


def _events(events: Sequence[Event], terminal: Terminal) -> list[str]:
    if not events:
        return []
    shown = events if terminal.everything else events[:_EVENTS]
    said = ", ".join(_event(one) for one in shown)
    more = f", and {len(events) - len(shown)} more" if len(events) > len(shown) else ""
    lines = wrapped(said + more, terminal.width, first=f"{'events':<10}", later=_INDENT)
    return lines if terminal.everything else cut_lines(lines, _FACT_LINES, terminal.width)


def _event(event: Event) -> str:
    lasting = f" for {time(event.duration)} s" if event.duration else ""
    return f"'{printable(event.label)}' at {time(event.start)} s{lasting}"
