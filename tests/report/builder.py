"""A synthetic study result: as many participants, exercises and head positions as a test asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from emgpipe.model import (
    Comparison,
    MvicAttempt,
    Outcome,
    Phase,
    Reference,
    ReferenceWindow,
    Repetition,
    SessionResult,
    StudyResult,
    Trace,
    Trial,
    TrialFile,
    TrialResult,
    make_finding,
)
from emgpipe.model.tables import FINDING_COLUMNS
from emgpipe.statistics.best_set import best_set
from emgpipe.statistics.bootstrap_ranks import bootstrap_ranks

MUSCLES = (
    "gluteus_maximus_upper",
    "gluteus_maximus_lower",
    "biceps_femoris",
    "erector_spinae",
    "vastus_lateralis",
)
EXERCISES = (
    "barbell_hip_thrust",
    "back_squat",
    "romanian_deadlift",
    "barbell_glute_bridge",
    "split_squat",
)
HEADS = ("hyperextension", "neutral", "slight_flexion", "moderate_flexion", "hyperflexion")
T_95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365}


@dataclass(frozen=True)
class Size:
    participants: int = 8
    levels: int = 5
    muscles: int = 5
    seconds: float = 24.0
    without_reference: tuple[tuple[str, str], ...] = (("P03", "erector_spinae"),)


SMALL = Size(participants=3, muscles=3, seconds=12, without_reference=(("P03", "biceps_femoris"),))


def people(size: Size) -> list[str]:
    return [f"P{index + 1:02d}" for index in range(size.participants)]


def study(size: Size = Size(), **changes: object) -> tuple[StudyResult, list[SessionResult]]:
    rng = np.random.default_rng(7)
    sessions = [session(person, size, rng) for person in people(size)]
    exercises = (EXERCISES * (size.levels // 5 + 1))[: size.levels]
    exercises = tuple(f"{name}_{i // 5 + 1}" if i >= 5 else name for i, name in enumerate(exercises))
    comparisons = (
        ranking("Exercises at neutral head position", "exercise", exercises, size),
        ranking("Head positions within an exercise", "head_position", HEADS, size),
    )
    result = StudyResult(
        name="demo",
        title="Hip thrust, squat and bridge: gluteus maximus by exercise and head position",
        folder=Path("processed/demo"),
        metrics=pd.concat([s.metrics for s in sessions], ignore_index=True),
        curves=pd.DataFrame(),
        findings=findings_table([f for s in sessions for f in s.findings]),
        comparisons=comparisons,
        references=tuple(reference for s in sessions for reference in s.references),
        outcomes=(
            *(Outcome("trial", t.trial.id, t.status, t.reason) for s in sessions for t in s.trials),
            Outcome("recording", "P09_back_squat_neutral_1.c3d", "failed", "the file is empty; export it again"),
        ),
        settings=SETTINGS,
        versions={"emgpipe": "0.1.0", "python": "3.12.3", "numpy": "2.4.0", "scipy": "1.17.0"},
        sessions={f"{s.participant}/{s.session}": Path(f"sessions/{s.participant}_1.h5") for s in sessions},
    )
    return replace(result, **changes), sessions


SETTINGS = {
    "name": "demo",
    "recordings": {"folder": Path("../raw/demo"), "trials": "trials.csv"},
    "chain": [
        {"kind": "dc_offset"},
        {"kind": "bandpass", "low": 20, "high": 450, "order": 2, "direction": "zero_phase"},
        {"kind": "rectify"},
        {"kind": "rms", "window": 0.1},
    ],
    "normalization": {
        "kind": "mvic",
        "rule": {"kind": "sliding_mean", "window": 0.5},
        "combine": {"kind": "maximum"},
    },
    "repetitions": {"kind": "angle", "channel": "hip_angle", "expected": 5},
    "metrics": ["mean", "peak", "p95"],
    "comparisons": [{"kind": "ranking", "factor": "exercise", "at": {"head_position": "neutral"}}],
}


def findings_table(findings: list) -> pd.DataFrame:
    rows = [{column: getattr(finding, column) for column in FINDING_COLUMNS} for finding in findings]
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))


def session(person: str, size: Size, rng: np.random.Generator) -> SessionResult:
    muscles = MUSCLES[: size.muscles]
    task = [(exercise, "neutral") for exercise in EXERCISES]
    task += [(EXERCISES[0], head) for head in HEADS if head != "neutral"]
    trials = [mvic_trial(person, muscle, position, size, rng) for muscle in muscles for position in ("bent", "prone")]
    trials += [task_trial(person, exercise, head, size, rng) for exercise, head in task]
    trials[-1] = replace(trials[-1], status="failed", traces=(), repetitions=(), reason="no repetition was found")
    found = [
        make_finding(
            "constant_channel", "fail", "the channel is constant for the whole trial", "check the sensor and cable",
            participant=person, session="1", trial=trials[-2].trial.id, channel="ES RT", muscle="erector_spinae",
        ),
        make_finding("mains", "note", "mains at 50 Hz", participant=person, session="1", value=3e-6, unit="V"),
        make_finding(
            "repetition_count", "warn", "4 of 5 repetitions found", "look at the angle channel",
            participant=person, session="1", trial=trials[-3].trial.id, start=1.5, stop=4.25,
        ),
    ]  # fmt: skip
    found += [
        make_finding("no_mvic", "warn", "no MVIC trial is targeted at it", participant=person, session="1",
                     muscle=muscle, side="right")
        for who, muscle in size.without_reference if who == person
    ]  # fmt: skip
    references = tuple(
        reference(person, muscle) for muscle in muscles if (person, muscle) not in size.without_reference
    )
    metrics = pd.DataFrame([
        {"participant": person, "session": "1", "trial": f"{person}/1/{exercise}.{head}.1", "role": "task",
         "kind": "emg",
         "muscle": muscle, "side": "right", "placement": "", "metric": "mean", "value": 50.0, "amplitude_unit": "V",
         "reference": "" if (person, muscle) in size.without_reference else f"{person}/1/{muscle}/right/MVIC"}
        for exercise, head in task for muscle in muscles
    ])  # fmt: skip
    return SessionResult(person, "1", tuple(trials), references, tuple(found), metrics, pd.DataFrame())


def reference(person: str, muscle: str) -> Reference:
    attempts = (
        MvicAttempt(f"{person}/1/mvic.{muscle}.prone.1", "prone", 312e-6, 2.0, 2.5),
        MvicAttempt(f"{person}/1/mvic.{muscle}.bent.1", "bent", 270e-6, 3.0, 3.5),
    )
    return Reference(
        person, "1", muscle, "right", "", 312e-6, "%MVIC", "highest 0.5 s mean of the envelope, maximum over trials",
        attempts, 0.1, 0.135, "abc",
    )  # fmt: skip


def bursts(seconds: float, starts: list[float], length: float, rng: np.random.Generator) -> np.ndarray:
    times = np.arange(round(seconds * 200)) / 200
    shape = np.full(times.size, 4.0)
    for start in starts:
        shape += 250 * np.exp(-0.5 * ((times - start - length / 2) / (length / 5)) ** 2)
    noise = np.convolve(rng.standard_normal(times.size + 40), np.ones(21) / 21, mode="same")[: times.size]
    return np.abs(shape * (1 + 0.8 * noise)) * 1e-6


def trace(name: str, values: np.ndarray, *, kind: str = "emg", unit: str = "V", rate: float = 200.0) -> Trace:
    side = "right" if kind == "emg" else ""
    return Trace(name, f"{name[:8].upper()} RT", kind, side, "", unit, rate, 0.0, values)  # type: ignore[arg-type]


HISTORY = (
    "mean of the whole record removed",
    "Butterworth bandpass 20 to 450 Hz (-3 dB of what is applied), order 2 per pass, zero-phase (order 4 in effect)",
    "rectified",
    "rms over 0.1 s (201 samples), centered",
)


def task_trial(person: str, exercise: str, head: str, size: Size, rng: np.random.Generator) -> TrialResult:
    starts = list(np.arange(1.5, size.seconds - 4, 4.2))
    traces = [trace(m, bursts(size.seconds, starts, 3.2, rng)) for m in MUSCLES[: size.muscles]]
    gap = traces[-1].values.copy()
    gap[600:700] = np.nan
    traces[-1] = replace(traces[-1], values=gap)
    times = np.arange(round(size.seconds * 100)) / 100
    for name, top in (("hip_angle", 85.0), ("neck_angle", 20.0)):
        angle = sum(top * np.exp(-0.5 * ((times - s - 1.6) / 0.7) ** 2) for s in starts)
        traces.append(trace(name, np.asarray(angle, dtype=float), kind="angle", unit="deg", rate=100.0))
    repetitions = tuple(
        Repetition(
            s,
            s + 3.2,
            (
                Phase("concentric", s, s + 1.2),
                Phase("hold", s + 1.2, s + 1.9),
                Phase("eccentric", s + 1.9, s + 3.2),
            ),
        )
        for s in starts
    )
    trial = Trial(
        f"{person}/1/{exercise}.{head}.1", person, "1", "task", (TrialFile(Path(f"{person}_{exercise}_{head}.csv")),),
        start=0.8, factors={"exercise": exercise, "head_position": head, "load": "60", "load_basis": "10RM"},
    )  # fmt: skip
    history = dict.fromkeys(MUSCLES[: size.muscles], HISTORY)
    return TrialResult(trial, "processed", "", tuple(traces), repetitions, (), history)


def mvic_trial(person: str, muscle: str, position: str, size: Size, rng: np.random.Generator) -> TrialResult:
    traces = tuple(trace(m, bursts(6, [1.0], 4.0, rng)) for m in MUSCLES[: size.muscles])
    won = position == "prone" and (person, muscle) not in size.without_reference
    windows = (ReferenceWindow(muscle, "right", 2.8, 3.3, 312e-6),) if won else ()
    trial = Trial(
        f"{person}/1/mvic.{muscle}.{position}.1", person, "1", "mvic", (TrialFile(Path(f"{person}_mvic.edf")),),
        targets=(muscle,), position=position,
    )  # fmt: skip
    return TrialResult(trial, "processed", "", traces, (), windows, dict.fromkeys(MUSCLES[: size.muscles], HISTORY))


def ranking(title: str, factor: str, levels: tuple[str, ...], size: Size) -> Comparison:
    rng = np.random.default_rng(len(levels))
    scope = "head_position = neutral" if factor == "exercise" else "exercise = barbell_hip_thrust"
    cells, rows, sentences = [], [], []
    for m, muscle in enumerate(MUSCLES[: size.muscles]):
        for metric, base in (("mean", 45.0), ("peak", 110.0)):
            effect = np.roll(np.linspace(0, -0.7, len(levels)), m)
            logs = (
                np.log(base) + rng.normal(0, 0.3, (size.participants, 1)) + effect
                + rng.normal(0, 0.13, (size.participants, len(levels)))
            )  # fmt: skip
            where = {"factor": factor, "scope": scope, "muscle": muscle, "side": "right", "metric": metric}
            for p, person in enumerate(people(size)):
                known = (person, muscle) not in size.without_reference
                cells += [
                    where | {"participant": person, "session": "1", "level": level, "unit": "%MVIC",
                             "value": math.exp(logs[p, i]) if known else math.nan,
                             "amplitude": math.exp(logs[p, i]) * 3e-6}
                    for i, level in enumerate(levels)
                ]  # fmt: skip
            rows += ranked_rows(where | {"comparison": title}, logs, levels)
            sentences.append(f"{muscle}, right, {metric}: higher EMG amplitude in {levels[0]} than in {levels[1]}.")
    basis = {"n": f"{size.participants} participants", "method": "additive log model (participant + condition)"}
    return Comparison("ranking", title, pd.DataFrame(rows), pd.DataFrame(cells), tuple(sentences), basis)


def ranked_rows(where: dict, logs: np.ndarray, levels: tuple[str, ...]) -> list[dict]:
    order = np.argsort(-logs.mean(axis=0))
    n = logs.shape[0]
    best, redrawn = best_set(logs), bootstrap_ranks(logs, resamples=200)
    rows = []
    for rank, i in enumerate(order, start=1):
        paired = logs[:, i] - logs[:, order[0]]
        half = T_95.get(n, 2.0) * paired.std(ddof=1) / math.sqrt(n) if n > 1 and rank > 1 else math.nan
        values = np.exp(logs[:, i])
        rows.append(
            where | {
                "unit": "%MVIC", "rank": rank, "level": levels[i], "n": n, "mean": values.mean(),
                "sd": values.std(ddof=1) if n > 1 else math.nan, "geometric_mean": math.exp(logs[:, i].mean()),
                "n_normalized": n, "adjusted_geometric_mean": math.exp(logs[:, i].mean()),
                "ratio_to_first": math.exp(paired.mean()), "ci_low": math.exp(paired.mean() - half),
                "ci_high": math.exp(paired.mean() + half), "n_pairs": n,
                "in_best_set": bool(best.members[i]), "p_best": best.p[i], "smallest_p": best.smallest_p,
                "frequency_first": redrawn.frequency[i, 0], "mean_rank": redrawn.mean[i],
                "rank_low": redrawn.low[i], "rank_high": redrawn.high[i],
                "first_count": int((logs.argmax(axis=1) == i).sum()), "first_of": n, "tie": False,
                "note": "load bases differ" if levels[i] == "split_squat" else "",
                "level_order": i if where["factor"] == "head_position" else math.nan,
            }
        )  # fmt: skip
    return rows
