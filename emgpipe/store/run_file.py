"""`run.json`: what was run on what, what became of it, and the hash of every file it read and wrote."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emgpipe.atomic import write_text
from emgpipe.errors import StoreError
from emgpipe.store.hashes import file_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from emgpipe.model import Outcome

FORMAT = 2
RUN_FILE: Final = "run.json"
_SECTIONS: Final = ("settings", "inputs", "outputs", "timing", "sessions", "readers", "trials", "stated", "copies")


@dataclass(frozen=True, slots=True)
class RunFile:
    """The content of `run.json`.

    Attributes
    ----------
    inputs, outputs : mapping of str to str
        Path -> SHA-256; inputs relative to the folder of the study file where they lie in it, outputs relative to the
        folder of `run.json`.
    sessions : mapping
        Session -> its file, and what it was made of as one digest; see `emgpipe.made_of`.
    readers : mapping of str to str
        Recording -> the reader it was read with.
    code : str
        Digest of the source of emgpipe.
    trials : mapping of str to str
        Trial -> where it was stated.
    stated : mapping
        The settings that the study file states, those that have their default left out; empty where the study keeps
        names out of its results.
    copies : mapping of str to str
        Table that was read -> its copy among the outputs.
    listed : tuple of str
        All files in the folder of the recordings, relative to it, whether a trial uses them or not.
    whole : str
        What all of the run was made of, as one digest; empty where a part of it is missing.
    timing : mapping
        Everything that differs between two equal runs (times, machine, time stamps of files) and nothing else.
    """

    study: str
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    outcomes: tuple[Outcome, ...]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    timing: Mapping[str, Any]
    sessions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    readers: Mapping[str, str] = field(default_factory=dict)
    whole: str = ""
    code: str = ""
    trials: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[str, Any] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] = ()


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
        "code": run.code,
        "inputs": dict(run.inputs),
        "outputs": dict(run.outputs),
        "settings": dict(run.settings),
        "stated": dict(run.stated),
        "sessions": dict(run.sessions),
        "readers": dict(run.readers),
        "trials": dict(run.trials),
        "copies": dict(run.copies),
        "listed": list(run.listed),
        "whole": run.whole,
        "timing": dict(run.timing),
    }
    write_text(path, _as_text(content))


def update_run_file(path: Path, content: Mapping[str, Any], **changed: Mapping[str, Any] | str) -> None:
    """Write a `run.json` again with some sections changed, whole or not at all."""
    write_text(path, _as_text({**content, **changed}))


def _as_text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_run_file(path: Path) -> dict[str, Any]:
    """Return the content of a `run.json`.

    Raises
    ------
    StoreError
        It is missing, damaged, or of another version of emgpipe.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StoreError(f"there is no {path}: the study was not run to its end yet; use: emgpipe run") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path} cannot be read ({error}); make it again with: emgpipe run") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise StoreError(f"{path} was written by another version of emgpipe; make it again with: emgpipe run")
    lost = [name for name in _SECTIONS if not isinstance(content.get(name), dict)]
    if lost:
        raise StoreError(f"{path} is damaged: it has no '{lost[0]}'; make it again with: emgpipe run")
    if not _is_sound(content):
        raise StoreError(f"{path} is damaged or was changed by hand; make it again with: emgpipe run")
    return content


def _is_sound(content: Mapping[str, Any]) -> bool:
    """Tell whether hashes and time stamps are such."""
    timing = content["timing"]
    stamps, sessions = timing.get("stamps"), timing.get("sessions")
    texts = (content["inputs"], content["outputs"], content["readers"], *content["sessions"].values())
    return (
        all(isinstance(one, dict) and all(isinstance(value, str) for value in one.values()) for one in texts)
        and isinstance(sessions, dict)
        and all(isinstance(one, dict) and _is_number(one.get("seconds")) for one in sessions.values())
        and isinstance(stamps, dict)
        and all(isinstance(one, dict) and all(map(_is_stamp, one.values())) for one in stamps.values())
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _is_stamp(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, int) for one in value)


def earlier_outputs(path: Path) -> dict[str, str]:
    """Return the outputs, with their hashes, of the run that wrote a `run.json`; empty if there is none to read."""
    try:
        return dict(read_run_file(path).get("outputs", {}))
    except StoreError:
        return {}


def remove_stale(folder: Path, before: Mapping[str, str], now: Iterable[str]) -> None:
    """Remove what an earlier run made and this one does not, unless somebody changed it since.

    To be called before `run.json` is written: it knows the names of what has to go until that is gone.

    Parameters
    ----------
    before : mapping of str to str
        The outputs of the earlier run with their hashes.
    now : iterable of str
        What stays.

    Raises
    ------
    StoreError
        One of them cannot be removed.
    """
    for name in sorted(before.keys() - set(now)):
        path = folder / name
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file() and file_hash(path) == before[name]:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(
                    f"{path} is of an earlier run, is not made any more and cannot be removed "
                    f"({error.strerror or error}); close it if another program holds it open, and run again"
                ) from error
            _remove_empty(path.parent, folder)


def _remove_empty(inner: Path, folder: Path) -> None:
    """Remove a sub-folder of the results that nothing is left in."""
    if inner != folder and not any(inner.iterdir()):
        inner.rmdir()
