"""Says on the terminal what happens in a run: progress and troubles on standard error, results on standard output."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emgpipe.progress import ProgressLine, columns_of, duration, shown, wrapped
from emgpipe.run.account import LEVELS
from emgpipe.run.events import Interrupted, StudyEnds, StudyStarts
from emgpipe.run.how import Begun, Joining, Progress
from emgpipe.run.said import NOT_ASKED, begun_lines, interrupted_words, table, up_to_date_lines

if TYPE_CHECKING:
    from emgpipe.model import StudyResult
    from emgpipe.run.account import StudyAccount
    from emgpipe.run.events import Happening


@dataclass(slots=True)
class Terminal:
    """Says what happens to somebody who looks on, or reads it later.

    Attributes
    ----------
    is_quiet : bool
        No progress and no ranking.
    """

    is_quiet: bool = False
    line: ProgressLine = field(default_factory=ProgressLine)

    def __call__(self, event: Happening) -> None:
        """Say it."""
        if isinstance(event, Begun | Progress | Joining):
            if not self.is_quiet:
                self._progress(event)
            return
        self.line.close()
        if isinstance(event, StudyStarts):
            print(f"\n== {event.file} ({event.number} of {event.of})")
        elif isinstance(event, StudyEnds):
            self._end(event)
        elif isinstance(event, Interrupted):
            _say(f"emgpipe: {interrupted_words(event)}")
        elif len(event.accounts) > 1:
            print(f"\n{len(event.accounts)} studies, {duration(event.seconds)}\n" + "\n".join(table(event.accounts)))

    def _progress(self, event: Begun | Progress | Joining) -> None:
        if isinstance(event, Begun):
            for line in begun_lines(event):
                _say(line)
            self.line = ProgressLine(self.line.stream)
            if event.due:
                self.line(0, event.due, "")
        elif isinstance(event, Joining):
            self.line.close()
            if self.line.stream.isatty():
                _say("tables, comparisons and report ...")
        else:
            words = f"{event.name}: {event.words}"
            if event.failures:
                self.line.above(wrapped(words, self.line.stream))
            self.line(event.done, event.total, words, event.failed)

    def _end(self, event: StudyEnds) -> None:
        account, result = event.account, event.result
        if account.error:
            _say(f"emgpipe: {account.error}")
        elif account.state == "nothing asked for":
            print(NOT_ASKED)
        elif result is None:
            print("\n".join(up_to_date_lines(account)))
        else:
            if not self.is_quiet:
                _print_ranking(result)
            _print_outcome(account, result)
        if account.report is not None:
            print(f"report: {os.path.normpath(account.report)}")


def _print_ranking(result: StudyResult) -> None:
    from emgpipe.report import ranking_text

    print(shown(ranking_text(result.comparisons, columns_of(sys.stdout) or 100)) or _why_none(result))


def _why_none(result: StudyResult) -> str:
    if (result.findings["kind"] == "comparison_not_made").any():
        return "no comparison was made; why is said below"
    return "no comparison: none is stated, or no trial could be used"


def _print_outcome(account: StudyAccount, result: StudyResult) -> None:
    from emgpipe.report import outcome_lines

    trials = [one for one in result.outcomes if one.what == "trial"]
    processed = sum(one.status == "processed" for one in trials)
    levels = ", ".join(f"{account.findings[level]} {level}" for level in LEVELS)
    counted = f"{processed} of {len(trials)} trials processed, {account.failed} failed; findings: {levels}"
    print(f"\n{wrapped(counted, sys.stdout)}")
    sys.stdout.flush()
    for line in outcome_lines(result):
        _say(line)


def _say(text: str) -> None:
    text = shown(text)
    print(wrapped(text, sys.stderr), file=sys.stderr, flush=True)
