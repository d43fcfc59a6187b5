"""A session as tables and report of its study have it: all but its signals, which are read when they are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.errors import StoreError
from emgpipe.model import SessionResult, TrialResult, make_finding
from emgpipe.run.todo import NOT_ASKED
from emgpipe.session_tables import curves_table, metrics_table
from emgpipe.store import read_session, read_session_trials

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from emgpipe.model import Status
    from emgpipe.run.named import Naming
    from emgpipe.run.todo import Planned


@dataclass(frozen=True, slots=True)
class LightSession:
    """What stays in memory of a session: all but its signals, which lie in its file, if it has one."""

    light: SessionResult
    path: Path | None

    @property
    def name(self) -> str:
        """Participant and session."""
        return f"{self.light.participant}/{self.light.session}"

    def whole(self) -> SessionResult:
        """Read its signals back: one session in memory at a time."""
        if self.path is None:
            return self.light
        return replace(self.light, trials=read_session_trials(self.path))


def without_tables(sessions: Iterable[LightSession]) -> list[LightSession]:
    """Return sessions without their rows of the tables of the study, for when those are in files."""
    metrics, curves = metrics_table([]), curves_table([])
    return [replace(one, light=replace(one.light, metrics=metrics, curves=curves)) for one in sessions]


def light_session(planned: Planned, naming: Naming) -> LightSession:
    """Return a session that was processed, now or before; or one without numbers, with the reason."""
    job = planned.job
    if planned.lost:
        return LightSession(naming.session(_lost(planned, "failed", planned.lost)), None)
    if planned.reasons:
        return LightSession(naming.session(_lost(planned, "left out", NOT_ASKED)), None)
    try:
        return LightSession(read_session(job.path).result, job.path)
    except StoreError as error:
        return LightSession(naming.session(_lost(planned, "failed", str(error))), None)


def _lost(planned: Planned, status: Status, reason: str) -> SessionResult:
    """Return a session without a single number: all its trials failed, or were left out."""
    first = planned.job.trials[0]
    where = {"participant": first.participant, "session": first.session}
    finding = (
        make_finding("session_lost", "fail", reason, "the other sessions are processed; run again", **where)
        if status == "failed"
        else make_finding("session_left_out", "warn", f"not processed yet: {reason}", "run without --only", **where)
    )
    return SessionResult(
        participant=first.participant,
        session=first.session,
        trials=tuple(TrialResult(trial, status, reason) for trial in planned.job.trials),
        references=(),
        findings=(finding,),
        metrics=metrics_table([]),
        curves=curves_table([]),
    )
