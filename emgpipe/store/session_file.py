"""One HDF5 file per session: what was found in it, its numbers, and its signals thin enough to draw.

::

    /                           attributes layout, participant, session
    /settings                   the settings its numbers depend on, as JSON
    /made_of                    what it was made of, as JSON: name -> version, digest or SHA-256
    /trials                     a row per trial: id, role, status, reason, start, stop, factors and files (JSON), ...
    /repetitions                trial, number, start, stop (s of the trial's clock)
    /phases                     trial, repetition, name, start, stop
    /windows                    trial, muscle, side, placement, start, stop, value (V): the MVIC windows
    /channels                   trial, label, name, sampling_rate (Hz), chain, file, override, ...: the signals used
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
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from emgpipe.model import Trial, TrialResult, UsedChannel
from emgpipe.model.tables import FINDING_COLUMNS
from emgpipe.store.hdf5 import write_hdf5
from emgpipe.store.records import write_frame, write_records
from emgpipe.store.references import references_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from emgpipe.model import SessionResult

LAYOUT: Final = 3
TRACE: Final = ("name", "label", "kind", "side", "placement", "unit", "sampling_rate", "start")
"""Attributes of a trace."""
CLEANED: Final = ("muscle", "side", "placement", "unit")
UNJUDGED: Final = ("excluded", "value_excluded", "decisions")
"""Columns of the metrics that a session does not know: decisions are applied to the tables of the study."""
_NOBODY: Final = TrialResult(Trial("", "", "", "task", ()), "failed")


def write_session(
    path: Path, result: SessionResult, settings: Mapping[str, Any], made_of: Mapping[str, Mapping[str, str]]
) -> None:
    """Write a session, whole or not at all.

    Parameters
    ----------
    settings : mapping
        The resolved settings its numbers depend on.
    made_of : mapping
        Section -> name -> version, digest or SHA-256; see `emgpipe.made_of`.
    """

    def fill(file: Any) -> None:
        file.attrs["layout"] = LAYOUT
        file.attrs["participant"] = result.participant
        file.attrs["session"] = result.session
        file.create_dataset("settings", data=_json(settings))
        file.create_dataset("made_of", data=_json(made_of))
        _write_trials(file, result.trials)
        _write_found(file, result)
        for number, trial in enumerate(result.trials, start=1):
            _write_traces(file, number, trial)

    write_hdf5(path, fill)


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
        "channels",
        [{"trial": result.trial.id, **asdict(one)} for result in trials for one in result.channels],
        ["trial", *(field.name for field in fields(UsedChannel))],
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
            {"trial": result.trial.id, **{name: getattr(one, name) for name in CLEANED}, **asdict(removed)}
            for result in trials
            for one in result.cleaned
            for removed in one.removed
        ],
        ["trial", *CLEANED, "step", "rms_before", "rms_after", "rms_removed", "blanked"],
    )


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
        "span_start": None if result.span is None else result.span[0],
        "span_stop": None if result.span is None else result.span[1],
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
    write_frame(file, "metrics", result.metrics.drop(columns=list(UNJUDGED), errors="ignore"))
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
        dataset.attrs.update({name: getattr(trace, name) for name in TRACE})
        file.flush()  # now, and not when the library sees fit: where it lies in the file must not hang on other threads


def _write_rows(file: Any, name: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    write_records(file, name, {column: [row[column] for row in rows] for column in columns})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
