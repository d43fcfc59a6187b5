"""A study of two sessions with a trials table, small enough to change in many ways and process again each time."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.run.how import How
from emgpipe.run.opened import open_study
from emgpipe.run.todo import plan_run
from tests.pipeline.small import write_recording

if TYPE_CHECKING:
    from emgpipe.run.todo import Todo

STUDY = """
name: small
title: before
recordings: {folder: raw, trials: trials.csv, participants: people.csv}
vocabulary:
  exercises: [{id: my_thrust, name: My thrust}]
channels:
  - {label: GMAX, muscle: gluteus_maximus_lower, side: right}
  - {label: BF, muscle: biceps_femoris, side: right}
  - {label: hip, kind: angle, name: hip_angle}
repetitions: {kind: angle, channel: hip_angle, expected: 3}
chain: [{kind: dc_offset}, {kind: bandpass, low: 20, high: 450}, {kind: rectify}, {kind: rms, window: 0.1}]
normalization: {kind: mvic, rule: {kind: sliding_mean, window: 0.5}}
metrics: [mean, peak, median_frequency, duration, range]
quality: {decisions: decisions.csv}
variants: [{name: smoother, replace: [{kind: rms, window: 0.25}]}]
comparisons: [{kind: ranking, factor: exercise, at: {head_position: neutral}}]
output: {folder: processed}
"""
COLUMNS = (
    "participant", "session", "trial", "role", "file", "target", "position", "exercise", "head_position", "start",
    "stop",
)  # fmt: skip
DECISIONS = "who,when,action,participant,session,trial,muscle,side,placement,onset,finding,value,reason"


@dataclass(frozen=True)
class Changeable:
    """A study on disk; methods change one thing in it."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "study.yaml"

    def edit(self, old: str, new: str) -> None:
        """Replace a text of the study file, which it must have."""
        text = self.file.read_text("utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), "utf-8")

    def rows(self) -> list[dict[str, str]]:
        with (self.folder / "raw/trials.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    def write_rows(self, rows: list[dict[str, str]]) -> None:
        with (self.folder / "raw/trials.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)

    def row(self, index: int, **cells: str) -> None:
        """Change cells of a row of the trials table."""
        rows = self.rows()
        rows[index] |= cells
        self.write_rows(rows)

    def decide(self, line: str) -> None:
        (self.folder / "raw/../decisions.csv").write_text(f"{DECISIONS}\n{line}\n", "utf-8")

    def copy(self, folder: Path, *, results: bool) -> Changeable:
        ignored = None if results else shutil.ignore_patterns("processed")
        shutil.copytree(self.folder, folder, ignore=ignored)
        return Changeable(folder)

    def todo(self) -> Todo:
        return plan_run(open_study(self.file), How())

    def process(self) -> dict[str, str]:
        """Process what is due; return what was done and what was taken from before, by session."""
        todo = self.todo()
        return {one.job.name: str(todo.work(one.job).tally) for one in todo.due}

    def stored(self) -> dict[str, bytes]:
        """Return the sessions' files."""
        folder = self.folder / "processed/small/sessions"
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*.h5"))}


def write_changeable(folder: Path) -> Changeable:
    """Write recordings of P01 and P02: two MVIC trials and two sets each, and a file nobody uses yet."""
    (folder / "raw").mkdir(parents=True)
    rows = []
    for number, person in enumerate(("P01", "P02"), start=1):
        trials = [
            ("mvic", {"target": "gluteus_maximus", "position": "prone"}),
            ("mvic", {"target": "biceps_femoris", "position": "prone"}),
            ("task", {"exercise": "barbell_hip_thrust", "head_position": "neutral"}),
            ("task", {"exercise": "back_squat", "head_position": "neutral"}),
        ]
        for index, (role, cells) in enumerate(trials):
            name = f"{person}_{role}_{index}{'_squat' if index == 3 else ''}.csv"
            level = 1.0 if role == "mvic" else 0.5
            write_recording(folder / "raw" / name, level * number, seed=10 * number + index)
            rows.append({"participant": person, "session": "1", "trial": "1", "role": role, "file": name, **cells})
    write_recording(folder / "raw/P01_later.csv", 0.6, seed=77)
    study = Changeable(folder)
    study.write_rows(rows)
    study.file.write_text(STUDY, "utf-8")
    study.decide("")
    (folder / "raw/people.csv").write_text("participant,sex\nP01,f\nP02,m\n", "utf-8")
    return study
