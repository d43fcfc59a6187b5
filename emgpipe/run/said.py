"""What is said of runs, in words: on the terminal and in the log alike."""

from __future__ import annotations

import os
import textwrap
from typing import TYPE_CHECKING, Final

from emgpipe.progress import duration
from emgpipe.run.account import LEVELS, StudyAccount

if TYPE_CHECKING:
    from emgpipe.run.events import Interrupted
    from emgpipe.run.how import Begun

MOST_REASONS: Final = 4
"""Lines that say why sessions are processed; `--dry-run` says all."""
NOT_ASKED: Final = "it has no session of those asked for (--only)"
_HEADS: Final = ("study", "sessions", "done", "up to date", "failed", "findings")


def begun_lines(begun: Begun) -> list[str]:
    """Return what a run is about to do."""
    lines = [f"  {begun.left_behind}"] if begun.left_behind else []
    if not begun.due:
        what = "no session that is asked for" if begun.left_out else "no session"
        lines.append(f"{begun.study}: {what} changed; tables, comparisons and report are made again")
        return lines
    words = [f"{begun.due} of {begun.sessions} sessions to be processed"]
    words += [f"{begun.up_to_date} up to date"] if begun.up_to_date else []
    words += [f"{begun.left_out} not asked for"] if begun.left_out else []
    words += [f"{begun.at_once} at once"] if begun.at_once > 1 else []
    words += [f"up to {duration(begun.seconds)}"] if begun.seconds is not None else []
    more = len(begun.why) - MOST_REASONS
    lines.append(f"{begun.study}: {', '.join(words)}")
    lines += [f"  {why}" for why in begun.why[:MOST_REASONS]]
    return [*lines, f"  and {more} more reasons; before a run --dry-run tells all"] if more > 0 else lines


def interrupted_words(event: Interrupted) -> str:
    """Return what is said after Ctrl-C."""
    if not event.sessions:
        return "stopped before the first session; nothing was changed"
    return (
        f"stopped; {event.finished} of {event.sessions} sessions are finished and will not be done again; go on with "
        "the same command"
    )


def table(accounts: tuple[StudyAccount, ...]) -> list[str]:
    """Return what became of several studies, a line each, and where its report lies or why there is none."""
    rows = [_HEADS, *(_cells(one) for one in accounts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = []
    for row, one in zip(rows, (None, *accounts), strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
        if one is not None:
            lines.append(f"    {_where(one)}")
    return lines


def _cells(one: StudyAccount) -> tuple[str, ...]:
    if one.state == "nothing asked for" or not (one.sessions or one.folder):
        return (one.name or one.file.stem, *("-" for _ in _HEADS[1:]))
    failed = ", ".join(
        [f"{one.lost} lost"] * bool(one.lost) + [f"{one.failed} of {one.trials} trials"] * bool(one.failed)
    )
    findings = ", ".join(f"{one.findings[level]} {level}" for level in LEVELS if one.findings.get(level))
    return (one.name, str(one.sessions), str(one.processed), str(one.up_to_date), failed or "-", findings or "-")


def _where(one: StudyAccount) -> str:
    if one.error:
        words = {"stopped": "STOPPED", "not run": "NOT RUN"}[one.state]
        return f"{words}: {textwrap.shorten(one.error, 160, placeholder=' ...')}"
    return os.path.normpath(one.report) if one.report else NOT_ASKED


def up_to_date_lines(account: StudyAccount) -> list[str]:
    """Return what is said of a study that nothing was to be done for."""
    sessions = "its session is" if account.sessions == 1 else f"its {account.sessions} sessions are"
    lines = [f"nothing changed since the run before; {sessions} up to date"]
    failed, checks = account.failed, account.findings.get("fail", 0)
    if failed or checks:
        lines.append(f"as before, {failed} of {account.trials} trials failed; failed checks: {checks}")
    return lines
