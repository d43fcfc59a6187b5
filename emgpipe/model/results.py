"""What a run hands to the store and the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from emgpipe.model.tables import DECISION_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.model.finding import Finding
    from emgpipe.model.recording import Kind, Side
    from emgpipe.model.reference import Reference
    from emgpipe.model.signal import Cleaned
    from emgpipe.model.trial import Repetition, Trial

Status = Literal["processed", "failed", "left out"]


@dataclass(frozen=True, slots=True)
class Trace:
    """A signal thin enough to store and draw: the envelope of EMG, the samples of other channels.

    `values` has shape (n,), in `unit` (EMG in volts), first sample at `start` s of the trial's clock.
    """

    name: str
    label: str
    kind: Kind
    side: Side
    placement: str
    unit: str
    sampling_rate: float
    start: float
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReferenceWindow:
    """The stretch of an MVIC trial (s, trial clock) that became the reference of a muscle.

    Where `is_contiguous` is False, the value was made of samples between its ends and not of all of them.
    """

    muscle: str
    side: Side
    start: float
    stop: float
    value: float
    placement: str = ""
    is_contiguous: bool = True


@dataclass(frozen=True, slots=True)
class UsedChannel:
    """A channel of a trial that numbers were made of, and where it comes from.

    Attributes
    ----------
    sampling_rate : float
        Hz, as recorded.
    chain : str
        Hash of the chain it went through; empty where it went through none.
    file : str
        The recording it lies in.
    override : str
        The reason of the override of the study file that it came from; empty without one.
    """

    label: str
    name: str
    kind: Kind
    side: Side
    placement: str
    unit: str
    sampling_rate: float
    chain: str = ""
    file: str = ""
    override: str = ""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What became of one trial.

    `history` is label -> what was applied; `recorded` what its recordings say, by reporting item; `cleaned` what the
    cleaning steps of the chain took away; `channels` where its signals come from; `span` the seconds of its clock that
    counted.
    """

    trial: Trial
    status: Status
    reason: str = ""
    traces: tuple[Trace, ...] = ()
    repetitions: tuple[Repetition, ...] = ()
    windows: tuple[ReferenceWindow, ...] = ()
    history: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)
    cleaned: tuple[Cleaned, ...] = ()
    channels: tuple[UsedChannel, ...] = ()
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class SessionResult:
    """One participant's session: its trials, references, findings and rows of the tidy tables.

    `readers` is recording -> the reader it was read with.
    """

    participant: str
    session: str
    trials: tuple[TrialResult, ...]
    references: tuple[Reference, ...]
    findings: tuple[Finding, ...]
    metrics: pd.DataFrame
    curves: pd.DataFrame
    readers: Mapping[Path, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recording or trial, for `run.json` and the report."""

    what: Literal["recording", "trial", "table"]
    name: str
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Tests whose error rate is controlled together.

    Attributes
    ----------
    name : str
        What the tests are about, such as ``gluteus maximus, right, mean``.
    tests : int
        How many.
    correction : str
        ``Holm``, ``Benjamini-Hochberg``, ``max-t``, ``none``, ...
    """

    name: str
    tests: int
    correction: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparator returns.

    Attributes
    ----------
    kind, title : str
    table : DataFrame
        The tidy result; columns are the comparator's.
    cells : DataFrame
        The participants' own values the table rests on, one row per participant and condition.
    sentences : tuple of str
        The result in plain words.
    basis : mapping of str to str
        What it rests on: n, exclusions, method, assumptions.
    tables : mapping of str to DataFrame
        Further tidy tables by name, such as ``rank_frequency``.
    families : tuple of Family
        The multiplicity families its tests form; empty where nothing is tested.
    """

    kind: str
    title: str
    table: pd.DataFrame
    cells: pd.DataFrame
    sentences: tuple[str, ...]
    basis: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    families: tuple[Family, ...] = ()


def _nothing_decided() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=list(DECISION_COLUMNS))


@dataclass(frozen=True, slots=True)
class StudyResult:
    """Everything a run found, as tables.

    Attributes
    ----------
    folder : Path
        Where the outputs lie.
    metrics, curves, findings : DataFrame
        See `emgpipe.model.tables`.
    comparisons : tuple of Comparison
    references : tuple of Reference
    outcomes : tuple of Outcome
        One per recording and per trial.
    settings : mapping
        The study file with every default filled in, as plain data.
    decisions : DataFrame
        What was decided, by whom, and what it did to the numbers.
    cleaning : DataFrame or None
        What the cleaning steps of the chain took away; None where it is not known, empty where there are none.
    sessions : mapping of str to Path
        HDF5 file of each session, by ``participant/session``.
    """

    name: str
    title: str
    folder: Path
    metrics: pd.DataFrame
    curves: pd.DataFrame
    findings: pd.DataFrame
    comparisons: tuple[Comparison, ...]
    references: tuple[Reference, ...]
    outcomes: tuple[Outcome, ...]
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    sessions: Mapping[str, Path]
    decisions: pd.DataFrame = field(default_factory=_nothing_decided)
    cleaning: pd.DataFrame | None = None

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The recordings and trials that could not be processed."""
        return tuple(outcome for outcome in self.outcomes if outcome.status == "failed")
