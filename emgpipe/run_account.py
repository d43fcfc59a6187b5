"""What became of every trial, file and table of a run, as outcomes and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import Finding, Outcome, make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.config import Problem, TrialList
    from emgpipe.model import SessionResult


def listing_findings(listing: TrialList) -> list[Finding]:
    """Return what was noticed while the trials were listed, and which files belong to none."""
    return [*(_problem_finding(problem) for problem in listing.problems), *_unused(listing)]


def outcomes(listing: TrialList, sessions: Sequence[SessionResult]) -> Iterator[Outcome]:
    """Yield what became of every trial, stated and found, and of every file."""
    for problem in listing.problems:
        if problem.status in ("failed", "left out"):
            yield Outcome(problem.what, problem.name, problem.status, problem.message + _where(problem))
    files: dict[str, tuple[str, str]] = {}
    for one in sessions:
        for trial in one.trials:
            yield Outcome("trial", trial.trial.id, trial.status, trial.reason)
            for file in trial.trial.files:
                broken = trial.reason if trial.status == "failed" and str(file.path) in trial.reason else ""
                if broken or str(file.path) not in files:
                    files[str(file.path)] = ("failed" if broken else "processed", broken)
    for name, (status, reason) in files.items():
        yield Outcome("recording", name, "failed" if status == "failed" else "processed", reason)


def _problem_finding(problem: Problem) -> Finding:
    reason = f"{problem.name}: {problem.message}{_where(problem)}"
    if problem.status == "failed":
        remedy = "correct it and run again; the rest is processed"
        return make_finding("trial_problem", "fail", reason, remedy, participant=problem.participant)
    if problem.status == "warn":
        return make_finding("trial_warning", "warn", reason, "correct it and run again")
    return make_finding("trial_left_out" if problem.status == "left out" else "trial_note", "note", reason)


def _where(problem: Problem) -> str:
    return f" ({problem.where})" if problem.where and problem.where not in problem.name + problem.message else ""


def _unused(listing: TrialList) -> list[Finding]:
    if not listing.unused_files:
        return []
    shown = ", ".join(path.name for path in listing.unused_files[:8])
    more = f" and {len(listing.unused_files) - 8} more" if len(listing.unused_files) > 8 else ""
    n = len(listing.unused_files)
    files = "1 file in the recordings folder belongs" if n == 1 else f"{n} files in the recordings folder belong"
    reason = f"{files} to no trial: {shown}{more}"
    return [make_finding("unused_files", "note", reason, "add a pattern or a row for them if they should count")]
