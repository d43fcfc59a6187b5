"""YAML text -> a tree of values with positions, without the surprises of YAML 1.1.

``no``, ``on``, ``12:30``, ``010`` and dates are text; ``1e-3`` is a number; a key given twice is an error. Objects
are never constructed. Anchors and aliases are refused: settings are shared with ``extends``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emgpipe.config.nodes import Node, Position, Scalar, Text
from emgpipe.config.text import decode, read_bytes
from emgpipe.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yaml import Event

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_MAX_DEPTH = 40
_MAX_DIGITS = 300
"""Longer digit strings are text: no setting needs them, and Python refuses to convert very long ones."""


def read_source(path: Path) -> Node:
    """Read a YAML file into a tree of values with positions.

    Parameters
    ----------
    path : Path
        The file; UTF-8 or UTF-16, with or without a byte order mark.

    Returns
    -------
    Node
        A mapping.

    Raises
    ------
    ConfigError
        With line and column where there are any: the file is missing, not text, not YAML, empty, not a mapping, or
        uses a feature that is switched off.
    """
    text = decode(read_bytes(path, what="study file"), path)
    return parse_source(text, path)


def parse_source(text: str, path: Path) -> Node:
    """Read YAML text that came from `path`; see `read_source`."""
    import yaml

    try:
        root = _Composer(path, yaml.parse(text, Loader=yaml.SafeLoader)).document()
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error, text, path) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise _bad_character(error, text, path) from None
    if root is None or root.value is None:
        raise ConfigError("the file is empty; a study file begins with `name: ...`", path=path, line=1, column=1)
    if not isinstance(root.value, dict):
        found = "a list" if isinstance(root.value, list) else "a single value"
        message = f"the file holds {found}; a study file consists of lines such as `name: my_study`"
        raise _error(message, root.position)
    return root


class _Composer:
    """Events of the YAML parser -> nodes; refuses what a study file does not need."""

    def __init__(self, path: Path, events: Iterator[Event]) -> None:
        self._path = path
        self._events = events

    def document(self) -> Node | None:
        """Return the one document of the stream, or None when there is none."""
        import yaml

        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self._refuse(event, "a second document (`---`) begins here; a study file has only one")
                root = self._node(next(self._events), 0)
        return root

    def _node(self, event: Event, depth: int) -> Node:
        import yaml

        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self._refuse(
                event, "anchors (&name) and aliases (*name) are not supported; write the values out, or share them "
                "between files with `extends`. A text that begins with & or * needs quotes"
            )  # fmt: skip
        if depth > _MAX_DEPTH:
            raise self._refuse(event, f"lists and mappings are nested more than {_MAX_DEPTH} deep")
        if isinstance(event, yaml.ScalarEvent):
            return Node(self._scalar(event), self._at(event))
        if isinstance(event, yaml.CollectionStartEvent) and event.tag not in (None, *self._collection_tags(event)):
            raise self._refuse(event, f"the tag {_short(event.tag)} is not supported; leave it out")
        return self._mapping(event, depth) if isinstance(event, yaml.MappingStartEvent) else self._list(event, depth)

    def _collection_tags(self, event: Event) -> tuple[str, ...]:
        import yaml

        return ("!", f"tag:yaml.org,2002:{'map' if isinstance(event, yaml.MappingStartEvent) else 'seq'}")

    def _list(self, start: Event, depth: int) -> Node:
        import yaml

        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Node(items, self._at(start))

    def _mapping(self, start: Event, depth: int) -> Node:
        import yaml

        children: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            if key in keys:
                message = f"the key '{key}' is given twice in the same place, first in line {keys[key].line}"
                raise self._refuse(event, f"{message}; keep one of the two")
            keys[key] = self._at(event)
            children[key] = self._node(next(self._events), depth + 1)
        return Node(children, self._at(start), keys)

    def _key(self, event: Event) -> str:
        import yaml

        if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None or event.value == "":
            raise self._refuse(event, "a key must be a plain word before the colon; a text with a colon needs quotes")
        return self._text(event)

    def _scalar(self, event: Event) -> Scalar:
        tag, text = getattr(event, "tag", None), self._text(event)
        if tag is None:
            value = _resolve(text) if getattr(event, "style", None) is None else text
        elif tag in _TEXT_TAGS:
            value = text
        else:
            raise self._refuse(event, f"the tag {_short(tag)} is not supported; leave it out, and put text into quotes")
        return Text.of(value, self._path.parent) if isinstance(value, str) else value

    def _text(self, event: Event) -> str:
        """Return the text of a scalar; escapes can write characters that no file name or report can hold."""
        try:
            text = str(getattr(event, "value", "")).encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            raise self._refuse(event, "this text holds a character that cannot be used; delete it or type it again")
        return text

    def _at(self, event: Event) -> Position:
        return Position(self._path, *_line_column(event.start_mark))

    def _refuse(self, event: Event, message: str) -> ConfigError:
        return _error(message, self._at(event))


def _resolve(text: str) -> Scalar:
    """Return the value of an unquoted scalar by the rules in the module's docstring.

    >>> [_resolve(text) for text in ("12", "010", "1e-3", ".5", "no", "12:30", "true", "~", "2024-05-03")]
    [12, '010', 0.001, 0.5, 'no', '12:30', True, None, '2024-05-03']
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) <= _MAX_DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


def _short(tag: object) -> str:
    return str(tag).replace("tag:yaml.org,2002:", "!!")


def _line_column(mark: Any) -> tuple[int, int]:
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _error(message: str, at: Position) -> ConfigError:
    return ConfigError(message, path=at.path, line=at.line, column=at.column)


_REMEDIES = {
    "mapping values are not allowed": "a colon stands where none can; check the indentation of this line and the one "
    "above, and put a text that contains ': ' into quotes",
    "could not find expected ':'": "a key without a colon; write `key: value`, and check the indentation of this line",
    "escape": "in double quotes \\ begins a special character; in a path write / instead of \\, or use single quotes",
}


def _unreadable(error: object, text: str, path: Path) -> ConfigError:
    """Say what is wrong with the layout; the parser's own words are the last resort."""
    line, column = _line_column(getattr(error, "problem_mark", None) or getattr(error, "context_mark", None))
    problem = str(getattr(error, "problem", None) or error)
    lines = text.splitlines()
    given = lines[line - 1] if line <= len(lines) else ""
    return ConfigError(_layout_remedy(problem, given), path=path, line=line, column=column)


def _layout_remedy(problem: str, given: str) -> str:
    if "\t" in given[: len(given) - len(given.lstrip())] or "'\\t'" in problem:
        return "a tab character stands here; indent with spaces (two per level)"
    for words, remedy in _REMEDIES.items():
        if words in problem:
            return remedy
    if "block end" in problem or "block mapping" in problem or "block collection" in problem:
        return "the indentation does not fit the lines above; entries of one level start in the same column"
    if "," in problem and ("']'" in problem or "'}'" in problem):
        return "a bracket [ ] or { } is not closed, or a comma is missing"
    return f"this cannot be read as YAML ({problem}); check quotes, brackets and indentation near here"


def _bad_character(error: Exception, text: str, path: Path) -> ConfigError:
    """Place an error of the parser's reader, which knows an offset but no line."""
    offset = getattr(error, "position", None)
    before = text[: offset if isinstance(offset, int) else 0]
    message = "a character or escape sequence that YAML does not allow; delete it or type it again"
    column = len(before) - (before.rfind("\n") + 1) + 1
    return ConfigError(message, path=path, line=before.count("\n") + 1, column=column)
