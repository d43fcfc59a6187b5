"""What was checked as one screen: the table, what is still missing, and the worst things with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.checking.protocol import ACCEPTED, missing_words
from emgpipe.checking.table import legend, row_name, table
from emgpipe.checking.trouble import trouble_blocks
from emgpipe.inspection.terminal import Terminal, cut_lines, wrapped
from emgpipe.report.words import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.checking.verdict import Checked
    from emgpipe.model import Finding

_PROMPT: Final = 3
_HEADING: Final = 4
"""Lines above the first row of the table, as a rule."""
_LINES: Final = 2
"""Lines of what one participant lacks, on a limited screen."""


def screen(checked: Checked, terminal: Terminal) -> str:
    """Return everything as text; cut to one screen, saying how much more there is, unless all is asked for."""
    head = wrapped(f"{checked.title}: {legend(checked)}", terminal.width)
    room = terminal.height - _PROMPT - len(head)
    rows = table(checked, terminal, room // 2 - _HEADING)
    lacking = _lacking(checked, terminal, room // 5)
    blocks = trouble_blocks(checked, terminal)
    room -= len(rows) + len(lacking) + 1
    lines = [*head, "", *rows, *lacking]
    shown = list(blocks) if terminal.everything else _fitting(blocks, max(room, 8))
    for block in shown:
        lines += ["", *block]
    if len(shown) < len(blocks):
        lines += ["", f"and {count(len(blocks) - len(shown), 'more thing')} to look at: --all"]
    return terminal.finish([*lines, "", _outcome(checked)])


def _fitting(blocks: Sequence[list[str]], room: int) -> list[list[str]]:
    shown: list[list[str]] = []
    for block in blocks:
        room -= len(block) + 1
        if shown and room < 0:
            break
        shown.append(block)
    return shown


def _lacking(checked: Checked, terminal: Terminal, room: int) -> list[str]:
    """Return what each session lacks, one entry each."""
    entries = [
        _entry(f"{row_name(checked, verdict)} missing: ", missing, terminal)
        for verdict in checked.verdicts
        if (missing := checked.missing_of(verdict))
    ]
    entries += [_entry(f"{one.participant} missing: ", [one], terminal) for one in _whole_sessions(checked)]
    shown = entries if terminal.everything else _fitting(entries, max(room, _LINES))
    lines = [line for entry in shown for line in entry]
    if len(shown) < len(entries):
        lines.append(f"and {len(entries) - len(shown)} more who lack something: --all")
    if terminal.everything:
        accepted = [one for one in checked.missing if one.kind == ACCEPTED]
        lines += [line for one in accepted for line in wrapped(f"{one.participant} {one.reason}", terminal.width)]
    return ["", *lines] if lines else []


def _whole_sessions(checked: Checked) -> list[Finding]:
    there = {(verdict.participant, verdict.session) for verdict in checked.verdicts}
    return [one for one in checked.missing if (one.participant, one.session) not in there and one.level != "note"]


def _entry(name: str, missing: Sequence[Finding], terminal: Terminal) -> list[str]:
    lines = wrapped(missing_line(missing), terminal.width, first=name, later="    ")
    return lines if terminal.everything else cut_lines(lines, _LINES, terminal.width)


def missing_line(missing: Sequence[Finding]) -> str:
    """Return what a session lacks as one line."""
    return "; ".join(map(missing_words, missing))


def _outcome(checked: Checked) -> str:
    levels = [one.level for one in checked.findings]
    lacking = sum(one.level != "note" for one in checked.missing)
    counted = [f"{levels.count('fail')} failed", f"{levels.count('warn')} to look at"]
    counted += [f"{lacking} missing"] if checked.has_protocol else []
    notes = levels.count("note")
    more = f" ({count(notes, 'note')}: --all)" if notes else ""
    return ", ".join(counted) + more
