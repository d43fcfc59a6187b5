"""Participant x channel as a table: one word per cell, readable without color, the same width everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.inspection.terminal import Terminal, columns, fit, printable
from emgpipe.report.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.checking.verdict import Checked, CheckVerdict
    from emgpipe.model import ReferenceKey

WORDS: Final = {"fail": "FAIL", "warn": "WARN", "note": "ok", "ok": "ok", "": "-"}
_COLORS: Final = {"FAIL": "\033[31;1m", "WARN": "\033[33m", "ok": "\033[32m"}
_SIDES: Final = {"left": "L", "right": "R"}
_GAP: Final = "  "
_NAME: Final = (10, 36)
"""Columns that the names may take, at least and at most."""
_WIDEST, _NARROWEST, _LEAST = 9, 5, 4
"""Columns of a muscle's name; longer words are cut."""
_ABSENT: Final = "-  no such channel was recorded"
FEWEST_ROWS: Final = 4


@dataclass(frozen=True, slots=True)
class _Line:
    """A row: its name, its words, and the level that the row as a whole has."""

    name: str
    cells: tuple[str, ...]
    is_good: bool


def table(checked: Checked, terminal: Terminal, room: int) -> list[str]:
    """Return the table in at most about `room` lines: where there are many rows, those without trouble are counted.

    A table too wide for the terminal is broken into several, one below the other.
    """
    rows = [_line(checked, verdict) for verdict in checked.verdicts]
    shown, folded = _shown(rows, room, terminal)
    heads = [_head(key) for key in checked.columns]
    heads += [("other",), ("still", "missing")] if checked.has_protocol else [("rest",)]
    lines: list[str] = []
    for block in _blocks(shown, heads, terminal):
        lines += [*([""] if lines else []), *block]
    has_gaps = any("-" in row.cells for row in shown)
    return [*lines, *folded, *([_ABSENT] if has_gaps else [])]


def _line(checked: Checked, verdict: CheckVerdict) -> _Line:
    cells = [WORDS[verdict.cell(key)] for key in checked.columns]
    cells.append(WORDS[verdict.rest(checked.columns)])
    missing = len(checked.missing_of(verdict))
    if checked.has_protocol:
        cells.append(str(missing))
    is_good = not missing and not any(cell in ("FAIL", "WARN") for cell in cells)
    return _Line(row_name(checked, verdict), tuple(cells), is_good)


def row_name(checked: Checked, verdict: CheckVerdict) -> str:
    """Return what a row is called: the participant, the session where there are several, or the recording."""
    if not verdict.participant:
        return printable(verdict.name)
    several = len({one.session for one in checked.verdicts}) > 1
    return printable(f"{verdict.participant} / {verdict.session}" if several else verdict.participant)


def _shown(rows: Sequence[_Line], room: int, terminal: Terminal) -> tuple[list[_Line], list[str]]:
    """Return the rows to print and a line about those that are not."""
    if terminal.everything or len(rows) <= max(room, FEWEST_ROWS):
        return list(rows), []
    bad = [row for row in rows if not row.is_good]
    kept = bad[: max(room - 1, FEWEST_ROWS)]
    more = []
    if len(bad) > len(kept):
        more.append(f"{len(bad) - len(kept)} more with something to look at")
    if len(bad) < len(rows):
        more.append(f"{len(rows) - len(bad)} without trouble")
    return kept, [f"and {', '.join(more)}: --all"]


def _head(key: ReferenceKey) -> tuple[str, ...]:
    """Return the words of a column's heading."""
    muscle, side, placement = key
    words = [*printable(muscle.replace("_", " ")).split(), placement, _SIDES.get(side, side)]
    return tuple(word for word in words if word)


def _blocks(rows: Sequence[_Line], heads: Sequence[Sequence[str]], terminal: Terminal) -> Iterator[list[str]]:
    """Yield the table as blocks of lines, each no wider than the terminal."""
    widest = max((columns(row.name) for row in rows), default=0)
    name = min(max(widest, _NAME[0]), _NAME[1], max(terminal.width // 2, _NAME[0]))
    room = terminal.width - name
    widths = _widths(heads, room)
    parts: list[list[int]] = [[]]
    for place, width in enumerate(widths):
        used = sum(widths[one] + len(_GAP) for one in parts[-1])
        if parts[-1] and used + width + len(_GAP) > room:
            parts.append([])
        parts[-1].append(place)
    for part in parts:
        here = [row for row in rows if any(row.cells[place] != "-" for place in part)]
        yield _block(here, [(heads[place], widths[place], place) for place in part], name, terminal)


def _widths(heads: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return the widths of the columns, cut as far as they may be to fit into the room."""
    wanted = [max((columns(word) for word in words), default=1) for words in heads]
    for most in range(_WIDEST, _NARROWEST, -1):
        widths = [max(min(width, most), _LEAST) for width in wanted]
        if sum(widths) + len(_GAP) * len(widths) <= room:
            return widths
    return [max(min(width, _NARROWEST), _LEAST) for width in wanted]


def _block(
    rows: Sequence[_Line], head: Sequence[tuple[Sequence[str], int, int]], name: int, terminal: Terminal
) -> list[str]:
    height = max((len(words) for words, _, _ in head), default=0)
    lines = []
    for level in range(height):
        words = [_word(words, level - height + len(words)) for words, _, _ in head]
        cells = [fit(_cut(word, width), width) for word, (_, width, _) in zip(words, head, strict=True)]
        lines.append(_GAP.join([" " * name, *cells]))
    for row in rows:
        cells = [_colored(row.cells[place], width, terminal) for _, width, place in head]
        lines.append(_GAP.join([fit(row.name, name, keep_end=True), *cells]))
    return lines


def _word(words: Sequence[str], place: int) -> str:
    return words[place] if place >= 0 else ""


def _cut(word: str, width: int) -> str:
    return word if columns(word) <= width else word[: width - 1] + "."


def _colored(cell: str, width: int, terminal: Terminal) -> str:
    color = _COLORS.get(cell, "") if terminal.has_color else ""
    padded = fit(cell, width)
    return f"{color}{cell}\033[0m{padded[len(cell) :]}" if color else padded


def legend(checked: Checked) -> str:
    """Say what was looked at."""
    if checked.has_protocol:
        trials = sum(one.n_trials for one in checked.verdicts)
        return f"{count(len(checked.verdicts), 'session')}, {count(trials, 'trial')}"
    return count(len(checked.verdicts), "recording")
