"""The files a study names besides its recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.config import Study


def stated_tables(study: Study) -> list[Path]:
    """Return the tables a study file names: trials, participants, repetitions."""
    stated = [study.recordings.trials_path, study.recordings.participants_path]
    return [*(path for path in stated if path is not None), *repetition_tables(study)]


def repetition_tables(study: Study) -> list[Path]:
    """Return the tables that a study reads repetitions from."""
    stated = [getattr(rule.detector, "path", None) for rule in study.repetitions]
    return [path for path in stated if path is not None]


def decisions_files(study: Study) -> list[Path]:
    """Return the decisions table, where there is one."""
    path = study.quality.decisions
    return [path] if path is not None and path.is_file() else []
