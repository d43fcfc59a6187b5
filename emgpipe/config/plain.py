"""A study's settings as plain data that mean the same wherever the study file lies and from wherever it is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from emgpipe.quality import DEFAULT_CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emgpipe.config.study import Study

NEED_NO_SIGNAL: Final = frozenset(
    {
        "name",
        "title",
        "description",
        "extends",
        "reporting",
        "vocabulary",
        "comparisons",
        "primary_outcome",
        "output",
        "protocol",
    }
)
"""Sections that can change without any number of the tables of a run changing with them."""
_WORDS_BEHIND_NUMBERS: Final = {"muscles": "part_of", "exercises": "start_phase"}
"""What of the vocabulary numbers depend on: whom an MVIC is for, and in which order the phases of a repetition come."""


def plain_settings(study: Study, folder: Path, name: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the settings with every default filled in: mappings, lists, texts and numbers.

    Parameters
    ----------
    folder : Path
        Folder of the study file; paths inside it are given relative to it.
    name : callable, optional
        Gives what stands in the place of such a path.
    """
    plain: dict[str, Any] = _plain(study.model_dump(mode="python"), folder, name)
    return plain


def stated_settings(study: Study, folder: Path) -> dict[str, Any]:
    """Return the settings without what is only there by default, as plain data; a study file that says them is as good.

    Some settings mean another thing when they are left out than when their default is written down.
    """
    plain: dict[str, Any] = _plain(_stated(study), folder)
    return plain


def _stated(value: Any) -> Any:
    if isinstance(value, BaseModel):
        named = (name for name in type(value).model_fields if name in value.model_fields_set or name == "kind")
        return {name: _stated(getattr(value, name)) for name in named}
    if isinstance(value, Mapping):
        return {key: _stated(inner) for key, inner in value.items()}
    return [_stated(inner) for inner in value] if isinstance(value, list | tuple) else value


def portable(path: Path, folder: Path) -> str:
    """Return a path relative to a folder where it lies in it, with ``/``."""
    with suppress(ValueError):
        return path.relative_to(folder).as_posix()
    with suppress(ValueError):  # few come here: resolving asks the disk
        return path.relative_to(folder.resolve()).as_posix()
    return path.as_posix()


def measured_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the numbers of all sessions depend on, without those that concern single participants.

    `recordings` is left out: what matters of it are the trials that it lists, and how files are read and joined.
    """
    sections = [name for name in settings if name not in NEED_NO_SIGNAL | {"recordings", "overrides"}]
    added = settings.get("vocabulary") or {}
    words = {
        f"{section}: {entry['id']}": entry.get(key)
        for section, key in _WORDS_BEHIND_NUMBERS.items()
        for entry in added.get(section, ())
    }
    return {**{name: _measured(name, settings[name]) for name in sections}, "vocabulary": words}


def changed_settings(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return in words which settings that numbers depend on differ; both as `plain_settings` gives them."""
    sections = [name for name in dict.fromkeys([*now, *before]) if name not in NEED_NO_SIGNAL]
    found = [
        words
        for name in sections
        for words in _differences(name, _measured(name, before.get(name)), _measured(name, now.get(name)))
    ]
    return [*found, *_changed_words(before.get("vocabulary") or {}, now.get("vocabulary") or {})]


def _measured(section: str, value: Any) -> Any:
    """Return what of a section numbers and findings depend on.

    Of `quality` these are the checks as they are made, whether stated or not; what becomes of numbers that fail one,
    and which decisions there are, is applied to the stored tables.
    """
    if section != "quality":
        return value
    stated = {str(check.get("kind")): check for check in (value or {}).get("checks", ())}
    made = {check.name: _plain(check.model_dump(mode="python"), Path()) for check in DEFAULT_CHECKS} | stated
    return {name: {key: inner for key, inner in check.items() if key != "on_fail"} for name, check in made.items()}


def _changed_words(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Name the entries a study added to the vocabulary that are gone, or mean something else; new ones may come."""
    for section, entries in before.items():
        there = {entry["id"]: entry for entry in now.get(section, ())}
        key = _WORDS_BEHIND_NUMBERS.get(section, "id")
        for entry in entries:
            where = f"vocabulary: {section}: {entry['id']}"
            if entry["id"] not in there:
                yield f"{where} was there at the run and is not now"
            else:
                yield from _differences(f"{where}: {key}", entry.get(key), there[entry["id"]].get(key))


def _plain(value: Any, folder: Path, name: Callable[[str], str] = str) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, folder, name) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, folder, name) for inner in value]
    return name(portable(value, folder)) if isinstance(value, Path) else value


def _differences(name: str, before: Any, now: Any) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(now, Mapping) and before.get("kind") == now.get("kind"):
        for key in dict.fromkeys([*now, *before]):
            yield from _differences(f"{name}: {key}", before.get(key), now.get(key))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now) and _nested(now):
        for index, (one, other) in enumerate(zip(before, now, strict=True), start=1):
            yield from _differences(f"{name}, entry {index}", one, other)
    elif before != now:
        yield f"{name}: {_shown(before)} at the run, {_shown(now)} now"


def _nested(values: list[Any]) -> bool:
    return any(isinstance(value, Mapping) for value in values)


def _shown(value: Any) -> str:
    """Return a setting in a few words."""
    if value is None or value in ([], {}, ""):
        return "nothing"
    if isinstance(value, Mapping):
        named = value.get("kind") or value.get("name")
        return str(named) if named else "a mapping"
    if isinstance(value, list):
        words = ", ".join(map(_shown, value[:6])) + (", ..." if len(value) > 6 else "")
        return f"{len(value)} entries ({words})" if _nested(value) else f"[{words}]"
    return str(value)
