"""Files that become complete while a study is watched: each judged as the trial it is, in its session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emgpipe.checking.alone import Alone
from emgpipe.checking.arrivals import Signature, signature_of
from emgpipe.checking.lines import line_about
from emgpipe.checking.screen import missing_line
from emgpipe.config.spelling import same_name
from emgpipe.errors import EmgpipeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from emgpipe.checking.plan import Session
    from emgpipe.checking.study import OpenStudy
    from emgpipe.checking.verdict import Checked, CheckVerdict
    from emgpipe.model import Finding, Trial

_NOT_YET: Final = ("no_mvic", "no_task_reference", "neutral_missing")
"""What follows from trials that are still to come; the line of what is missing says it."""
_ALONE: Final = " (not in the list of trials yet, or without its other file; checked by itself)"
_SOON: Final = 4
"""Things still missing that are named; a line is read while the participant gets ready for the next."""
_Key = tuple[tuple["Path", ...], float | None]
"""A trial by its files and where it begins: ids may move while the list grows."""


@dataclass(slots=True)
class InStudy:
    """Judges new trials of a study, and says what their participants still lack.

    Attributes
    ----------
    opened : OpenStudy
    participants : tuple of str
        Only these; all if empty.
    """

    opened: OpenStudy
    participants: tuple[str, ...] = ()
    _known: set[_Key] = field(default_factory=set)
    _table: Signature | None = None
    _alone: Alone = field(init=False)
    _unlisted: set[Path] = field(default_factory=set)
    _verdicts: dict[Session, CheckVerdict] = field(default_factory=dict)
    _trouble: str = ""

    def __post_init__(self) -> None:
        """Take the trials of now as known."""
        self._alone = Alone(self.opened.study.recordings.folder)
        self._known = {_key(trial) for trial in self.opened.listing.trials}
        self._table = signature_of(self.opened.study.recordings.trials_path)

    @property
    def is_bad(self) -> bool:
        """Whether a session that was looked at has something failed or missing."""
        return self._alone.is_bad or (bool(self._verdicts) and self._checked().is_bad_in_sessions)

    def judge(self, complete: Sequence[Path], pending: frozenset[Path]) -> list[str]:
        """Return the lines about trials whose files are complete."""
        table = signature_of(self.opened.study.recordings.trials_path)
        if complete or table != self._table:
            problem = self._list_again()
            if problem:
                return problem
            self._table = table
        recordings = [path for path in complete if path != self.opened.study.recordings.trials_path]
        trials = self._touched(set(recordings), pending)
        listed = {file.path for trial in self.opened.listing.trials for file in trial.files}
        self._unlisted = (self._unlisted | set(recordings)) - listed
        self._alone.forget(listed)
        lines = self._alone.judge([path for path in recordings if path in self._unlisted], pending, _ALONE)
        sessions: dict[Session, list[Trial]] = {}
        for trial in trials:
            sessions.setdefault((trial.participant, trial.session), []).append(trial)
        for session, new in sessions.items():
            lines.extend(self._session_lines(session, new, pending))
        return lines

    def _list_again(self) -> list[str]:
        """Read the list of trials again; a table that is just being saved is read at the next look."""
        try:
            self.opened = self.opened.listed_again()
        except EmgpipeError as error:
            said, self._trouble = self._trouble, str(error)
            return [] if said == self._trouble else [f"WARN {error}; the earlier list of trials is kept"]
        self._trouble = ""
        return []

    def _touched(self, complete: set[Path], pending: frozenset[Path]) -> list[Trial]:
        """Return the trials that are new or have a new file, and whose files are all complete."""
        touched = []
        for trial in self.opened.listing.trials:
            files = {file.path for file in trial.files}
            if files & pending or not self._is_wanted(trial):
                continue
            if files & complete or _key(trial) not in self._known:
                self._known.add(_key(trial))
                touched.append(trial)
        return touched

    def _is_wanted(self, trial: Trial) -> bool:
        return not self.participants or any(same_name(name, trial.participant) for name in self.participants)

    def _session_lines(self, session: Session, new: Sequence[Trial], pending: frozenset[Path]) -> Iterator[str]:
        trials = [
            trial
            for trial in self.opened.listing.trials
            if (trial.participant, trial.session) == session and not pending & {file.path for file in trial.files}
        ]
        before = self._verdicts.get(session)
        verdict = self._verdicts[session] = self.opened.verdict(trials)
        for trial in new:
            own = [one for one in verdict.findings if one.trial == trial.id]
            yield line_about(f"{trial.id} ({trial.files[0].path.name})", own)
        known = {one.id for one in before.findings} if before else set()
        of_session = [one for one in verdict.findings if not one.trial and one.id not in known]
        yield from (line_about(session[0], [one]) for one in of_session if _is_told(one))
        missing = self._checked().missing_of(verdict)
        yield f"     {session[0]} still missing: {_next(missing)}" if missing else f"     {session[0]}: complete"

    def _checked(self) -> Checked:
        return self.opened.checked(list(self._verdicts.values()))


def _next(missing: Sequence[Finding]) -> str:
    """Return the first things that are missing, in the order of the protocol, and how many there are beyond."""
    more = f"; and {len(missing) - _SOON} more" if len(missing) > _SOON else ""
    return missing_line(missing[:_SOON]) + more


def _is_told(finding: Finding) -> bool:
    return finding.level != "note" and finding.kind not in _NOT_YET


def _key(trial: Trial) -> _Key:
    return tuple(file.path for file in trial.files), trial.start
