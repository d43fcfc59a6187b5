"""The tree of a Noraxon MAT export: movements, their sources, signals and markers.

``record.movements(m).sources(s).signals.signal_k.{name, units, frequency, begin_time, count, data}``; one movement, one
source and one marker are plain structs, several are struct arrays. A signal of points has a struct array as data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Event, Finding, make_finding
from emgpipe.readers.base import MOST_RATE
from emgpipe.readers.parts.noraxon.header import to_float

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

AXES = ("x", "y", "z")
_BEGINS, _ENDS = ("time", "time_begin", "begin_time", "begin", "start"), ("time_end", "end_time", "end", "stop")
_NAMES = ("name", "label", "text", "title", "comment", "description")


@dataclass(frozen=True, slots=True)
class MatSignal:
    """One signal: samples, shape (n_samples,), in `unit` as written; rate in Hz, begin in s."""

    name: str
    unit: str
    sampling_rate: float
    begin: float
    samples: NDArray[np.float64]

    @property
    def stop(self) -> float:
        """Time after the last sample (s)."""
        return self.begin + self.samples.size / self.sampling_rate


@dataclass(frozen=True, slots=True)
class Movement:
    """One part of a record; times of signals and markers count from its begin."""

    name: str
    begin: float | None
    signals: tuple[MatSignal, ...]
    events: tuple[Event, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def duration(self) -> float:
        """Time to the end of the longest signal (s)."""
        return max((signal.stop for signal in self.signals), default=0.0)


def read_movement(tree: dict[str, object], number: int) -> Movement:
    """Understand one movement; what is no signal is left out and named in a finding."""
    signals: list[MatSignal] = []
    findings: list[Finding] = []
    for key, found in _signals(tree):
        rate = scalar(found.get("frequency"))
        name = text(found.get("name")) or key
        parts = list(_parts(name, found.get("data")))
        if rate is None or not 0 < rate <= MOST_RATE or not parts:
            what = "no samples" if rate is not None and 0 < rate <= MOST_RATE else "no usable frequency"
            reason = f"the signal '{name}' has {what} and is not read"
            findings.append(make_finding("signal_unreadable", "warn", reason, "export the recording again"))
            continue
        unit, begin = text(found.get("units")), scalar(found.get("begin_time")) or 0.0
        signals += [MatSignal(label, unit, rate, begin, samples) for label, samples in parts]
        findings += _count_finding(name, scalar(found.get("count")), parts[0][1].size)
    events = [event for key in ("markers", "activities", "periods") for event in _events(tree.get(key))]
    name = text(tree.get("name")) or f"movement {number}"
    return Movement(
        name,
        scalar(tree.get("time_begin")),
        tuple(signals),
        tuple(sorted(events, key=lambda e: e.start)),
        tuple(findings),
    )


def structs(value: object) -> list[dict[str, object]]:
    """Return one struct or a struct array as a list of structs."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def scalar(value: object) -> float | None:
    """Return a number with one element, also one written as text; None for anything else."""
    if isinstance(value, str):
        return to_float(value.strip())
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "biuf":
        number = float(value.reshape(-1)[0])
        return number if np.isfinite(number) else None
    return None


def text(value: object) -> str:
    """Return a text, the first of several, or an empty one."""
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), "")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _signals(tree: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    for source in structs(tree.get("sources")):
        for group in structs(source.get("signals")):
            for key in sorted(group, key=_natural):
                for found in structs(group[key]):
                    yield key, found


def _natural(key: str) -> tuple[object, ...]:
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", key))


def _parts(name: str, data: object) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Return the samples of a signal, one array per axis."""
    if isinstance(data, np.ndarray):
        columns = _columns(data)
        names = [name] if len(columns) == 1 else [f"{name} {_axis(place)}" for place in range(len(columns))]
        yield from zip(names, columns, strict=True)
        return
    for place, part in enumerate(structs(data)):
        inner = part.get("data")
        for column in _columns(inner) if isinstance(inner, np.ndarray) else []:
            yield f"{name} {text(part.get('name')) or _axis(place)}", column


def _columns(data: NDArray[np.generic]) -> list[NDArray[np.float64]]:
    """Return the columns of a matrix whose longer side is time."""
    if data.dtype.kind not in "biuf" or data.size == 0 or data.ndim > 2:
        return []
    matrix = np.atleast_2d(data)
    if matrix.shape[0] < matrix.shape[1]:
        matrix = matrix.T
    return [np.array(column, dtype=np.float64) for column in matrix.T] if matrix.shape[1] <= 64 else []


def _axis(place: int) -> str:
    return AXES[place] if place < len(AXES) else str(place + 1)


def _count_finding(name: str, declared: float | None, found: int) -> list[Finding]:
    if declared is None or declared == found:
        return []
    reason = f"'{name}' declares {declared:g} samples and holds {found}"
    return [make_finding("count_mismatch", "warn", reason, "export the recording again", value=float(found))]


def _events(value: object) -> Iterator[Event]:
    for found in structs(value):
        begins = _first(found, _BEGINS)
        ends, names = _first(found, _ENDS), _first(found, _NAMES)
        if isinstance(begins, np.ndarray) and begins.size > 1 and begins.dtype.kind in "biuf":
            labels = names if isinstance(names, list) else []
            for place, time in enumerate(begins.reshape(-1).astype(np.float64).tolist()):
                if np.isfinite(time):
                    yield Event(text(labels[place : place + 1]) or "marker", time)
        elif (start := scalar(begins)) is not None:
            stop = scalar(ends)
            yield Event(text(names) or "marker", start, max(stop - start, 0.0) if stop is not None else 0.0)


def _first(found: dict[str, object], keys: tuple[str, ...]) -> object:
    return next((found[key] for key in keys if found.get(key) is not None), None)
