"""What has to be made again for a reason that a session is processed for, and what is taken from before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALL: Final = frozenset({"filtered", "measured", "checked"})
_SETTINGS: Final = {
    "channels": _ALL,
    "recordings": _ALL,
    "privacy": _ALL,
    "chain": _ALL,
    "derived": frozenset({"measured"}),
    "zeroing": frozenset({"measured"}),
    "repetitions": frozenset({"measured", "checked"}),
    "metrics": frozenset({"measured"}),
    "quality": frozenset({"checked"}),
    "variants": frozenset({"filtered", "measured"}),
    "normalization": frozenset[str](),
    "vocabulary": frozenset[str](),
    "phases of variants": frozenset({"measured"}),
    "output": frozenset[str](),
}
"""Section of the study file -> what of single trials its change touches; all else is done for the session anyway."""
_SECTIONS: Final = {
    "table": frozenset({"measured", "checked"}),
    "trial": frozenset({"measured", "checked"}),
    "order": frozenset[str](),
    "decision": frozenset[str](),
    "override": _ALL,
    "file": _ALL,
    "reader": _ALL,
}
_OF_SOME: Final = frozenset({"trial", "override", "file", "reader"})
"""Reasons that concern single trials; the others of the session are not made again."""
_WORDS: Final = {"filtered": "filtered signals", "measured": "measured amplitudes", "checked": "checks of trials"}


def consequences(reasons: Iterable[str]) -> str:
    """Say in words what is made again for reasons as `emgpipe.made_of.differences` gives them.

    What is made for the session as a whole (reading, repetitions, references, normalization, tables) is made for any
    reason. An unknown reason counts as one that touches everything.

    >>> consequences(["setting normalization changed"])
    'normalized again; filtered signals, measured amplitudes, checks of trials are taken from before'
    >>> consequences(["trial P01.task.1 changed"])
    'measured and checked again where trials changed; filtered signals are taken from before'
    >>> consequences(["setting chain changed", "trial P01.task.1 changed"])
    'everything again'
    """
    everywhere, somewhere = frozenset[str](), frozenset[str]()
    for reason in reasons:
        touched, is_of_some = _touched(reason)
        everywhere |= frozenset() if is_of_some else touched
        somewhere |= touched if is_of_some else frozenset()
    if everywhere == _ALL:
        return "everything again"
    said = [f"{_listed(everywhere)} again"] if everywhere else []
    if somewhere - everywhere:
        said.append(f"{_listed(somewhere - everywhere)} again where trials changed")
    left = [words for name, words in _WORDS.items() if name not in everywhere | somewhere]
    made = " and ".join(said) or "normalized again"
    return f"{made}; {', '.join(left)} are taken from before" if left else f"{made}; all else is taken from before"


def _touched(reason: str) -> tuple[frozenset[str], bool]:
    """Return what of single trials a reason touches, and whether of some of them only."""
    section, _, rest = reason.partition(" ")
    if section == "setting":
        name = next((one for one in _SETTINGS if rest.startswith(f"{one} ")), "")
        return _SETTINGS.get(name, _ALL), False
    if section == "trial" and rest.endswith(" is gone"):
        return frozenset(), True
    if section == "trial" and rest.endswith(" is new"):
        return _ALL, True
    return _SECTIONS.get(section, _ALL), section in _OF_SOME


def _listed(names: Iterable[str]) -> str:
    return " and ".join(name for name in _WORDS if name in set(names))
