"""Repetitions whose times somebody wrote down: marked by hand, or exported by the motion system."""

from __future__ import annotations

from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from emgpipe.errors import SegmentationError
from emgpipe.model import Phase, Repetition
from emgpipe.segmentation.base import Detector, Found, TrialSignals
from emgpipe.segmentation.spans import Row, read_rows
from emgpipe.settings import StudyPath

if TYPE_CHECKING:
    from typing import Self

    from emgpipe.model import Finding, Trial


class Table(Detector):
    """Take start and stop times in seconds from a CSV, one row per repetition.

    Columns named ``trial``, ``participant``, ``session`` or ``file``, where the table has them, choose the rows
    of a trial. A table with none of them is used for every trial of the study, so it suits one with a single
    task trial. Comma, semicolon or tab, decimal point or comma.
    """

    kind: Literal["table"] = "table"
    path: StudyPath
    """The CSV file."""
    start: str = "start"
    """Column with the time at which a repetition starts."""
    stop: str | None = "stop"
    """Column with the time at which it ends."""
    next_start: bool = False
    """A repetition lasts to the start of the next row; the last row then only ends the one before it."""
    phases: dict[str, str] = Field(default_factory=dict)
    """Names of phases and the columns with the times at which they begin, such as ``stance: touchdown``."""
    clock: Literal["trial", "file"] = "trial"
    """Whose times these are: the trial's, or those of its first file before `offset` is added."""

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.next_start and self.stop is not None and "stop" in self.model_fields_set:
            raise ValueError("next_start cannot be combined with stop; remove one of them")
        if not self.next_start and self.stop is None:
            raise ValueError("name the column of the end in stop, or set next_start: true")
        return self

    def find(self, trial: TrialSignals) -> Found:
        """Return the table's repetitions that lie inside the trial's span."""
        rows = [row for row in read_rows(self.path) if _belongs(row, trial.trial)]
        rows.sort(key=lambda row: row.number(self.start))
        shift = trial.trial.files[0].offset if self.clock == "file" and trial.trial.files else 0.0
        repetitions = [self._repetition(row, following, shift) for row, following in self._ends(rows)]
        inside = tuple(rep for rep in repetitions if trial.start <= rep.start and rep.stop <= trial.stop)
        findings = [*self._row_findings(trial, len(rows)), *_outside(trial, len(repetitions) - len(inside))]
        return Found(inside, tuple(findings))

    def _ends(self, rows: list[Row]) -> list[tuple[Row, Row | None]]:
        return list(pairwise(rows)) if self.next_start else [(row, None) for row in rows]

    def _repetition(self, row: Row, following: Row | None, shift: float) -> Repetition:
        start = row.number(self.start)
        stop = following.number(self.start) if following is not None else row.number(str(self.stop))
        if stop <= start:
            raise SegmentationError(
                f"{row.path}, line {row.line}: the repetition starts at {start:g} s and ends at {stop:g} s; "
                "the end must come after the start"
            )
        phases = tuple(Phase(one.name, one.start + shift, one.stop + shift) for one in self._phases(row, start, stop))
        return Repetition(start + shift, stop + shift, phases)

    def _phases(self, row: Row, start: float, stop: float) -> list[Phase]:
        """Return the phases on the table's clock; one that begins as the next one does is left out."""
        begins = sorted((row.number(column), name) for name, column in self.phases.items())
        if begins and not start <= begins[0][0] <= begins[-1][0] < stop:
            raise SegmentationError(
                f"{row.path}, line {row.line}: the phases begin at "
                f"{', '.join(f'{time:g} s ({name})' for time, name in begins)}; "
                f"they must lie between {start:g} s and {stop:g} s"
            )
        edges = [time for time, _ in begins] + [stop]
        return [Phase(name, time, end) for (time, name), end in zip(begins, edges[1:], strict=True) if end > time]

    def _row_findings(self, trial: TrialSignals, rows: int) -> list[Finding]:
        if not rows:
            return [
                trial.finding(
                    "no_table_rows", "warn", f"{self.path.name} has no row for this trial",
                    "compare its columns trial, participant, session and file with the trials table",
                )
            ]  # fmt: skip
        if self.next_start:
            reason = f"the last of {rows} rows of {self.path.name} ends the repetition before it and starts none"
            return [trial.finding("last_row", "note", reason)]
        return []


def _outside(trial: TrialSignals, count: int) -> list[Finding]:
    if not count:
        return []
    reason = f"{count} repetitions of the table do not lie inside {trial.start:.3f} to {trial.stop:.3f} s; left out"
    remedy = "check the times, the clock they are on (clock: trial or file) and the trial's start and stop"
    return [trial.finding("repetition_outside", "warn", reason, remedy, value=float(count))]


def _belongs(row: Row, trial: Trial) -> bool:
    files = {PurePath(file.path).name for file in trial.files}
    participant, name = trial.own_names
    allowed = {
        "trial": {trial.id, name},
        "participant": {trial.participant, participant},
        "session": {trial.session},
        "file": files | {PurePath(name).stem for name in files},
    }
    for column, cell in row.cells.items():
        wanted = allowed.get(column.casefold())
        if wanted is None:
            continue
        given = PurePath(cell.replace("\\", "/")).name if column.casefold() == "file" else cell
        if _plain(given) not in {_plain(name) for name in wanted}:
            return False
    return True


def _plain(text: str) -> str:
    """Letter case aside, and ``01`` equal to ``1``: spreadsheets drop leading zeros."""
    folded = text.strip().casefold()
    return folded.lstrip("0") or "0" if folded.isdecimal() else folded
