"""One HDF5 file per session: what was found in it, its numbers, and its signals thin enough to draw.

::

    /                           attributes layout, participant, session
    /settings                   the settings its numbers depend on, as JSON
    /made_of                    what it was made of, as JSON: name -> version, digest or SHA-256
    /trials                     a row per trial: id, role, status, reason, start, stop, factors and files (JSON), ...
    /repetitions                trial, number, start, stop (s of the trial's clock)
    /phases                     trial, repetition, name, start, stop
    /windows                    trial, muscle, side, placement, start, stop, value (V): the MVIC windows
    /histories                  trial, label, step: what was applied to a channel, in order
    /cleaning                   what cleaning steps of the chain took away
    /references, /findings      as in references.csv and findings.csv
    /references_json            the same references with all that was considered, exactly
    /metrics, /curves           as in the tables of the study; what decisions do to them stands there only
    /traces/00001/001           one signal of the first trial: float64, NaN in gaps; its attributes say which

Text is UTF-8 of a fixed length per column. HDFView, MATLAB (`h5read`) and R (`rhdf5`) open all of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from emgpipe.atomic import replace_file
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
)
from emgpipe.model.tables import FINDING_COLUMNS
from emgpipe.store.records import read_frame, read_records, write_frame, write_records
from emgpipe.store.references import references_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pandas as pd

Content = TypeVar("Content")
LAYOUT: Final = 3
_REMEDY: Final = "make it again with: emgpipe run, and the study file"
_TRACE: Final = ("name", "label", "kind", "side", "placement", "unit", "sampling_rate", "start")
_UNJUDGED: Final = ("excluded", "value_excluded", "decisions")
"""Columns of the metrics that a session does not know: decisions are applied to the tables of the study."""


@dataclass(frozen=True, slots=True)
class StoredSession:
    """What a session's file says besides its signals.

    Attributes
    ----------
    result : SessionResult
        Without traces and histories.
    made_of : mapping
        Section -> name -> version, digest or SHA-256; see `emgpipe.made_of`.
    """

    result: SessionResult
    made_of: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def session_path(folder: Path, participant: str, session: str) -> Path:
    """Return where a session's file lies; characters a file system may refuse become their code.

    So does an underscore in the name of a session: A_1 in session x and A in session 1_x are not the same.
    """

    def safe(text: str) -> str:
        return re.sub(r"[^\w.-]", lambda match: f"%{ord(match.group()):02x}", text)

    return folder / "sessions" / f"{safe(participant)}_{safe(session).replace('_', '%5f')}.h5"


def write_session(
    path: Path, result: SessionResult, settings: Mapping[str, Any], made_of: Mapping[str, Mapping[str, str]]
) -> None:
    """Write a session, whole or not at all.

    Parameters
    ----------
    settings : mapping
        The resolved settings its numbers depend on.
    made_of : mapping
        As in `StoredSession`.
    """

    def fill(temporary: Path) -> None:
        import h5py

        with h5py.File(temporary, "w", track_order=True) as file:
            file.attrs["layout"] = LAYOUT
            file.attrs["participant"] = result.participant
            file.attrs["session"] = result.session
            file.create_dataset("settings", data=_json(settings))
            file.create_dataset("made_of", data=_json(made_of))
            _write_trials(file, result.trials)
            _write_found(file, result)
            for number, trial in enumerate(result.trials, start=1):
                _write_traces(file, number, trial)

    replace_file(path, fill)


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
    import h5py

    try:
        with h5py.File(path, "r") as file:
            layout = int(file.attrs["layout"])
            if layout != LAYOUT:
                raise StoreError(f"{path} has layout {layout}, this version reads {LAYOUT}; {_REMEDY}")
            return read(file)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:  # all of them are of damaged files
        raise StoreError(f"{path} cannot be read ({error}); {_REMEDY}") from error


def _write_trials(file: Any, trials: Sequence[TrialResult]) -> None:
    rows = [_about(result) for result in trials]
    _write_rows(file, "trials", rows, list(_about(_NOBODY)))
    numbered = [
        (result.trial.id, number, one) for result in trials for number, one in enumerate(result.repetitions, start=1)
    ]
    _write_rows(
        file,
        "repetitions",
        [{"trial": trial, "number": number, "start": one.start, "stop": one.stop} for trial, number, one in numbered],
        ["trial", "number", "start", "stop"],
    )
    _write_rows(
        file,
        "phases",
        [
            {"trial": trial, "repetition": number, **asdict(phase)}
            for trial, number, one in numbered
            for phase in one.phases
        ],
        ["trial", "repetition", "name", "start", "stop"],
    )
    _write_rows(
        file,
        "windows",
        [{"trial": result.trial.id, **asdict(one)} for result in trials for one in result.windows],
        ["trial", "muscle", "side", "start", "stop", "value", "placement", "is_contiguous"],
    )
    _write_rows(
        file,
        "histories",
        [
            {"trial": result.trial.id, "label": label, "step": step}
            for result in trials
            for label, steps in result.history.items()
            for step in steps
        ],
        ["trial", "label", "step"],
    )
    _write_rows(
        file,
        "cleaning",
        [
            {"trial": result.trial.id, **{name: getattr(one, name) for name in _CLEANED}, **asdict(removed)}
            for result in trials
            for one in result.cleaned
            for removed in one.removed
        ],
        ["trial", *_CLEANED, "step", "rms_before", "rms_after", "rms_removed", "blanked"],
    )


_CLEANED: Final = ("muscle", "side", "placement", "unit")
_NOBODY: Final = TrialResult(Trial("", "", "", "task", ()), "failed")


def _about(result: TrialResult) -> dict[str, Any]:
    """Return what a trial is and what became of it, as one row; where it was stated is not part of it."""
    trial = result.trial
    return {
        "id": trial.id,
        "role": trial.role,
        "status": result.status,
        "reason": result.reason,
        "start": trial.start,
        "stop": trial.stop,
        "position": trial.position,
        "targets": " ".join(trial.targets),
        "comment": trial.comment,
        "stated_repetitions": -1 if trial.repetitions is None else trial.repetitions,
        "factors": _json(dict(trial.factors)),
        "files": _json([[file.path.as_posix(), file.offset, file.is_stated] for file in trial.files]),
        "recorded": _json(dict(result.recorded)),
    }


def _write_found(file: Any, result: SessionResult) -> None:
    write_frame(file, "references", references_table(result.references))
    file.create_dataset("references_json", data=_json([asdict(one) for one in result.references]))
    _write_rows(
        file,
        "findings",
        [{name: getattr(one, name) for name in FINDING_COLUMNS} for one in result.findings],
        list(FINDING_COLUMNS),
    )
    write_frame(file, "metrics", result.metrics.drop(columns=list(_UNJUDGED), errors="ignore"))
    write_frame(file, "curves", result.curves)


def _write_traces(file: Any, number: int, result: TrialResult) -> None:
    for index, trace in enumerate(result.traces, start=1):
        dataset = file.create_dataset(
            f"traces/{number:05d}/{index:03d}",
            data=trace.values,
            compression="gzip",
            compression_opts=1,
            shuffle=True,
            fletcher32=True,
        )
        dataset.attrs["trial"] = result.trial.id
        dataset.attrs.update({name: getattr(trace, name) for name in _TRACE})


def _write_rows(file: Any, name: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    write_records(file, name, {column: [row[column] for row in rows] for column in columns})


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
        key = tuple(row.pop(name) for name in ("trial", *_CLEANED))
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
            **{key: str(stored[key]) for key in _TRACE[:-2]},  # type: ignore[arg-type]
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


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _from_json(dataset: Any) -> Any:
    return json.loads(dataset[()])
