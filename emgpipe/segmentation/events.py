"""Repetitions from markers in the recording: the most direct source there is."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from emgpipe.errors import SegmentationError
from emgpipe.model import Event, Repetition
from emgpipe.segmentation.base import Detector, Found, TrialSignals

if TYPE_CHECKING:
    from typing import Self

    from emgpipe.model import Finding


class Events(Detector):
    """Cut at markers in the file.

    With `start` alone, a repetition lasts from each marker to the next. With `start` and `stop`, each start
    marker is paired with the next stop marker. With `use_durations`, each event called `start` is a repetition
    as long as the event. Labels are compared whole, letter case ignored; ``*`` and ``?`` stand for any letters.
    """

    kind: Literal["events"] = "events"
    start: str
    """Label of the marker at which a repetition starts, such as ``rep*``."""
    stop: str | None = None
    """Label of the marker at which a repetition ends; leave out where one marker does both."""
    last_to_end: bool = False
    """Without `stop`: count the time from the last marker to the end of the trial's span as a repetition."""
    use_durations: bool = False
    """The events have a duration, which is the repetition's."""

    @model_validator(mode="after")
    def _one_way_only(self) -> Self:
        if self.stop is not None and self.stop.casefold() == self.start.casefold():
            raise ValueError("start and stop are the same label; leave out stop to cut at each marker")
        if self.stop is not None and (self.use_durations or self.last_to_end):
            raise ValueError("stop cannot be combined with use_durations or last_to_end; remove one of them")
        if self.use_durations and self.last_to_end:
            raise ValueError("use_durations cannot be combined with last_to_end; remove one of them")
        return self

    def find(self, trial: TrialSignals) -> Found:
        """Return the repetitions between markers; see the class for the three ways."""
        starts = _matching(trial, self.start)
        if self.use_durations:
            return _from_durations(trial, starts)
        if self.stop is not None:
            return _from_pairs(trial, starts, _matching(trial, self.stop))
        return self._from_one_label(trial, starts)

    def _from_one_label(self, trial: TrialSignals, starts: list[Event]) -> Found:
        times = sorted({event.start for event in starts if trial.start <= event.start <= trial.stop})
        if self.last_to_end and times and times[-1] < trial.stop:
            return Found(_spans([*times, trial.stop]))
        note = trial.finding(
            "last_marker", "note", "the last marker ends the last repetition: what follows it is not counted",
            "set last_to_end: true if the last repetition lasts to the end of the trial",
        )  # fmt: skip
        return Found(_spans(times), (note,) if times else ())


def _spans(times: list[float]) -> tuple[Repetition, ...]:
    return tuple(Repetition(first, last) for first, last in pairwise(times))


def _matching(trial: TrialSignals, pattern: str) -> list[Event]:
    """Return the events with this label in time order.

    Labels of events are free text that an operator typed, and may hold a name: messages do not repeat them.
    """
    events = [event for event in trial.events if fnmatchcase(event.label.casefold(), pattern.casefold())]
    if events:
        return sorted(events, key=lambda event: event.start)
    n = len({event.label for event in trial.events})
    there = f"It has events with {n} other labels (emgpipe inspect lists them)" if n else "It has no events"
    raise SegmentationError(
        f"trial {trial.trial.id}: events: no event is called '{pattern}'. {there}. "
        "Correct start and stop in the study file, or choose another way to find repetitions."
    )


def _from_durations(trial: TrialSignals, events: list[Event]) -> Found:
    inside = [event for event in events if trial.start <= event.start < trial.stop]
    whole = [event for event in inside if event.duration > 0 and event.start + event.duration <= trial.stop]
    findings = tuple(
        _left_out(trial, event, "has no duration or lasts beyond the trial's span")
        for event in inside
        if event not in whole
    )
    return Found(tuple(Repetition(event.start, event.start + event.duration) for event in whole), findings)


def _from_pairs(trial: TrialSignals, starts: list[Event], stops: list[Event]) -> Found:
    marks = sorted(
        [(event.start, 1, event) for event in starts] + [(event.start, 0, event) for event in stops],
        key=lambda mark: mark[:2],
    )
    repetitions: list[Repetition] = []
    findings: list[Finding] = []
    opened: Event | None = None
    for time, is_start, event in marks:
        if not trial.start <= time <= trial.stop:
            continue
        if is_start:
            if opened is not None:
                findings.append(_left_out(trial, opened, "has no stop marker before the next start"))
            opened = event
        elif opened is None:
            findings.append(_left_out(trial, event, "has no start marker before it"))
        else:
            repetitions.append(Repetition(opened.start, time))
            opened = None
    if opened is not None:
        findings.append(_left_out(trial, opened, "has no stop marker after it"))
    return Found(tuple(repetitions), tuple(findings))


def _left_out(trial: TrialSignals, event: Event, why: str) -> Finding:
    return trial.finding(
        "event_left_out",
        "warn",
        f"the event at {event.start:.3f} s {why}; it makes no repetition",
        "add or remove the marker in the recording, or give the repetitions in a table",
        start=event.start,
        stop=event.start + event.duration,
    )
