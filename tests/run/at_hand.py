"""A small study that was run; tests harm a copy of it and look what the next run makes of that."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from emgpipe.run import run_study
from tests.pipeline.small import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

MORE = "metrics: [{kind: mean}, {kind: peak}]"
OTHER_RULE = "\nnormalization: {kind: mvic, rule: {kind: sliding_mean, window: 0.4}}\n"
"""A line of the study file that changes every %MVIC."""


def make(folder: Path, participants: int) -> Path:
    """Write a study and run it; return its file."""
    study = write_small_study(folder, participants=participants, more=MORE)
    run_study(study)
    return study


def copied(study: Path, folder: Path) -> Path:
    """Return the file of a copy of a study with its results, time stamps kept."""
    shutil.copytree(study.parent, folder / "copy")
    return folder / "copy" / study.name


def results(study: Path) -> Path:
    """Return the folder of the results."""
    return study.parent / "processed" / "small"


def outputs(study: Path) -> dict[str, bytes]:
    """Return everything a run left but `run.json` and what is kept for speed."""
    folder = results(study)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json" and "kept" not in path.relative_to(folder).parts
    }
