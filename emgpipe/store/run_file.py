"""`run.json`: what was run on what, what became of it, and the hash of every file it read and wrote."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from emgpipe.atomic import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from emgpipe.model import Outcome

FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class RunFile:
    """The content of `run.json`.

    Attributes
    ----------
    inputs, outputs : mapping of str to str
        Path -> SHA-256; outputs relative to the folder of `run.json`.
    timing : mapping
        Everything that differs between two equal runs (times, machine) and nothing else.
    """

    study: str
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    outcomes: tuple[Outcome, ...]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    timing: Mapping[str, Any]


def write_run_file(path: Path, run: RunFile) -> None:
    """Write `run.json`, whole or not at all; it comes last, so that it vouches for all other files."""
    counts: dict[str, int] = {}
    for outcome in run.outcomes:
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
    content = {
        "format": FORMAT,
        "study": run.study,
        "outcome_counts": counts,
        "outcomes": [asdict(outcome) for outcome in run.outcomes],
        "versions": dict(run.versions),
        "inputs": dict(run.inputs),
        "outputs": dict(run.outputs),
        "settings": dict(run.settings),
        "timing": dict(run.timing),
    }
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content as hex; ``unreadable`` if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return "unreadable"
    return digest.hexdigest()
