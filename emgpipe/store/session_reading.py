"""Read the file of a session back; its layout is told in `session_file`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from emgpipe.errors import StoreError
from emgpipe.model import (
    Cleaned,
    Decision,
    Finding,
    LeftOut,
    MvicAttempt,
    Phase,
    Reference,
    ReferenceWindow,
    Removed,
    Repetition,
    SessionResult,
    Trace,
    Trial,
    TrialFile,
    TrialResult,
    UsedChannel,
)
from emgpipe.store.hdf5 import open_hdf5
from emgpipe.store.records import read_frame, read_records
from emgpipe.store.session_file import CLEANED, LAYOUT, TRACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pandas as pd

Content = TypeVar("Content")
_REMEDY: Final = "make it again with: emgpipe run, and the study file"


@dataclass(frozen=True, slots=True)
class StoredSession:
    """What a session's file says besides its signals.

    Attributes
    ----------
    result : SessionResult
        Without traces.
    made_of : mapping
        Section -> name -> version, digest or SHA-256; see `emgpipe.made_of`.
    """

    result: SessionResult
    made_of: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_session(path: Path) -> StoredSession:
    """Return what a session's file says besides its signals.

    Raises
    ------
    StoreError
        The file is missing, damaged or of another layout.
    """
    return _opened(path, _read_session)


def read_made_of(path: Path) -> dict[str, dict[str, str]]:
    """Return what a session's file was made of; `StoreError` as `read_session`."""
    return _opened(path, _read_made_of)


def read_session_trials(path: Path) -> tuple[TrialResult, ...]:
    """Return the trials of a stored session with their signals and what was applied to them.

    Raises
    ------
    StoreError
        As `read_session`.
    """
    return _opened(path, _read_whole_trials)


def _opened(path: Path, read: Callable[[Any], Content]) -> Content:
    try:
        with open_hdf5(path) as file:
            layout = int(file.attrs["layout"])
            if layout != LAYOUT:
                raise StoreError(f"{path} has layout {layout}, this version reads {LAYOUT}; {_REMEDY}")
            return read(file)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:  # all of them are of damaged files
        raise StoreError(f"{path} cannot be read ({error}); {_REMEDY}") from error


def _read_session(file: Any) -> StoredSession:
    metrics = read_frame(file["metrics"])
    result = SessionResult(
        participant=str(file.attrs["participant"]),
        session=str(file.attrs["session"]),
        trials=tuple(_read_trials(file, with_traces=False)),
        references=tuple(map(_reference, _from_json(file["references_json"]))),
        findings=tuple(_read_findings(file["findings"])),
        metrics=_unjudged(metrics),
        curves=read_frame(file["curves"]),
    )
    return StoredSession(result, _from_json(file["made_of"]))


def _read_made_of(file: Any) -> dict[str, dict[str, str]]:
    return dict(_from_json(file["made_of"]))


def _read_whole_trials(file: Any) -> tuple[TrialResult, ...]:
    return tuple(_read_trials(file, with_traces=True))


def _unjudged(metrics: pd.DataFrame) -> pd.DataFrame:
    return metrics.assign(excluded=False, value_excluded=False, decisions="")


def _read_trials(file: Any, *, with_traces: bool) -> Iterator[TrialResult]:
    phases: dict[tuple[str, int], list[Phase]] = {}
    for row in _rows(file["phases"]):
        phases.setdefault((row["trial"], row["repetition"]), []).append(Phase(row["name"], row["start"], row["stop"]))
    repetitions: dict[str, list[Repetition]] = {}
    for row in _rows(file["repetitions"]):
        inner = tuple(phases.get((row["trial"], row["number"]), ()))
        repetitions.setdefault(row["trial"], []).append(Repetition(row["start"], row["stop"], inner))
    windows: dict[str, list[ReferenceWindow]] = {}
    for row in _rows(file["windows"]):
        windows.setdefault(row.pop("trial"), []).append(ReferenceWindow(**row))
    histories: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in _rows(file["histories"]):
        of_trial = histories.setdefault(row["trial"], {})
        of_trial[row["label"]] = (*of_trial.get(row["label"], ()), row["step"])
    cleaned = _read_cleaned(file["cleaning"])
    channels: dict[str, list[UsedChannel]] = {}
    for row in _rows(file["channels"]):
        channels.setdefault(row.pop("trial"), []).append(UsedChannel(**row))
    participant, session = str(file.attrs["participant"]), str(file.attrs["session"])
    for number, row in enumerate(_rows(file["trials"]), start=1):
        name = row["id"]
        yield TrialResult(
            trial=_trial(row, participant, session),
            status=row["status"],
            reason=row["reason"],
            traces=tuple(_read_traces(file, number)) if with_traces else (),
            repetitions=tuple(repetitions.get(name, ())),
            windows=tuple(windows.get(name, ())),
            history=histories.get(name, {}),
            recorded=json.loads(row["recorded"]),
            cleaned=tuple(cleaned.get(name, ())),
            channels=tuple(channels.get(name, ())),
            span=None if _number(row["span_start"]) is None else (row["span_start"], row["span_stop"]),
        )


def _trial(row: Mapping[str, Any], participant: str, session: str) -> Trial:
    files = json.loads(row["files"])
    return Trial(
        id=row["id"],
        participant=participant,
        session=session,
        role=row["role"],
        files=tuple(TrialFile(Path(name), float(offset), bool(stated)) for name, offset, stated in files),
        start=_number(row["start"]),
        stop=_number(row["stop"]),
        targets=tuple(row["targets"].split()),
        position=row["position"],
        factors=json.loads(row["factors"]),
        repetitions=None if row["stated_repetitions"] < 0 else int(row["stated_repetitions"]),
        comment=row["comment"],
    )


def _read_cleaned(dataset: Any) -> dict[str, list[Cleaned]]:
    removed: dict[tuple[str, ...], list[Removed]] = {}
    for row in _rows(dataset):
        key = tuple(row.pop(name) for name in ("trial", *CLEANED))
        removed.setdefault(key, []).append(Removed(**row))
    cleaned: dict[str, list[Cleaned]] = {}
    for (trial, *about), steps in removed.items():
        muscle, side, placement, unit = about
        one = Cleaned(muscle, side, placement, unit, tuple(steps))  # type: ignore[arg-type]
        cleaned.setdefault(trial, []).append(one)
    return cleaned


def _read_traces(file: Any, number: int) -> Iterator[Trace]:
    group = file["traces"].get(f"{number:05d}", {}) if "traces" in file else {}
    for name in sorted(group):
        dataset = group[name]
        stored = dict(dataset.attrs)
        yield Trace(
            **{key: str(stored[key]) for key in TRACE[:-2]},  # type: ignore[arg-type]
            sampling_rate=float(stored["sampling_rate"]),
            start=float(stored["start"]),
            values=dataset[()],
        )


def _read_findings(dataset: Any) -> Iterator[Finding]:
    for row in _rows(dataset):
        row.pop("id")
        numbers = {name: _number(row[name]) for name in ("onset", "start", "stop", "value")}
        yield Finding(**row | numbers)


def _reference(plain: Mapping[str, Any]) -> Reference:
    best, decision = plain["task_best"], plain["decision"]
    return Reference(
        **{
            **plain,
            "attempts": tuple(MvicAttempt(**one) for one in plain["attempts"]),
            "left_out": tuple(LeftOut(**one) for one in plain["left_out"]),
            "rest_trials": tuple(plain["rest_trials"]),
            "task_best": MvicAttempt(**best) if best else None,
            "decision": Decision(**decision) if decision else None,
        }
    )


def _rows(dataset: Any) -> Iterable[dict[str, Any]]:
    columns = read_records(dataset)
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _number(value: float) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124 - NaN stands for none


def _from_json(dataset: Any) -> Any:
    return json.loads(dataset[()])
