"""Some sessions of a study instead of all: which were asked for, and whether there are any of these names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from emgpipe.errors import ConfigError, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emgpipe.model import Trial
    from emgpipe.run.opened import Opened

Only = Mapping[str, Sequence[str]]
"""``participant`` or ``session`` -> the names that are asked for."""
KEYS: Final = ("participant", "session")
_SHOWN: Final = 12


def parse_only(given: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what ``participant=P03,P05`` and the like ask for; several must all be true of a session.

    Raises
    ------
    ConfigError
        One of them is not of that form.

    Examples
    --------
    >>> parse_only(["participant=P03,P05", "session=2"])
    {'participant': ('P03', 'P05'), 'session': ('2',)}
    """
    only: dict[str, tuple[str, ...]] = {}
    for text in given:
        key, _, listed = text.partition("=")
        names = tuple(name.strip() for name in listed.split(",") if name.strip())
        if key.strip() not in KEYS:
            raise ConfigError(
                f"--only {text}: '{key}' cannot be chosen by{suggest(key, KEYS) or '.'} "
                "Write --only participant=P03 or --only session=2; several with commas: participant=P03,P05"
            )
        if not names:
            raise ConfigError(f"--only {text}: no name stands behind '='; write for example --only {key}=P03")
        only[key.strip()] = only.get(key.strip(), ()) + names
    return only


def own_name(trials: Sequence[Trial], key: str) -> str:
    """Return what a study itself calls the participant or the session of these trials, whatever its results do."""
    return trials[0].own_names[0] if key == "participant" else trials[0].session


def is_asked(trials: Sequence[Trial], only: Only) -> bool:
    """Tell whether a session, given by its trials, was asked for."""
    return all(own_name(trials, key) in _names(names) for key, names in only.items())


def refuse_unknown(only: Only, studies: Sequence[Opened]) -> None:
    """See to it that every name is one of at least one study.

    Raises
    ------
    ConfigError
        One is not; the message says which there are.
    """
    for key, names in only.items():
        if key not in KEYS:
            raise ConfigError(f"only: '{key}' cannot be chosen by; allowed: {', '.join(KEYS)}")
        there = sorted({own_name(trials, key) for one in studies for trials in one.sessions})
        for name in _names(names):
            if name not in there:
                shown = ", ".join(there[:_SHOWN]) + (f" and {len(there) - _SHOWN} more" if there[_SHOWN:] else "")
                raise ConfigError(
                    f"--only {key}={name}: there is no {key} '{name}'{suggest(name, there) or '.'} There is: {shown}",
                    path=studies[0].file if len(studies) == 1 else None,
                )


def of_study(only: Only, opened: Opened) -> dict[str, tuple[str, ...]] | None:
    """Return what is asked for of one of several studies: the names it has; None if it has no such session."""
    there = {key: {own_name(trials, key) for trials in opened.sessions} for key in only}
    known = {key: tuple(name for name in _names(names) if name in there[key]) for key, names in only.items()}
    return known if any(is_asked(trials, known) for trials in opened.sessions) else None


def _names(names: Sequence[str]) -> Sequence[str]:
    return (names,) if isinstance(names, str) else names
