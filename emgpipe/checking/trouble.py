"""What was found, the worst first; the same thing in several places is told once, with all the places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.inspection.terminal import Terminal, cut_lines, printable, wrapped
from emgpipe.report.words import lower_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.checking.verdict import Checked
    from emgpipe.model import Finding

_PLACES: Final = 4
_LINES: Final = 3
_INDENT: Final = " " * 5
_SIDES: Final = {"left": "L", "right": "R"}


def trouble_blocks(checked: Checked, terminal: Terminal) -> list[list[str]]:
    """Return the lines of each group of findings: where, what was seen, where else, what to do.

    Notes are left out unless everything is asked for.
    """
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in checked.findings:
        if finding.level != "note" or terminal.everything:
            groups.setdefault((finding.level, finding.kind, _alone(finding)), []).append(finding)
    return [_block(group, terminal) for group in groups.values()]


def _alone(finding: Finding) -> str:
    """Return what keeps a finding from being told together with others of its kind: it names a file or a row."""
    return "" if finding.trial or finding.muscle or finding.channel else finding.reason


def _block(group: Sequence[Finding], terminal: Terminal) -> list[str]:
    first = max(group, key=lambda one: abs(one.value or 0.0))
    head = f"{place(first)}: {first.reason}" if place(first) else first.reason
    lines = _fold(head, terminal, first=_INDENT)
    others = list(dict.fromkeys(place(one) for one in group if one is not first and place(one) != place(first)))
    if others:
        shown = others if terminal.everything else others[:_PLACES]
        more = f" and {len(others) - len(shown)} more" if len(others) > len(shown) else ""
        lines += _fold(f"also {'; '.join(shown)}{more}", terminal, first=_INDENT)
    if first.remedy:
        lines += _fold(first.remedy, terminal, first=f"{_INDENT}→ ")
    return [f"{terminal.level(first.level)} {lines[0][len(_INDENT) :]}", *lines[1:]]


def _fold(text: str, terminal: Terminal, *, first: str) -> list[str]:
    lines = wrapped(text, terminal.width, first=first, later=" " * len(first))
    return lines if terminal.everything else cut_lines(lines, _LINES, terminal.width)


def place(finding: Finding) -> str:
    """Return where something was found: ``P03/1/mvic.prone.1, gluteus maximus lower R``."""
    trial = finding.trial or "/".join(part for part in (finding.participant, finding.session) if part)
    named = (lower_label(finding.muscle), _SIDES.get(finding.side, finding.side), finding.placement)
    return printable(", ".join(part for part in (trial, " ".join(one for one in named if one)) if part))
