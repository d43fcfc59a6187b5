"""A small complete study as tables: what every comparator must be able to answer about, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from emgpipe.comparison import StudyTables
from emgpipe.model.tables import CURVE_POINTS
from tests.comparison.tables import duration, row, table

HEADS = ("hyperextension", "neutral", "slight_flexion", "moderate_flexion", "hyperflexion")
ANGLES = dict(zip(HEADS, (-30.0, 0.0, 18.0, 32.0, 50.0), strict=True))
CONDITIONS = (
    *(("barbell_hip_thrust", head) for head in HEADS),
    ("back_squat", "neutral"),
    ("romanian_deadlift", "neutral"),
)
MUSCLES = {"gluteus_maximus_lower": 2e-4, "erector_spinae": 1e-4}
REPETITIONS = 3


def contract_study(participants: int = 6, seed: int = 3) -> StudyTables:
    """Participants x seven conditions x three repetitions, two sessions of the neutral hip thrust."""
    rng = np.random.default_rng(seed)
    metrics: list[dict[str, Any]] = []
    curves: list[dict[str, Any]] = []
    for number in range(1, participants + 1):
        person = f"P{number:02d}"
        size = {muscle: base * np.exp(0.3 * rng.standard_normal()) for muscle, base in MUSCLES.items()}
        for session in ("1", "2"):
            for order, (exercise, head) in enumerate(CONDITIONS, start=1):
                if session == "1" or (exercise, head) == CONDITIONS[1]:
                    where = {"session": session, "head_position": head, "order": str(order), "load": "60"}
                    metrics += _numbers(person, exercise, where, size, rng)
                    curves += _curves(person, exercise, where, size, rng)
    frame = pd.DataFrame(curves)
    return StudyTables(table(metrics), frame, _references(participants, rng), _participants(participants))


def _numbers(person, exercise, where, size, rng) -> list[dict[str, Any]]:
    rows = []
    level = {"barbell_hip_thrust": 0.6, "back_squat": 0.35, "romanian_deadlift": 0.45}[exercise]
    set_to_set = {muscle: np.exp(0.05 * rng.standard_normal()) for muscle in MUSCLES}
    for repetition in range(1, REPETITIONS + 1):
        at = where | {"repetition": repetition, "onset": 4.0 * repetition}
        rows.append(duration(person, exercise, 2.0 + 0.1 * rng.random(), **at))
        for muscle, base in size.items():
            amplitude = base * level * set_to_set[muscle] * float(np.exp(0.04 * rng.standard_normal()))
            about = at | {"muscle": muscle, "mvic": base}
            rows.append(row(person, exercise, amplitude, metric="mean", **about))
            rows.append(
                row(person, exercise, 1.9 * amplitude * float(np.exp(0.05 * rng.random())), metric="peak", **about)
            )
            frequency = {"kind": "emg", "metric": "median_frequency", "unit": "Hz", "amplitude_unit": "", "mvic": None}
            spectrum = row(person, exercise, np.nan, **at | {"muscle": muscle} | frequency)
            rows.append(spectrum | {"value": 80 - repetition + rng.standard_normal()})
        for channel, slope in (("neck_angle", 1.0), ("lumbar_angle", 0.2)):
            angle = slope * ANGLES[where["head_position"]] + 2 * float(rng.standard_normal())
            about = {"kind": "angle", "muscle": channel, "side": "", "metric": "lockout", "unit": "deg", "mvic": None}
            rows.append(row(person, exercise, np.nan, **at | about | {"amplitude_unit": ""}) | {"value": angle})
    return rows


def _curves(person, exercise, where, size, rng) -> list[dict[str, Any]]:
    shape = 20 + 30 * np.sin(np.linspace(0, np.pi, CURVE_POINTS)) ** 2
    rows = []
    for repetition in range(1, REPETITIONS + 1):
        for muscle in (*size, "neck_angle"):
            emg = muscle in size
            base = row(person, exercise, np.nan, **where | {"muscle": muscle, "repetition": repetition})
            about = {
                "onset": 4.0 * repetition, "kind": "emg" if emg else "angle", "unit": "%MVIC" if emg else "deg",
                "side": "right" if emg else "",
            }  # fmt: skip
            gone = ("metric", "value", "amplitude", "amplitude_unit", "reference", "variant")
            gone += ("findings", "worst", "excluded", "value_excluded", "decisions")
            values = shape * float(np.exp(0.1 * rng.standard_normal())) + rng.standard_normal(CURVE_POINTS)
            kept = {name: value for name, value in base.items() if name not in gone} | about
            rows.append(kept | {str(point): value for point, value in enumerate(values)})
    return rows


def _references(participants: int, rng) -> pd.DataFrame:
    rows = []
    for number in range(1, participants + 1):
        for muscle, base in MUSCLES.items():
            values = sorted((base * float(np.exp(0.05 * rng.standard_normal())) for _ in range(3)), reverse=True)
            for rank, value in enumerate(values, start=1):
                person = f"P{number:02d}"
                rows.append(
                    {
                        "reference": f"{person}/1/{muscle}",
                        "participant": person,
                        "session": "1",
                        "muscle": muscle,
                        "side": "right",
                        "placement": "",
                        "unit": "V",
                        "reference_value": values[0],
                        "trial": f"{person}/1/mvic.{muscle}.prone.{rank}",
                        "position": "prone",
                        "rank": rank,
                        "value": value,
                        "window_start": 1.0,
                        "window_stop": 1.5,
                        "spread": 0.1,
                        "gap": 0.05,
                        "rule": "sliding mean 0.5 s",
                        "chain": "abc",
                    }
                )
    return pd.DataFrame(rows)


def _participants(participants: int) -> pd.DataFrame:
    people = [f"P{number:02d}" for number in range(1, participants + 1)]
    rows = {
        "participant": people,
        "sex": ["female" if number % 2 else "male" for number in range(participants)],
        "training_age": [str(2 + number) for number in range(participants)],
    }
    return pd.DataFrame(rows)


def _with_metrics(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[StudyTables], StudyTables]:
    def spoil(study: StudyTables) -> StudyTables:
        metrics = change(study.metrics.copy())
        kept = set(metrics["participant"]) if len(metrics) else set()
        frames = (study.curves, study.references, study.participants)
        curves, references, people = (frame[frame["participant"].isin(kept)] for frame in frames)
        return StudyTables(metrics, curves, references, people)

    return spoil


def _amplitudes(change: Callable[[pd.Series], pd.Series]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def spoil(metrics: pd.DataFrame) -> pd.DataFrame:
        emg = metrics["amplitude"].notna()
        metrics.loc[emg, "amplitude"] = change(metrics.loc[emg, "amplitude"])
        metrics.loc[emg, "value"] = 100 * metrics.loc[emg, "amplitude"] / 1e-3
        return metrics

    return spoil


def _first_person(factor: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def spoil(metrics: pd.DataFrame) -> pd.DataFrame:
        mine = metrics["participant"].eq("P01") & metrics["exercise"].eq("back_squat")
        metrics.loc[mine, ["amplitude", "value"]] *= factor
        return metrics

    return spoil


def _one_level(metrics: pd.DataFrame) -> pd.DataFrame:
    return metrics[metrics["exercise"].eq("barbell_hip_thrust") & metrics["head_position"].eq("neutral")]


def _forty_levels(metrics: pd.DataFrame) -> pd.DataFrame:
    base = metrics[metrics["exercise"].eq("back_squat")]
    parts = []
    for number in range(40):
        more = base.assign(exercise=f"variant_{number:02d}", head_position="neutral")
        more["trial"] = more["trial"] + f".v{number}"
        more[["amplitude", "value"]] *= 1 + 0.02 * number
        parts.append(more)
    return pd.concat(parts, ignore_index=True)


def _missing(metrics: pd.DataFrame) -> pd.DataFrame:
    gone = metrics["participant"].eq("P01") & metrics["exercise"].eq("back_squat")
    gone |= metrics["participant"].eq("P02") & metrics["head_position"].eq("hyperflexion")
    gone |= metrics["participant"].eq("P03") & metrics["head_position"].ne("neutral")
    return metrics[~gone]


SPOILED: dict[str, Callable[[StudyTables], StudyTables]] = {
    "missing cells": _with_metrics(_missing),
    "one participant": _with_metrics(lambda metrics: metrics[metrics["participant"] == "P01"]),
    "two participants": _with_metrics(lambda metrics: metrics[metrics["participant"].isin(["P01", "P02"])]),
    "all equal": _with_metrics(_amplitudes(lambda amplitude: amplitude * 0 + 1e-4)),
    "one zero": _with_metrics(_first_person(0.0)),
    "one negative": _with_metrics(_first_person(-1.0)),
    "one NaN": _with_metrics(_first_person(np.nan)),
    "all zero": _with_metrics(_amplitudes(lambda amplitude: amplitude * 0)),
    "all NaN": _with_metrics(_amplitudes(lambda amplitude: amplitude * np.nan)),
    "infinite": _with_metrics(_first_person(np.inf)),
    "no reference": _with_metrics(
        lambda metrics: metrics.assign(value=metrics["value"].where(metrics["kind"] != "emg"))
    ),
    "one level": _with_metrics(_one_level),
    "forty levels": _with_metrics(_forty_levels),
    "all excluded": _with_metrics(lambda metrics: metrics.assign(excluded=True)),
    "no rows": _with_metrics(lambda metrics: metrics.iloc[:0]),
    "huge numbers": _with_metrics(_amplitudes(lambda amplitude: amplitude * 1e100)),
    "tiny numbers": _with_metrics(_amplitudes(lambda amplitude: amplitude * 1e-100)),
}
