"""Check the recordings of a study, session by session, several at once; nothing is measured and nothing written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from emgpipe.checking.protocol import Usable, findings_of_protocol
from emgpipe.checking.verdict import Checked, CheckVerdict
from emgpipe.checking.work import Pieces, in_parallel
from emgpipe.config import KnownPlaces, list_trials, load_study, placed, read_decisions
from emgpipe.config.spelling import same_name
from emgpipe.errors import ConfigError, suggest
from emgpipe.model import make_finding
from emgpipe.preparation import prepare_session
from emgpipe.run_account import listing_findings
from emgpipe.verdicts import about_references
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from emgpipe.checking.work import Progress
    from emgpipe.config import Study, TrialList
    from emgpipe.model import Decision, ReferenceKey, Trial
    from emgpipe.trial_step import TrialStep
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class OpenStudy:
    """A study file with its trials as they are listed now."""

    study: Study
    vocabulary: Vocabulary
    listing: TrialList
    decisions: tuple[Decision, ...] = ()

    @classmethod
    def at(cls, path: Path) -> OpenStudy:
        """Read a study file and list its trials; `ConfigError` as `load_study` and `list_trials` say."""
        study = load_study(path)
        vocabulary = load_vocabulary(study.vocabulary)
        return cls(study, vocabulary, *_stated(study, vocabulary))

    def listed_again(self) -> OpenStudy:
        """Return the study with its trials, and the decisions about them, as they are listed now."""
        listing, decisions = _stated(self.study, self.vocabulary)
        return replace(self, listing=listing, decisions=decisions)

    @property
    def columns(self) -> tuple[ReferenceKey, ...]:
        """Muscle, side and placement of every EMG channel, in the order of the study file."""
        everywhere = (*self.study.channels, *(one for entry in self.study.overrides for one in entry.channels))
        used = ((one.muscle, one.side, one.placement) for one in everywhere if one.muscle and one.use)
        return tuple(dict.fromkeys(used))

    def sessions(self, participants: Sequence[str] = ()) -> list[list[Trial]]:
        """Return the trials of each session, of some participants only if any are named.

        Raises
        ------
        ConfigError
            A participant has no trial.
        """
        groups = [list(trials) for _, trials in groupby(self.listing.trials, key=_place)]
        there = list(dict.fromkeys(group[0].participant for group in groups))
        for name in participants:
            if not any(same_name(name, known) for known in there):
                raise ConfigError(
                    f"participant '{name}' has no trial{suggest(name, there) or '.'} There are: {', '.join(there)}"
                )
        return [
            group
            for group in groups
            if not participants or any(same_name(name, group[0].participant) for name in participants)
        ]

    def verdict(self, trials: Sequence[Trial]) -> CheckVerdict:
        """Check one session."""
        prepared = prepare_session(self.study, self.vocabulary, trials, about_references(self.decisions))
        return CheckVerdict(
            participant=trials[0].participant,
            session=trials[0].session,
            seen=tuple(dict.fromkeys(key for step in prepared.steps for key in _seen(step))),
            n_trials=len(trials),
            failed={step.trial.id: step.failure for step in prepared.steps if step.failure},
            repetitions={
                step.trial.id: len(step.repetitions)
                for step in prepared.steps
                if step.trial.role == "task" and not step.failure
            },
            findings=prepared.findings,
        )

    def checked(self, verdicts: Sequence[CheckVerdict]) -> Checked:
        """Put the sessions' verdicts beside what the protocol asks for."""
        failed = {trial: why for one in verdicts for trial, why in one.failed.items()}
        repetitions = {trial: number for one in verdicts for trial, number in one.repetitions.items()}
        looked_at = {one.participant for one in verdicts}
        others = {trial.participant for trial in self.listing.trials} - looked_at
        usable = Usable(failed, repetitions)
        missing = findings_of_protocol(self.study, self.vocabulary, self.listing.trials, usable)
        return Checked(
            title=self.study.title or self.study.name,
            columns=self.columns,
            verdicts=tuple(verdicts),
            missing=tuple(one for one in missing if one.participant in looked_at),
            about_all=tuple(one for one in listing_findings(self.listing) if one.participant not in others),
            has_protocol=True,
        )


def _stated(study: Study, vocabulary: Vocabulary) -> tuple[TrialList, tuple[Decision, ...]]:
    """Return the trials and the decisions of a study; what is wrong with a decision is a problem of the list."""
    listing = list_trials(study, vocabulary)
    stated, wrong = read_decisions(study.quality.decisions, vocabulary)
    decisions, unknown = placed(stated, KnownPlaces.of(listing.trials))
    return replace(listing, problems=(*listing.problems, *wrong, *unknown)), decisions


def check_study(path: Path, participants: Sequence[str] = (), progress: Progress | None = None) -> Checked:
    """Check a study, or some participants of it.

    Raises
    ------
    ConfigError
        The study file or its trials table cannot be used, or a participant is not in it.
    """
    opened = OpenStudy.at(path)
    sessions = opened.sessions(participants)
    if not sessions:
        reasons = "; ".join(problem.message for problem in opened.listing.problems[:5])
        folder = opened.study.recordings.folder
        raise ConfigError(f"there is no trial to check. {reasons or f'No file in {folder} fits the study.'}", path=path)
    pieces = Pieces(opened.verdict, _words, _lost)
    return opened.checked(list(in_parallel(pieces, sessions, progress)))


def _seen(step: TrialStep) -> Iterator[ReferenceKey]:
    signals = step.loaded.signals.signals if step.loaded else ()
    return ((one.muscle, one.side, one.placement) for one in signals if one.kind == "emg")


def _place(trial: Trial) -> tuple[str, str]:
    return trial.participant, trial.session


def _lost(trials: Sequence[Trial], reason: str) -> CheckVerdict:
    """Return the verdict on a session that could not be checked."""
    first = trials[0]
    where = {"participant": first.participant, "session": first.session}
    lost = make_finding("session_lost", "fail", reason, "the other sessions are checked; check again", **where)
    failed = {trial.id: reason for trial in trials}
    return CheckVerdict(first.participant, first.session, n_trials=len(trials), failed=failed, findings=(lost,))


def _words(trials: Sequence[Trial]) -> str:
    return f"{trials[0].participant} session {trials[0].session}: {len(trials)} trials"
