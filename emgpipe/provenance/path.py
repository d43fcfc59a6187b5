"""The path of some numbers, from the table back to the recordings: what it consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emgpipe.model import Reference, UsedChannel
    from emgpipe.provenance.results import State


@dataclass(frozen=True, slots=True)
class InputFile:
    """A recording, or a file beside it: its SHA-256 at the run, and whether it still has it.

    `offset` is what is stated to be added to its times; None if nobody states it.
    """

    name: str
    sha256: str
    state: State
    reader: str = ""
    offset: float | None = None


@dataclass(frozen=True, slots=True)
class TrialPath:
    """A trial: what was done, where that was stated, and from which files.

    Attributes
    ----------
    span : tuple of float or None
        The seconds of its clock that counted.
    stated : tuple of float or None
        Where somebody stated a begin and an end.
    """

    id: str
    role: str
    status: str
    factors: Mapping[str, str]
    position: str
    origin: str
    span: tuple[float, float] | None
    stated: tuple[float | None, float | None]
    files: tuple[InputFile, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class NumberPath:
    """The whole path of some numbers of one trial, channel and metric.

    Attributes
    ----------
    numbers : tuple of mapping
        Rows of metrics.csv, with the times `start` and `stop` (s, trial clock) of the repetition or phase.
    detector : mapping
        How repetitions were found, every parameter filled in; empty where none were looked for.
    channel : UsedChannel or None
        None for times.
    history : tuple of str
        What was applied to it, in order.
    derived : mapping
        How the channel was computed from others; empty if it was recorded.
    reference : Reference or None
    reference_trials : tuple of TrialPath
        Those that made the reference, and rest trials whose noise was taken.
    findings, decisions : tuple of mapping
        Rows of findings.csv and decisions.csv that touch one of the numbers.
    variant : mapping
        The settings that differ, for a number of a variant.
    run : mapping
        Study, versions, hash of the settings, time and machine.
    """

    numbers: tuple[Mapping[str, Any], ...]
    trial: TrialPath
    detector: Mapping[str, Any]
    channel: UsedChannel | None
    history: tuple[str, ...]
    derived: Mapping[str, Any]
    normalization: Mapping[str, Any]
    reference: Reference | None
    reference_trials: tuple[TrialPath, ...]
    findings: tuple[Mapping[str, str], ...]
    decisions: tuple[Mapping[str, str], ...]
    run: Mapping[str, Any]
    variant: Mapping[str, Any] = field(default_factory=dict)
