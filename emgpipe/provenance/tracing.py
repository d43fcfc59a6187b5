"""Follow some numbers from the table back to the recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emgpipe.errors import StoreError
from emgpipe.made_of import digest_of
from emgpipe.model.tables import MAIN_VARIANT
from emgpipe.provenance.names import Asked, find_key, find_rows, find_trial
from emgpipe.provenance.path import InputFile, NumberPath, TrialPath
from emgpipe.store import DECISIONS, FINDINGS, METRICS, REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from emgpipe.model import Reference, SessionResult, TrialResult
    from emgpipe.provenance.results import Results


def trace(results: Results, asked: Asked) -> NumberPath:
    """Follow numbers back to where they come from.

    Parameters
    ----------
    results : Results
    asked : Asked
        Which numbers; they are of one trial, one channel and one metric.

    Returns
    -------
    NumberPath

    Raises
    ------
    StoreError
        Nothing is called that, or the stored files are not those of one run.
    """
    session, trial = find_trial(results, asked)
    rows = results.rows(METRICS, trial=trial.trial.id)
    if not rows:
        raise StoreError(_no_numbers(trial))
    key = find_key(results, asked, trial, rows)
    return follow(results, session, trial, find_rows(asked, key, rows))


def follow(
    results: Results, session: SessionResult, trial: TrialResult, rows: Sequence[Mapping[str, str]]
) -> NumberPath:
    """Return the path of rows of metrics.csv; all of one trial, channel, metric and variant."""
    first = rows[0]
    settings = results.run["settings"]
    references = {one.id: one for one in session.references}
    reference = references.get(first["reference"].removesuffix(f"@{first['variant']}"))  # a variant's is named after it
    place = (first["muscle"], first["side"], first["placement"])
    channel = next((one for one in trial.channels if (one.name, one.side, one.placement) == place), None)
    variant = _variant(settings, first["variant"])
    return NumberPath(
        numbers=tuple(_number(row, trial) for row in rows),
        trial=_trial_path(results, trial),
        detector=_detector(settings, trial),
        channel=channel,
        history=tuple(trial.history.get(channel.label, ())) if channel else (),
        derived=next((one for one in settings["derived"] if channel and one["name"] == channel.name), {}),
        normalization=variant.get("normalization") or settings["normalization"],
        reference=reference,
        reference_trials=tuple(_trial_path(results, one) for one in _behind(session, reference)),
        findings=_named(results, FINDINGS, (row["findings"] for row in rows)),
        decisions=_named(results, DECISIONS, (row["decisions"] for row in rows)),
        run=_run(results, session),
        variant=variant,
    )


def _no_numbers(trial: TrialResult) -> str:
    name, role = trial.trial.id, trial.trial.role
    if trial.status != "processed":
        became = "failed" if trial.status == "failed" else "was left out"
        return f"trial {name} has no numbers, because it {became}: {trial.reason}"
    if role == "mvic":
        return f"{name} is an MVIC: others are divided by what it gave, it has no numbers of its own; see {REFERENCES}"
    return f"trial {name} ({role}) has no numbers of its own"


def _number(row: Mapping[str, str], trial: TrialResult) -> dict[str, Any]:
    """Return a row with the times of what it is about."""
    number = int(row["repetition"])
    span: tuple[float, float] | None = None
    if number == 0:
        span = trial.span
    elif number <= len(trial.repetitions):
        spans = _spans(trial, number - 1)
        span = spans.get(row["phase"])
    start, stop = span or (float(row["onset"]), None)
    return {**row, "repetition": number, "start": start, "stop": stop}


def _spans(trial: TrialResult, index: int) -> dict[str, tuple[float, float]]:
    repetition = trial.repetitions[index]
    phases = {phase.name: (phase.start, phase.stop) for phase in repetition.phases}
    return {"repetition": (repetition.start, repetition.stop), **phases}


def _trial_path(results: Results, result: TrialResult) -> TrialPath:
    trial = result.trial
    return TrialPath(
        id=trial.id,
        role=trial.role,
        status=result.status,
        factors=dict(trial.factors),
        position=trial.position,
        origin=results.trials.get(trial.id, ""),
        span=result.span,
        stated=(trial.start, trial.stop),
        files=tuple(
            one
            for file in trial.files
            for one in _files(results, file.path.as_posix(), file.offset if file.is_stated else None)
        ),
        comment=trial.comment,
    )


def _files(results: Results, name: str, offset: float | None) -> Iterable[InputFile]:
    """Yield a recording, which may be a folder of files."""
    inner = [name] if name in results.run["inputs"] else _inside(results, name)
    reader = str(results.run["readers"].get(name, ""))
    for one in inner or [name]:
        recorded, state = results.input_state(one)
        yield InputFile(one, recorded, state, reader, offset)


def _inside(results: Results, folder: str) -> list[str]:
    return [name for name in results.run["inputs"] if name.startswith(f"{folder}/")]


def _detector(settings: Mapping[str, Any], trial: TrialResult) -> Mapping[str, Any]:
    """Return how the repetitions of a trial were found."""
    if trial.trial.role != "task":
        return {}
    rules = settings["repetitions"]
    own = next((one for one in rules if trial.trial.exercise in (one["exercises"] or ())), rules[-1])
    stated = trial.trial.repetitions  # goes before the study file
    return dict(own["detector"]) | ({} if stated is None else {"expected": stated})


def _variant(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the settings in which a variant differs from the main analysis."""
    if name == MAIN_VARIANT:
        return {}
    stated: Mapping[str, Any] = next((one for one in settings["variants"] if one["name"] == name), {})
    return {key: value for key, value in stated.items() if value not in (None, [], {})}


def _behind(session: SessionResult, reference: Reference | None) -> list[TrialResult]:
    """Return the trials a reference was made of."""
    if reference is None:
        return []
    rests = reference.rest_trials if reference.noise_removed is not None else ()
    names = {*(attempt.trial for attempt in reference.used), *rests}
    return [one for one in session.trials if one.trial.id in names]


def _named(results: Results, table: str, ids: Iterable[str]) -> tuple[Mapping[str, str], ...]:
    """Return the rows of a table that some numbers name, in the order of the table."""
    wanted = {name for text in ids for name in text.split()}
    return tuple(row for row in results.rows(table) if row["id"] in wanted) if wanted else ()


def _run(results: Results, session: SessionResult) -> dict[str, Any]:
    run, name = results.run, f"{session.participant}/{session.session}"
    own = run["timing"]["sessions"].get(name, {})
    return {
        "study": results.study,
        "folder": str(results.folder),
        "versions": dict(run["versions"]),
        "code": run["code"],
        "settings": digest_of(run["settings"]),
        "made_of": run["sessions"][name]["made_of"],
        "session_file": run["sessions"][name]["file"],
        "at": own.get("at", run["timing"]["started"]),
        "machine": own.get("machine", run["timing"]["machine"]),
    }
