"""One HDF5 file per session, layout version 1.

::

    /                           attributes: layout, participant, session, settings (JSON), emgpipe
    /trials/<nnn>               attributes: id, role, status, reason, position, targets, factors (JSON), files (JSON)
    /trials/<nnn>/traces/<kk>   float64 (n,); attributes: name, label, kind, side, placement, unit, sampling_rate,
                                start, history
    /trials/<nnn>/repetitions   table: start, stop (s)
    /trials/<nnn>/phases        table: repetition, name, start, stop (s)
    /trials/<nnn>/windows       table: muscle, side, start, stop (s), value, placement, is_contiguous
    /references                 table: as references.csv
    /findings                   table: as findings.csv

Times are seconds of the trial's clock. Text is UTF-8. Opens in HDFView, MATLAB (`h5read`) and R (`rhdf5`).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.atomic import replace_file
from emgpipe.errors import StoreError
from emgpipe.model import Phase, ReferenceWindow, Repetition, Trace, Trial, TrialFile, TrialResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from emgpipe.model import SessionResult

LAYOUT = 2


def session_path(folder: Path, participant: str, session: str) -> Path:
    """Return where a session's file lies; characters a file system may refuse become their code.

    So does an underscore in the name of a session: A_1 in session x and A in session 1_x are not the same.
    """

    def safe(text: str) -> str:
        return re.sub(r"[^\w.-]", lambda match: f"%{ord(match.group()):02x}", text)

    return folder / "sessions" / f"{safe(participant)}_{safe(session).replace('_', '%5f')}.h5"


def write_session(
    path: Path, result: SessionResult, tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]
) -> None:
    """Write a session, whole or not at all.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Written as they are, by name (references, findings).
    settings : mapping
        The resolved study settings; kept as JSON.
    """

    def fill(temporary: Path) -> None:
        import h5py

        with h5py.File(temporary, "w", track_order=True) as file:
            file.attrs["layout"] = LAYOUT
            file.attrs["participant"] = result.participant
            file.attrs["session"] = result.session
            file.create_dataset("settings", data=json.dumps(settings, ensure_ascii=False))
            for number, trial in enumerate(result.trials, start=1):
                _write_trial(file.create_group(f"trials/{number:03d}", track_order=True), trial)
            for name, table in tables.items():
                _write_table(file, name, {column: table[column].tolist() for column in table.columns})

    replace_file(path, fill)


def read_session_trials(path: Path) -> tuple[TrialResult, ...]:
    """Return the trials of a stored session, without their filtering history.

    Raises
    ------
    StoreError
        The file is missing, damaged or of another layout.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            layout = int(file.attrs["layout"])
            if layout != LAYOUT:
                raise StoreError(f"{path} has layout {layout}, this version reads {LAYOUT}; run the study again")
            return tuple(_read_trial(file["trials"][name]) for name in sorted(file.get("trials", {})))
    except (OSError, KeyError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}); delete it and run the study again") from error


def _write_trial(group: Any, result: TrialResult) -> None:
    trial = result.trial
    group.attrs.update(
        {
            "id": trial.id,
            "participant": trial.participant,
            "session": trial.session,
            "role": trial.role,
            "status": result.status,
            "reason": result.reason,
            "position": trial.position,
            "targets": " ".join(trial.targets),
            "factors": json.dumps(dict(trial.factors), ensure_ascii=False),
            "recorded": json.dumps(dict(result.recorded), ensure_ascii=False),
            "files": json.dumps([[str(file.path), file.offset] for file in trial.files], ensure_ascii=False),
        }
    )
    for number, trace in enumerate(result.traces, start=1):
        dataset = group.create_dataset(
            f"traces/{number:02d}", data=trace.values, compression="gzip", compression_opts=1, shuffle=True
        )
        fields = ("name", "label", "kind", "side", "placement", "unit", "sampling_rate", "start")
        dataset.attrs.update({name: getattr(trace, name) for name in fields})
        dataset.attrs["history"] = " | ".join(result.history.get(trace.label, ()))
    repetitions, windows = result.repetitions, result.windows
    _write_table(
        group, "repetitions", {name: [getattr(one, name) for one in repetitions] for name in ("start", "stop")}
    )
    phases = [(number, phase) for number, one in enumerate(repetitions, start=1) for phase in one.phases]
    named = {name: [getattr(phase, name) for _, phase in phases] for name in ("name", "start", "stop")}
    _write_table(group, "phases", {"repetition": [number for number, _ in phases], **named})
    about = ("muscle", "side", "start", "stop", "value", "placement", "is_contiguous")
    _write_table(group, "windows", {name: [getattr(one, name) for one in windows] for name in about})


def _write_table(group: Any, name: str, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns as one dataset of records: text as variable-length UTF-8, numbers as they are."""
    import h5py

    arrays = {key: np.asarray(values) for key, values in columns.items()}
    kinds = {key: h5py.string_dtype() if array.dtype.kind in "OUS" else array.dtype for key, array in arrays.items()}
    length = len(next(iter(arrays.values()), ()))
    records = np.empty(length, dtype=list(kinds.items()))
    for key, array in arrays.items():
        records[key] = [_text(value) for value in array] if array.dtype.kind in "OUS" else array
    group.create_dataset(name, data=records)


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN differs from itself


def _read_trial(group: Any) -> TrialResult:
    stored = group.attrs
    trial = Trial(
        id=stored["id"],
        participant=stored["participant"],
        session=stored["session"],
        role=stored["role"],
        files=tuple(TrialFile(_path(name), float(offset)) for name, offset in json.loads(stored["files"])),
        targets=tuple(stored["targets"].split()),
        position=stored["position"],
        factors=json.loads(stored["factors"]),
    )
    traces = tuple(_read_trace(group["traces"][name]) for name in sorted(group["traces"])) if "traces" in group else ()
    history = {
        dataset.attrs["label"]: tuple(dataset.attrs["history"].split(" | "))
        for dataset in (group["traces"].values() if "traces" in group else ())
        if dataset.attrs["history"]
    }
    phases = [(int(row["repetition"]), row) for row in group["phases"][()]]
    repetitions = tuple(
        Repetition(
            float(row["start"]),
            float(row["stop"]),
            tuple(
                Phase(one["name"].decode(), float(one["start"]), float(one["stop"]))
                for owner, one in phases
                if owner == number
            ),
        )
        for number, row in enumerate(group["repetitions"][()], start=1)
    )
    windows = tuple(
        ReferenceWindow(
            row["muscle"].decode(),
            row["side"].decode(),
            float(row["start"]),
            float(row["stop"]),
            float(row["value"]),
            row["placement"].decode(),
            bool(row["is_contiguous"]),
        )
        for row in group["windows"][()]
    )
    recorded = json.loads(stored["recorded"])
    return TrialResult(trial, stored["status"], stored["reason"], traces, repetitions, windows, history, recorded)


def _read_trace(dataset: Any) -> Trace:
    stored = dataset.attrs
    return Trace(
        name=stored["name"],
        label=stored["label"],
        kind=stored["kind"],
        side=stored["side"],
        placement=stored["placement"],
        unit=stored["unit"],
        sampling_rate=float(stored["sampling_rate"]),
        start=float(stored["start"]),
        values=dataset[()],
    )


def _path(name: str) -> Path:
    from pathlib import Path

    return Path(name)
