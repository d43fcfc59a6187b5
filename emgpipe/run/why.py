"""Why sessions are processed, in words: what all have in common once, equal reasons together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST: Final = 5
"""Reasons that are said of a session."""
_NAMES: Final = 3


def shortened(reasons: Sequence[str], most: int = MOST) -> str:
    """Return reasons as one text, the rest of many as a number.

    >>> shortened(["a is new", "b is gone", "c changed"], 2)
    'a is new; b is gone; and 1 more'
    """
    rest = len(reasons) - most
    return "; ".join([*reasons[:most], *([f"and {rest} more"] if rest > 0 else [])])


def common_reasons(reasons: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the reasons that all of several sessions have; none of a single one."""
    lists = list(reasons.values())
    return tuple(one for one in lists[0] if all(one in other for other in lists[1:])) if len(lists) > 1 else ()


def why_lines(reasons: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield why sessions are processed, equal reasons together.

    Parameters
    ----------
    reasons : mapping
        Session -> its reasons.
    """
    for line, _ in why_groups(reasons):
        yield line


def why_groups(reasons: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the lines of `why_lines`, each with all reasons that the sessions it tells of have in common."""
    common = common_reasons(reasons)
    if common:
        yield f"all {len(reasons)}: {shortened(common)}", common
    for own, names in _groups(reasons, frozenset(common)).items():
        yield f"{_named(names)}: {'also ' if common else ''}{shortened(own)}", (*common, *own)


def _groups(reasons: Mapping[str, Sequence[str]], common: frozenset[str]) -> dict[tuple[str, ...], list[str]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, said in reasons.items():
        if own := tuple(one for one in said if one not in common):
            groups.setdefault(own, []).append(name)
    return groups


def _named(names: Sequence[str]) -> str:
    if len(names) <= _NAMES:
        return ", ".join(names)
    return f"{len(names)} sessions ({', '.join(names[:_NAMES])}, ...)"
