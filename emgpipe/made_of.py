"""What a session's numbers are made of, by name: versions, settings, trials, decisions and files, each as a digest.

Two runs that agree in all of it give the same bytes. Where they differ, the names say what is done again and why.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict, fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emgpipe import __version__
from emgpipe.config import measured_settings, phases_asked, portable
from emgpipe.model import Trial
from emgpipe.reading import files_behind
from emgpipe.store import LAYOUT, MISSING, file_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from emgpipe.config import Study
    from emgpipe.model import Decision

Parts = dict[str, dict[str, str]]
"""Section -> name -> version, digest or SHA-256."""
PACKAGES: Final = (
    "numpy", "scipy", "pandas", "pydantic", "h5py", "matplotlib", "neurokit2", "c3d", "edfio", "python-calamine",
)  # fmt: skip
_EXTRAS: Final = ("wfdb", "statsmodels", "pyarrow")
_OF_STUDIES: Final = ("statsmodels", "pyarrow")
"""Packages that work on the tables of a study and on no session: another version of them processes nothing again."""


def versions() -> dict[str, str]:
    """Return the versions a run depends on: emgpipe, Python and the packages that make or draw numbers."""
    found = {"emgpipe": __version__, "python": sys.version.split()[0], **{name: version(name) for name in PACKAGES}}
    for name in _EXTRAS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@cache
def code_digest() -> str:
    """Return a digest of emgpipe's own source: a working copy that was changed is another version."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".yaml", ".csv", ".css", ".html"):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(file_hash(path).encode())
    return digest.hexdigest()


def settings_of(study: Study, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the numbers of every session depend on, as plain data.

    Parameters
    ----------
    settings : mapping
        As `emgpipe.config.plain_settings` gives them.
    """
    found = measured_settings(settings)
    found["recordings"] = {name: settings["recordings"][name] for name in ("joining", "reading", "allow_outside")}
    found["output"] = {"envelope_rate": settings["output"]["envelope_rate"]}
    if study.variants:
        found["phases of variants"] = sorted(phases_asked(settings["comparisons"]))
    return found


def shared_parts(
    settings: Mapping[str, Any], tables: Sequence[Path], folder: Path, hash_of: Callable[[Path], str]
) -> Parts:
    """Return what all sessions of a study depend on.

    Parameters
    ----------
    settings : mapping
        As `settings_of` gives them.
    tables : sequence of Path
        Tables beside the recordings that repetitions are read from.
    """
    return {
        "version": {
            "layout": str(LAYOUT),
            "code": code_digest(),
            **{name: number for name, number in versions().items() if name not in _OF_STUDIES},
        },
        "setting": {name: digest_of(value) for name, value in settings.items()},
        "table": {portable(path, folder): hash_of(path) for path in tables},
    }


def session_parts(
    study: Study,
    trials: Sequence[Trial],
    decisions: Sequence[Decision],
    readers: Mapping[str, str],
    place: tuple[Path, Callable[[Path], str]],
) -> Parts:
    """Return what one session depends on beside the rest of its study.

    Parameters
    ----------
    decisions : sequence of Decision
        All about references; those of other sessions are left out here.
    readers : mapping
        Recording (as `portable` names it) -> the reader that was or is to be used; it tells which files belong to it.
    place : tuple
        The folder of the study file, and what gives the hash of a file.
    """
    folder, hash_of = place
    overrides: dict[str, list[Any]] = {}
    applying = [one for one in study.overrides if any(one.applies_to(trial) for trial in trials)]
    for one in applying:
        overrides.setdefault(f"'{one.reason}'", []).append(one.model_dump(mode="json"))
    decided = decisions_about(trials, decisions)
    recordings = dict.fromkeys(file.path for trial in trials for file in trial.files)
    return {
        "trial": {trial.id: digest_of(_plain_trial(trial, folder)) for trial in trials},
        "order": {
            "of trials": digest_of([trial.id for trial in trials]),
            **_order("of decisions", [one.id for one in decided]),
        },
        "override": {
            **{name: digest_of(stated) for name, stated in overrides.items()},
            **_order("order", [one.reason for one in applying]),
        },
        "decision": {one.id: digest_of(asdict(one)) for one in decided},
        "file": {
            portable(path, folder): hash_of(path)
            for recording in recordings
            for path in files_behind(recording, readers.get(portable(recording, folder), ""), study.recordings.reading)
        },
        "reader": {name: readers[name] for one in recordings if (name := portable(one, folder)) in readers},
    }


def _order(name: str, of: Sequence[str]) -> dict[str, str]:
    """Return the order of things of which a later one goes before an earlier one; empty where there are no two."""
    return {name: digest_of(of)} if len(of) > 1 else {}


def decisions_about(trials: Sequence[Trial], decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions that concern a session."""
    first, ids = trials[0], {trial.id for trial in trials}
    return [
        one
        for one in decisions
        if one.participant in ("", first.participant)
        and one.session in ("", first.session)
        and (not one.trial or one.trial in ids)
    ]


def differences(before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield in words what differs between two sets of parts, the most telling first."""
    for section in dict.fromkeys([*now, *before]):
        old, new = before.get(section, {}), now.get(section, {})
        for name in dict.fromkeys([*new, *old]):
            if old.get(name) == new.get(name):
                continue
            what = "emgpipe itself" if (section, name) == ("version", "code") else f"{section} {name}"
            if name not in old:
                yield f"{what} is new"
            elif name not in new or new[name] == MISSING:
                yield f"{what} is gone"
            else:
                yield f"{what} changed" + (
                    f" ({old[name]} to {new[name]})" if section == "version" and name != "code" else ""
                )


def digest_of(value: Any) -> str:
    """Return the SHA-256 of plain data."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def _plain_trial(trial: Trial, folder: Path) -> dict[str, Any]:
    """Return what is stated of a trial; not where in the trials table."""
    files = [(portable(file.path, folder), file.offset, file.is_stated) for file in trial.files]
    stated = {name: getattr(trial, name) for name in _OF_TRIAL}  # not `asdict`, which copies every inner value
    # factors in their order: tables have their columns in it
    return {**stated, "factors": list(trial.factors.items()), "files": files, "origin": "", "own_code": ""}


_OF_TRIAL: Final = tuple(one.name for one in fields(Trial))
