"""What every participant's session should hold, so that `check` can say what is still missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from emgpipe.config.shapes import one_or_many
from emgpipe.config.spelling import same_name
from emgpipe.model import Role, Side
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from emgpipe.config.resolve import Resolver

Names = Annotated[tuple[str, ...], *one_or_many()]


class PlannedMvic(Settings):
    """MVIC trials of some muscles."""

    muscles: Annotated[tuple[str, ...], Field(min_length=1), *one_or_many()]
    """The muscles, as in the vocabulary; a trial meant for the whole muscle counts for its parts."""
    positions: Names = ()
    """The test positions, as in the column `position`; in any position if not given."""
    sides: Annotated[tuple[Side, ...], *one_or_many()] = ()
    """left, right or both, where each side has trials of its own (column `working_side`)."""
    trials: int = Field(default=1, ge=1)
    """How many trials of each muscle, in each position."""
    sessions: Names = ()
    """Only in these sessions; in every session if not given."""


class PlannedTask(Settings):
    """Sets of some exercises: every exercise in every head position named here."""

    exercises: Annotated[tuple[str, ...], Field(min_length=1), *one_or_many()]
    """The exercises, as in the vocabulary."""
    head_positions: Names = ()
    """The head positions, as in the vocabulary; in any if not given."""
    factors: dict[str, str] = Field(default_factory=dict)
    """What else is the same in these sets, such as {load: 60}; columns of the trials table."""
    trials: int = Field(default=1, ge=1)
    """How many trials (sets) of each."""
    repetitions: int | None = Field(default=None, ge=1)
    """How many repetitions each set should have at least; not looked at if not given."""
    sessions: Names = ()
    """Only in these sessions; in every session if not given."""


class AcceptedGap(Settings):
    """Something that is missing and will stay so; it is no longer told."""

    participant: str
    """Whose it is."""
    session: str | None = None
    """In this session; in any if not given."""
    role: Role | None = None
    """mvic, rest, task or calibration; any if not given."""
    muscle: str | None = None
    """The muscle of the MVIC."""
    exercise: str | None = None
    """The exercise of the set."""
    head_position: str | None = None
    """The head position of the set."""
    reason: str = Field(min_length=1)
    """Why it is missing; printed."""

    @property
    def is_whole_session(self) -> bool:
        """Whether it names no kind of trial, so that everything may be missing."""
        return not (self.role or self.muscle or self.exercise or self.head_position)

    def concerns(self, participant: str, session: str) -> bool:
        """Tell whether it is about this session of this participant."""
        return same_name(self.participant, participant) and (self.session is None or same_name(self.session, session))


class Protocol(Settings):
    """The planned design. A part that is not stated is taken from what at least half of the participants have."""

    sessions: Names = ()
    """The sessions every participant has; those that at least half of them have if not given."""
    rest: int | None = Field(default=None, ge=0)
    """Rest trials in each session; 0: none."""
    calibration: int | None = Field(default=None, ge=0)
    """Calibration trials in each session; 0: none."""
    mvic: tuple[PlannedMvic, ...] | None = None
    """MVIC trials in each session; an empty list: none."""
    tasks: tuple[PlannedTask, ...] | None = None
    """Sets in each session; an empty list: none."""
    accepted: tuple[AcceptedGap, ...] = ()
    """What is missing and will stay so, each with a reason."""

    @model_validator(mode="after")
    def _sessions_exist(self) -> Self:
        of_mvic = [name for one in self.mvic or () for name in one.sessions]
        of_tasks = [name for one in self.tasks or () for name in one.sessions]
        for name in of_mvic + of_tasks:
            if self.sessions and not any(same_name(name, known) for known in self.sessions):
                raise ValueError(f"session '{name}' is not among `sessions` ({', '.join(self.sessions)})")
        return self


def resolved_protocol(protocol: Protocol, resolver: Resolver) -> Protocol:
    """Return the protocol with muscles, exercises and head positions by their ids; unknown ones become faults."""
    mvic = tuple(
        one.model_copy(update={"muscles": _ids("muscle", one.muscles, ("mvic", index, "muscles"), resolver)})
        for index, one in enumerate(protocol.mvic or ())
    )
    tasks = tuple(
        one.model_copy(
            update={
                "exercises": _ids("exercise", one.exercises, ("tasks", index, "exercises"), resolver),
                "head_positions": _ids(
                    "head_position", one.head_positions, ("tasks", index, "head_positions"), resolver
                ),
            }
        )
        for index, one in enumerate(protocol.tasks or ())
    )
    accepted = tuple(_accepted(one, index, resolver) for index, one in enumerate(protocol.accepted))
    return protocol.model_copy(
        update={
            "mvic": None if protocol.mvic is None else mvic,
            "tasks": None if protocol.tasks is None else tasks,
            "accepted": accepted,
        }
    )


def _ids(what: str, names: tuple[str, ...], place: tuple[str | int, ...], resolver: Resolver) -> tuple[str, ...]:
    return tuple(resolver.id(what, name, ("protocol", *place, index)) for index, name in enumerate(names))


def _accepted(gap: AcceptedGap, index: int, resolver: Resolver) -> AcceptedGap:
    named = {what: getattr(gap, what) for what in ("muscle", "exercise", "head_position")}
    place = ("protocol", "accepted", index)
    return gap.model_copy(
        update={what: resolver.id(what, name, (*place, what)) for what, name in named.items() if name is not None}
    )
