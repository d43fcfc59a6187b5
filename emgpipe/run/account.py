"""What became of one of several studies, in figures: for the table at the end, for the log, for other programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from emgpipe.store import FINDINGS, count_levels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emgpipe.run.study import Ran

State = Literal["done", "up to date", "stopped", "not run", "nothing asked for"]
LEVELS: Final = ("fail", "warn", "note")


@dataclass(frozen=True, slots=True)
class StudyAccount:
    """What became of a study.

    Attributes
    ----------
    file : Path
        The study file.
    state : str
        "not run": it could not start, or could not be finished; why stands in `error`.
    sessions, processed, up_to_date, left_out, lost : int
        All of them, and what became of them in this run.
    trials, failed : int
        Trials, and those of them that failed, in this run or before.
    findings : mapping of str to int
        How many there are of each level.
    failures : tuple of (str, str)
        Every recording and trial that failed, with the reason.
    """

    file: Path
    state: State
    name: str = ""
    folder: Path | None = None
    sessions: int = 0
    processed: int = 0
    up_to_date: int = 0
    left_out: int = 0
    lost: int = 0
    trials: int = 0
    failed: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[tuple[str, str], ...] = ()
    error: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether a recording, a trial or a session failed."""
        return bool(self.failures or self.lost) or self.state == "stopped"

    @property
    def report(self) -> Path | None:
        """The report, where there is one."""
        page = self.folder / "report.html" if self.folder is not None else None
        return page if page is not None and page.is_file() else None


def account_of(file: Path, ran: Ran, due: int) -> StudyAccount:
    """Return what became of a study that was run, or found to be up to date.

    Parameters
    ----------
    due : int
        How many sessions were to be processed.
    """
    todo, folder = ran.todo, ran.todo.opened.folder
    if ran.result is None:
        outcomes = [(one["what"], one["name"], one["status"], one["reason"]) for one in todo.before["outcomes"]]
        findings = count_levels(folder / FINDINGS)
    else:
        outcomes = [(one.what, one.name, one.status, one.reason) for one in ran.result.outcomes]
        findings = dict(ran.result.findings["level"].value_counts())
    lost = sum(bool(one.lost) for one in todo.sessions)
    left_out = sum(bool(one.reasons) and not one.lost for one in todo.sessions)
    return StudyAccount(
        file=file,
        state="up to date" if ran.result is None else "done",
        name=todo.opened.study.name,
        folder=folder,
        sessions=len(todo.sessions),
        processed=due - lost,
        up_to_date=len(todo.sessions) - due - left_out,
        left_out=left_out,
        lost=lost,
        trials=sum(what == "trial" for what, *_ in outcomes),
        failed=sum(what == "trial" and status == "failed" for what, _, status, _ in outcomes),
        findings={level: int(findings.get(level, 0)) for level in LEVELS},
        failures=tuple((name, reason) for _, name, status, reason in outcomes if status == "failed"),
    )
