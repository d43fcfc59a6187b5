"""The findings of a recording as lines, the worst first, the same thing on several channels told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.inspection.terminal import Terminal, cut_lines, printable, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Finding

_NAMES: Final = 4
_LINES: Final = 3
"""Lines of one reason on a limited screen."""


def finding_blocks(findings: Sequence[Finding], terminal: Terminal) -> list[list[str]]:
    """Return the lines of each group of findings: reason, channels it holds for, remedy."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.level, finding.kind, finding.remedy), []).append(finding)
    return [_block(group, terminal) for group in groups.values()]


def _block(group: Sequence[Finding], terminal: Terminal) -> list[str]:
    first = group[0]
    named = f"'{first.channel}': " if first.channel and first.channel not in first.reason else ""
    most = 10**6 if terminal.everything else _LINES
    indent = " " * 5
    width = terminal.width
    lines = wrapped(f"{named}{first.reason}", width, first=indent, later=indent)
    lines = cut_lines(lines, most, width)
    if len(group) > 1:
        lines += cut_lines(wrapped(_others(group[1:], terminal), width, first=indent, later=indent), most, width)
    if first.remedy:
        remedy = wrapped(first.remedy, width, first=f"{indent}→ ", later=f"{indent}  ")
        lines += cut_lines(remedy, most, width)
    return [f"{terminal.level(first.level)} {lines[0][len(indent) :]}", *lines[1:]]


def _others(group: Sequence[Finding], terminal: Terminal) -> str:
    names = list(dict.fromkeys(f"'{printable(one.channel)}'" for one in group if one.channel))
    if not names:
        return f"and {len(group)} more of this kind"
    shown = names if terminal.everything else names[:_NAMES]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return f"also {', '.join(shown)}{more}"
