"""Decisions against the trials there are: one spelling of names, a warning where a name is not there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.config.listing import Problem
from emgpipe.config.spelling import same_name
from emgpipe.errors import suggest
from emgpipe.model import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emgpipe.config.listing import TrialList
    from emgpipe.config.study import Study
    from emgpipe.model import Trial


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """The participants and trials of a study, by name."""

    participants: frozenset[str]
    trials: frozenset[str]

    @classmethod
    def of(cls, trials: Iterable[Trial]) -> KnownPlaces:
        """Return those of some trials."""
        stated = list(trials)
        return cls(frozenset(one.participant for one in stated), frozenset(one.id for one in stated))


def placed(decisions: Sequence[Decision], known: KnownPlaces) -> tuple[tuple[Decision, ...], tuple[Problem, ...]]:
    """Return decisions with participants as the trials spell them, and a warning per name that is not there."""
    people, trials = sorted(known.participants), sorted(known.trials)
    done, problems = [], []
    for decision in decisions:
        name = next((one for one in people if same_name(one, decision.participant)), decision.participant)
        done.append(replace(decision, participant=name))
        for column, given, there in (("participant", name, people), ("trial", decision.trial, trials)):
            if given and given not in there:
                message = (
                    f"the decision '{decision.action}' of {decision.who} ({decision.when}) is about {column} "
                    f"'{given}', which is not there{suggest(given, there) or '.'} It changes nothing"
                )
                problems.append(Problem("table", given, "decisions table", message, "warn"))
    return tuple(done), tuple(problems)


def stated_decisions(study: Study, listing: TrialList) -> tuple[Decision, ...]:
    """Return what the study file decides: channels left out or relabeled by overrides, rows of the trials table."""
    return (*_overrides(study, listing), *_left_out_rows(listing))


def _overrides(study: Study, listing: TrialList) -> Iterable[Decision]:
    muscles = {label: setting.muscle or "" for setting in study.channels for label in setting.label}
    for override in study.overrides:
        trials = [trial for trial in listing.trials if override.applies_to(trial)]
        named = [trial.id for trial in trials] if override.trials else [""]
        people = sorted({trial.participant for trial in trials})
        for setting in override.channels:
            before = next((muscles[label] for label in setting.label if label in muscles), "")
            muscle = (setting.muscle or setting.name or before) if setting.use else (setting.muscle or before)
            said = f"channel '{setting.label[0]}' is " + (f"taken as {muscle}" if setting.use else "left out")
            for person in people:
                for trial in named:
                    yield Decision(
                        action="relabel" if setting.use else "exclude", who="study file: overrides", when="every run",
                        reason=f"{override.reason} ({said})", participant=person, session=override.session or "",
                        trial=trial, muscle=muscle, side=setting.side, placement=setting.placement,
                        source="study file",
                    )  # fmt: skip


def _left_out_rows(listing: TrialList) -> Iterable[Decision]:
    for problem in listing.problems:
        if problem.what == "trial" and problem.status == "left out":
            yield Decision(
                action="exclude", who="trials table", when="every run", reason=problem.message, trial=problem.name,
                source="study file",
            )  # fmt: skip
