"""What a YAML file says, and where it says it: a tree of values with their positions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

Scalar = str | int | float | bool | None
Loc = tuple[str | int, ...]
"""The way to a value: keys and list indices from the top of the file."""


class Text(str):
    """A text of a study file that remembers the folder of its file: relative paths start there."""

    __slots__ = ("folder",)
    folder: Path

    @classmethod
    def of(cls, text: str, folder: Path) -> Text:
        """Return the text with the folder of the file it stands in."""
        made = cls(text)
        made.folder = folder
        return made


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file; line and column are counted from 1."""

    path: Path
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its position; a mapping also knows where its keys stand."""

    value: Scalar | list[Node] | dict[str, Node]
    position: Position
    keys: dict[str, Position] = field(default_factory=dict)

    def plain(self) -> object:
        """Return the value without positions: dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def child(self, part: str | int) -> Node | None:
        """Return the value under a key or an index, or None."""
        if isinstance(self.value, dict):
            return self.value.get(str(part))
        if isinstance(self.value, list) and isinstance(part, int) and 0 <= part < len(self.value):
            return self.value[part]
        return None

    @property
    def kind(self) -> object:
        """The ``kind`` of a mapping that chooses a member of a catalogue, or None."""
        chosen = self.child("kind") if isinstance(self.value, dict) else None
        return chosen.value if chosen else None


def follow(root: Node, loc: Loc) -> tuple[Node, Loc]:
    """Return the deepest node on the way `loc`, and the way to it as the file has it.

    Parts that the file does not have are passed over: validation names the chosen member of a catalogue, and the
    wrapping of a single value into a list, where the file has nothing.
    """
    node, way, tag_seen = root, [], False
    for part in loc:
        below = node.child(part)
        if below is None or (part == node.kind and not tag_seen):
            tag_seen = True
            continue
        node, tag_seen = below, False
        way.append(part)
    return node, tuple(way)


def merge(base: Node, over: Node) -> Node:
    """Lay one file over another: mappings are merged, everything else is replaced whole.

    Two mappings of different ``kind`` are different members of a catalogue; their settings do not mix, so the
    upper one replaces the lower one whole.
    """
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    if over.kind is not None and over.kind != base.kind:
        return over
    children = dict(base.value)
    for key, node in over.value.items():
        children[key] = merge(children[key], node) if key in children else node
    return Node(children, over.position, {**base.keys, **over.keys})
