"""``emgpipe compare STUDY``: the comparisons once more, from the tables of the run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_FAILED, EXIT_OK
from emgpipe.progress import columns_of, shown

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    compare = commands.add_parser(
        "compare",
        help="repeat the comparisons of a study from the tables of its run, without a signal",
        epilog="exit codes: 0 compared, 1 stopped by failed checks, 2 could not start: the study was not run, or its "
        "measurement changed since",
    )
    compare.add_argument("study", type=Path, help="the study file (YAML)")
    compare.add_argument(
        "--with-excluded",
        action="store_true",
        help="use the numbers that decisions exclude, too; written beside the comparisons, not over them",
    )
    compare.add_argument(
        "--without-marked",
        choices=("warn", "fail"),
        default="",
        metavar="LEVEL",
        help="leave out the numbers that carry a failed check (fail), or a warning or a failed check (warn); written "
        "beside the comparisons, not over them",
    )
    compare.add_argument("--quiet", action="store_true", help="print no comparison")
    compare.set_defaults(command=_compare)


def _compare(given: argparse.Namespace) -> int:
    from emgpipe.comparing import compare_study
    from emgpipe.selection import Selection

    done = compare_study(given.study, Selection(given.with_excluded, given.without_marked))
    if not given.quiet:
        from emgpipe.report import ranking_text

        told = ranking_text(done.comparisons, columns_of(sys.stdout) or 100)
        print(shown(told) or "no comparison: none is stated, or none could be made")
    print(f"\n{_counted(len(done.comparisons), 'comparison')} made, {_counted(len(done.problems), 'problem')}")
    for problem in (*done.notices, *done.problems):
        print(f"  WARN study: {shown(problem)}", file=sys.stderr)
    print(f"comparisons: {os.path.normpath(done.page)}; report.html and findings.csv still show those of the run")
    return EXIT_FAILED if done.stopped else EXIT_OK


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}" + ("" if count == 1 else "s")
