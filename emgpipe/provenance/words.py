"""The path of numbers in plain words, for a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from emgpipe.inspection.terminal import Terminal, fit, wrapped
from emgpipe.provenance.reference_words import NOW, reference_lines
from emgpipe.report.words import METRIC_NAMES, number, seconds, shown_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emgpipe.provenance.path import InputFile, NumberPath, TrialPath

LABEL: Final = 13
"""Columns of what stands left of the text."""
_COLUMNS: Final = (("rep.", 5), ("phase", 12), ("from (s)", 10), ("to (s)", 9))
_NOT_FACTORS: Final = ("exercise", "head_position")
_WHOLE: Final = "repetition"


def path_text(path: NumberPath, terminal: Terminal) -> str:
    """Return the numbers first, then the path they have in common."""
    lines = [*_heading(path, terminal), "", *_numbers(path), ""]
    blocks = (
        ("trial", _trial(path.trial)),
        ("files", _files(path.trial.files)),
        ("repetitions", _repetitions(path)),
        ("channel", _channel(path)),
        (
            "applied",
            path.history or (["nothing: times of repetitions and phases"] if not path.channel else ["nothing"]),
        ),
        ("variant", _settings(path.variant)),
        ("100 %", reference_lines(path)),
        ("findings", _findings(path)),
        ("decisions", _decisions(path)),
        ("run", _run(path)),
    )
    for label, entries in blocks:
        lines += _block(label, list(entries), terminal.width)
    return terminal.finish(lines)


def _block(label: str, entries: Sequence[str], width: int) -> list[str]:
    """Return entries under each other with a label on the left; an entry may bring a label of its own, before a tab."""
    lines: list[str] = []
    for at, entry in enumerate(entries):
        own, tab, text = entry.rpartition("\t")
        left = (own if tab else label if at == 0 else "").ljust(LABEL)
        lines += wrapped(text, width, first=left, later=" " * (LABEL + 2))
    return lines


def _heading(path: NumberPath, terminal: Terminal) -> list[str]:
    row = path.numbers[0]
    metric = METRIC_NAMES.get(row["metric"], row["metric"].replace("_", " "))
    place = " ".join(part for part in (row["muscle"].replace("_", " "), row["side"], row["placement"]) if part)
    stage = "" if row["stage"] in ("time", "") else f" (of the {row['stage']} signal)"
    variant = f", variant {row['variant']}" if path.variant else ""
    return wrapped(f"{path.trial.id}: {metric}{place and f' of {place}'}{stage}{variant}", terminal.width)


def _numbers(path: NumberPath) -> Iterator[str]:
    """Yield the numbers as a table."""
    first = path.numbers[0]
    scale, shown = shown_unit(first["amplitude_unit"])
    has_amplitude = any(row["amplitude"] for row in path.numbers)
    value_scale, value_unit = shown_unit(first["unit"])
    heads = [fit(name, width) for name, width in _COLUMNS]
    units = [value_unit, *([shown] if has_amplitude else [])]
    yield "".join([*heads, *(fit(unit, 11, right=True) for unit in units)]).rstrip()
    for row in path.numbers:
        whole = row["phase"] == _WHOLE
        cells = (str(row["repetition"] or "all"), "whole" if whole else row["phase"])
        times = (seconds(row["start"]), seconds(row["stop"]))
        values = [number(_scaled(row["value"], value_scale), digits=4)]
        values += [number(_scaled(row["amplitude"], scale), digits=4)] if has_amplitude else []
        parts = [fit(text, width) for text, (_, width) in zip((*cells, *times), _COLUMNS, strict=True)]
        yield "".join([*parts, *(fit(text, 11, right=True) for text in values)]).rstrip() + _excluded(row)


def _scaled(text: str, scale: float) -> float | None:
    return float(text) * scale if text else None


def _excluded(row: Mapping[str, Any]) -> str:
    if row["excluded"] == "True":
        return "  EXCLUDED"
    return "  value EXCLUDED" if row["value_excluded"] == "True" else ""


def _trial(trial: TrialPath) -> Iterator[str]:
    head = trial.factors.get("head_position", "").replace("_", " ")
    known = [trial.factors.get("exercise", "").replace("_", " "), head and f"head in {head}"]
    others = [
        f"{name.replace('_', ' ')} {text}" for name, text in trial.factors.items() if name not in _NOT_FACTORS and text
    ]
    yield ", ".join(part for part in (trial.role, *known, trial.position.replace("_", " "), *others) if part)
    yield f"stated in {trial.origin}" if trial.origin else "where it was stated is not recorded"
    if trial.comment:
        yield f"comment: {trial.comment}"
    if trial.span is not None:
        start, stop = trial.span
        stated = "as stated" if any(one is not None for one in trial.stated) else "the whole recording"
        yield f"counts from {seconds(start)} to {seconds(stop)} s of its clock ({stated})"


def _files(files: Sequence[InputFile]) -> Iterator[str]:
    for one in files:
        reader = f", read as {one.reader}" if one.reader else ""
        offset = f", {one.offset:g} s added to its times" if one.offset else ""
        yield f"{one.name}{reader}{offset}; {NOW[one.state]}"
        yield f"  sha256\t{one.sha256}"


def _repetitions(path: NumberPath) -> Iterator[str]:
    if path.trial.role != "task":
        yield "none looked for: the number is about the whole trial"
        return
    detector = dict(path.detector)
    kind = detector.pop("kind", "")
    yield f"found by the detector '{kind}'" + (f": {', '.join(_stated(detector))}" if detector else "")


def _stated(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield settings as ``name value``, what is not set left out."""
    for name, value in settings.items():
        if value is not None and value not in ([], {}):
            yield f"{name.replace('_', ' ')} {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"({', '.join(_stated(value))})"
    if isinstance(value, list):
        return " and ".join(map(_value, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _channel(path: NumberPath) -> Iterator[str]:
    one = path.channel
    if one is None:
        if path.numbers[0]["muscle"]:
            yield "not in the file of the session"
        return
    side = f", {one.side}" if one.side else ""
    placement = f", placement {one.placement}" if one.placement else ""
    yield f"'{one.label}' is {one.name.replace('_', ' ')}{side}{placement}; {one.sampling_rate:g} Hz, in {one.unit}"
    if path.derived:
        yield f"computed: {', '.join(_stated(path.derived))}"
    elif len(path.trial.files) > 1:
        yield f"lies in {one.file}"
    if one.override:
        yield f"by an override of the study file: {one.override}"


def _settings(settings: Mapping[str, Any]) -> Iterator[str]:
    if settings:
        yield f"{settings['name']}: what differs from the main analysis, which the rest of this page is about:"
        yield from (text for text in _stated({key: value for key, value in settings.items() if key != "name"}))


def _findings(path: NumberPath) -> Iterator[str]:
    numbers = path.numbers
    for one in path.findings:
        touched = sum(one["id"] in row["findings"].split() for row in numbers)
        some = "" if touched == len(numbers) else f" ({touched} of {len(numbers)} numbers)"
        yield f"{one['level'].upper()} {one['id']}{some}: {one['reason']}"
    if not path.findings:
        yield "none touches these numbers"


def _decisions(path: NumberPath) -> Iterator[str]:
    for one in path.decisions:
        yield f"{one['action']} {one['id']}, by {one['who']}, {one['when']}: {one['reason']}; effect: {one['effect']}"
    if not path.decisions:
        yield "none is about these numbers"


def _run(path: NumberPath) -> Iterator[str]:
    run = path.run
    at = datetime.fromtimestamp(float(run["at"]), tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    yield f"study '{run['study']}', processed {at} on machine '{run['machine']}'; results in {run['folder']}"
    yield ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    yield f"SHA-256 of emgpipe's own source, of the settings, and of all that {run['session_file']} was made of:"
    yield f"  source\t{run['code']}"
    yield f"  settings\t{run['settings']}"
    yield f"  made of\t{run['made_of']}"
