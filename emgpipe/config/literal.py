"""Texts where a number or true/false is meant: ``010``, ``yes``, ``"5"``. They are said, not guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emgpipe.config.problems import Fault, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from emgpipe.config.nodes import Loc, Node


def text_faults(root: Node, study: BaseModel) -> Iterator[Fault]:
    """Yield every text of the file that validation took as a number or as true/false.

    ``010`` is 8 to one program and 10 to another, and ``no`` is a word in one and false in the other.
    """
    for loc, node in _leaves(root, ()):
        value = _value_at(study, loc) if isinstance(node.value, str) else None
        if isinstance(value, bool):
            yield Fault(loc, f"{shown(node.value)} is a text here; write {shown(value)}, without quotes")
        elif isinstance(value, int | float):
            yield Fault(loc, f"{shown(node.value)} is a text here; write the number {value:g}, without quotes")


def _leaves(node: Node, loc: Loc) -> Iterator[tuple[Loc, Node]]:
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _leaves(child, (*loc, key))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from _leaves(child, (*loc, index))
    else:
        yield loc, node


def _value_at(value: Any, loc: Loc) -> Any:
    """Follow a place of the file into the validated model, through values that were written without their list."""
    for part in loc:
        if isinstance(value, tuple) and isinstance(part, str):
            value = value[0]
        if hasattr(value, "detector") and not hasattr(value, str(part)):
            value = value.detector
        if isinstance(value, dict):
            value = value.get(str(part))
        elif isinstance(value, tuple) and isinstance(part, int):
            value = value[part]
        else:
            value = getattr(value, str(part), None)
    return value
