"""``emgpipe run STUDY``: the whole way from recordings to report."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_CODES, EXIT_FAILED, EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands
    from emgpipe.model import StudyResult
    from emgpipe.progress import ProgressLine
    from emgpipe.run.how import Tell


def add(commands: Commands) -> None:
    """Declare the command."""
    run = commands.add_parser("run", help="run a study: filter, normalize, measure, rank, report", epilog=EXIT_CODES)
    run.add_argument("study", type=Path, help="the study file (YAML)")
    run.add_argument("--quiet", action="store_true", help="print no progress and no ranking")
    run.set_defaults(command=_run)


def _run(given: argparse.Namespace) -> int:
    from emgpipe.progress import ProgressLine
    from emgpipe.run import bring_up_to_date

    ran = bring_up_to_date(given.study, tell=None if given.quiet else _shown(ProgressLine()))
    result = ran.result
    if result is None:
        print(f"nothing changed since the run before; its {len(ran.todo.sessions)} sessions are up to date")
        print(f"report: {os.path.normpath(ran.todo.opened.folder / 'report.html')}")
        return EXIT_OK
    if not given.quiet:
        from emgpipe.report import ranking_text

        print(ranking_text(result.comparisons) or _why_none(result))
    _print_outcome(result)
    return EXIT_FAILED if result.failed or (result.findings["level"] == "fail").any() else EXIT_OK


def _shown(line: ProgressLine) -> Tell:
    return lambda now: line(now.done, now.total, f"{now.name}: {now.words}")


def _why_none(result: StudyResult) -> str:
    if (result.findings["kind"] == "comparison_not_made").any():
        return "no comparison was made; why is said below"
    return "no comparison: none is stated, or no trial could be used"


def _print_outcome(result: StudyResult) -> None:
    from emgpipe.report import outcome_lines

    levels = result.findings["level"].value_counts()
    trials = [one for one in result.outcomes if one.what == "trial"]
    processed = sum(one.status == "processed" for one in trials)
    print(
        f"\n{processed} of {len(trials)} trials processed, "
        f"{sum(one.status == 'failed' for one in trials)} failed; findings: "
        + ", ".join(f"{levels.get(level, 0)} {level}" for level in ("fail", "warn", "note"))
    )
    for line in outcome_lines(result):
        print(line, file=sys.stderr)
    print(f"report: {os.path.normpath(result.folder / 'report.html')}")
