"""What happens in a run for other programs: one JSON object per line; the format is documented in ``docs/run.md``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from functools import singledispatch
from typing import TYPE_CHECKING, Any, TextIO

from emgpipe.run.events import AllEnd, Interrupted, StudyEnds, StudyStarts
from emgpipe.run.how import Begun, Joining, Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.run.account import StudyAccount
    from emgpipe.run.events import Happening


@dataclass(slots=True)
class JsonLines:
    """Prints what happens, a line each, and nothing else."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)

    def __call__(self, event: Happening) -> None:
        """Print it."""
        print_json(as_json(event), self.stream)


def print_json(content: dict[str, Any], stream: TextIO | None = None) -> None:
    """Print one line, in plain ASCII so that no terminal or pipe can spoil it."""
    print(json.dumps(content, allow_nan=False), file=stream or sys.stdout, flush=True)


@singledispatch
def as_json(event: Happening) -> dict[str, Any]:
    """Return what happened as plain data."""
    raise NotImplementedError(type(event).__name__)


@as_json.register
def _(event: StudyStarts) -> dict[str, Any]:
    return {"event": "next_study", "file": str(event.file), "number": event.number, "of": event.of}


@as_json.register
def _(event: Begun) -> dict[str, Any]:
    return {"event": "started", **asdict(event), "up_to_date": event.up_to_date}


@as_json.register
def _(event: Progress) -> dict[str, Any]:
    return {"event": "session", **asdict(event), "left": event.left, "failures": _failures(event.failures)}


@as_json.register
def _(event: Joining) -> dict[str, Any]:
    return {"event": "joining", "sessions": event.sessions}


@as_json.register
def _(event: StudyEnds) -> dict[str, Any]:
    return {"event": "study", **_account(event.account), "seconds": event.seconds}


@as_json.register
def _(event: Interrupted) -> dict[str, Any]:
    return {"event": "interrupted", **asdict(event), "file": str(event.file)}


@as_json.register
def _(event: AllEnd) -> dict[str, Any]:
    studies = [{"file": str(one.file), "state": one.state} for one in event.accounts]
    return {"event": "finished", "studies": studies, "exit_code": event.code, "seconds": event.seconds}


def _failures(failures: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "reason": reason} for name, reason in failures]


def _account(one: StudyAccount) -> dict[str, Any]:
    return {
        **asdict(one),
        "file": str(one.file),
        "folder": None if one.folder is None else str(one.folder),
        "findings": dict(one.findings),
        "failures": _failures(one.failures),
        "report": None if one.report is None else str(one.report),
    }
