"""A folder as a table of its recordings, and what nobody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.inspection.terminal import Terminal, columns, cut_lines, fit, printable, wrapped
from emgpipe.inspection.words import length, rate
from emgpipe.report.words import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emgpipe.inspection.summary import FolderSummary, RecordingSummary

_HEADS: Final = ("recording", "format", "channels", "rate Hz", "duration", "worst finding")
_NUMBERS: Final = (2, 3, 4)
_LEAST: Final = ((20, 8, 99, 99, 99, 13), (12, 4, 99, 99, 99, 8))
"""How far the columns of text are cut, and how far on a narrow terminal."""
_GAP: Final = "  "
_FEWEST: Final = 10
_NAMES, _LINES = 3, 2
"""Names and lines of one reason on a limited screen."""


def folder_screen(summary: FolderSummary, terminal: Terminal) -> str:
    """Return one line per recording, then the unreadable files with their reasons.

    Both lists are cut to what fits the terminal's height, saying how many more there are, unless
    `terminal.everything` is set.
    """
    head = f"{summary.path}: {count(len(summary.recordings), 'recording')}"
    if summary.unreadable:
        head += f", {count(len(summary.unreadable), 'file')} no reader can read"
    refused = _unreadable(summary, terminal)
    room = max(terminal.height - 5 - min(len(refused), terminal.height // 3), _FEWEST)
    shown = summary.recordings if terminal.everything else _first(summary.recordings, room)
    lines = [*wrapped(head, terminal.width), ""]
    if shown:
        lines += _table([_HEADS, *(_cells(one, summary.path) for one in shown)], terminal)
    if len(shown) < len(summary.recordings):
        lines.append(f"and {count(len(summary.recordings) - len(shown), 'more recording')}: --all")
    return terminal.finish([*lines, *([""] if shown and refused else []), *refused])


def _first(recordings: Sequence[RecordingSummary], room: int) -> Sequence[RecordingSummary]:
    return recordings if len(recordings) <= room else recordings[: room - 1]


def _cells(one: RecordingSummary, folder: Path) -> tuple[str, ...]:
    rates = sorted({channel.channel.sampling_rate for channel in one.channels}, reverse=True)
    more = f" +{len(rates) - 1}" if len(rates) > 1 else ""
    worst = one.findings[0] if one.findings else None
    return (
        _name(one.path, folder),
        printable(one.title),
        str(len(one.channels)),
        rate(rates[0]) + more if rates else "",
        length(one).replace("about ", "~"),
        f"{worst.level}: {worst.kind.replace('_', ' ')}" if worst else "",
    )


def _table(rows: Sequence[Sequence[str]], terminal: Terminal) -> list[str]:
    widths = [max(columns(row[index]) for row in rows) for index in range(len(_HEADS))]
    surplus = sum(widths) + len(_GAP) * (len(widths) - 1) - terminal.width
    for least in _LEAST:
        while surplus > 0 and any(width > most for width, most in zip(widths, least, strict=True)):
            widths[max(range(len(widths)), key=lambda index: widths[index] - least[index])] -= 1
            surplus -= 1
    return [
        _GAP.join(
            fit(cell, widths[index], right=index in _NUMBERS, keep_end=index == 0) for index, cell in enumerate(row)
        )
        for row in rows
    ]


def _unreadable(summary: FolderSummary, terminal: Terminal) -> list[str]:
    """Return what cannot be read, files with the same reason together; reasons of one file first."""
    reasons: dict[str, list[str]] = {}
    for one in summary.unreadable:
        reasons.setdefault(one.reason, []).append(_name(one.path, summary.path))
    if not reasons:
        return []
    groups = sorted(reasons.items(), key=lambda group: len(group[1]))
    blocks = [_refusal(reason, names, terminal) for reason, names in groups]
    lines, room = ["cannot be read:"], terminal.height // 3
    for number, block in enumerate(blocks):
        if not terminal.everything and number and len(lines) + len(block) > room:
            left = sum(len(names) for _, names in groups[number:])
            return [*lines, f"and {count(left, 'more file')}: --all"]
        lines += block
    return lines


def _refusal(reason: str, names: Sequence[str], terminal: Terminal) -> list[str]:
    shown = (
        names if terminal.everything else [fit(name, min(columns(name), 40), keep_end=True) for name in names[:_NAMES]]
    )
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    lines = wrapped(f"{', '.join(shown)}{more}: {reason}", terminal.width, first="  ", later="    ")
    return lines if terminal.everything else cut_lines(lines, _LINES, terminal.width)


def _name(path: Path, folder: Path) -> str:
    return printable(str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path))
