"""What validation says -> errors with file, line, column, the value given, what is allowed, and a suggestion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emgpipe.config.fields import kind_of, models_at
from emgpipe.config.nodes import Loc, Node, Position, follow
from emgpipe.errors import ConfigError, StudyFileError, suggest

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

_MAX_SHOWN = 60
ID = r"^[a-z][a-z0-9_]*$"
PLAIN_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
_PATTERNS = {
    PLAIN_NAME: "must consist of letters, digits, - and _, and begin with a letter or digit",
    ID: "must consist of small letters, digits and _, and begin with a letter, such as wall_hip_thrust",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place of the study file; `at_key` points at the key instead of the value."""

    loc: Loc
    message: str
    at_key: bool = False


def raise_faults(root: Node, faults: Iterable[Fault]) -> None:
    """Raise one error with everything that is wrong, in the order of the file.

    Raises
    ------
    StudyFileError
        If there is at least one fault.
    """
    errors: dict[str, ConfigError] = {}
    for fault in faults:
        at = _position(root, fault)
        error = ConfigError(fault.message, path=at.path, line=at.line, column=at.column)
        errors.setdefault(str(error), error)
    if errors:
        raise StudyFileError(sorted(errors.values(), key=_place))


def _place(error: ConfigError) -> tuple[str, int, int]:
    return str(error.path), error.line or 0, error.column or 0


def _position(root: Node, fault: Fault) -> Position:
    node, way = follow(root, fault.loc)
    if fault.at_key and way:
        parent, _ = follow(root, way[:-1])
        return parent.keys.get(str(way[-1]), node.position)
    return node.position


def faults_of(error: ValidationError, root: Node, model: type[BaseModel]) -> list[Fault]:
    """Turn what pydantic found into faults in plain words.

    Parameters
    ----------
    error : ValidationError
    root : Node
        The file that was validated.
    model : type
        The model it was validated with; knows the allowed names.
    """
    details = [one for one in error.errors(include_url=False) if not _follows_from_others(one)]
    return _joined([_fault(one, root, model) for one in details], root)


def _follows_from_others(details: ErrorDetails) -> bool:
    """Tell whether a list is called too short only because its entries are wrong, which is said of each."""
    given, least = details["input"], details.get("ctx", {}).get("min_length", 0)
    return details["type"] == "too_short" and isinstance(given, list | tuple) and len(given) >= least


def _joined(faults: list[Fault], root: Node) -> list[Fault]:
    """Join the faults of one value: where several types are allowed, each of them complains."""
    joined: dict[tuple[Loc, bool], Fault] = {}
    for fault in faults:
        place = (follow(root, fault.loc)[1] if not fault.at_key else fault.loc, fault.at_key)
        before = joined.get(place)
        if before is None or before.message == fault.message:
            joined[place] = fault
        else:
            joined[place] = replace(before, message=f"{before.message}; or: {fault.message}")
    return list(joined.values())


def _fault(details: ErrorDetails, root: Node, model: type[BaseModel]) -> Fault:
    loc: Loc = tuple(details["loc"])
    name = _name(root, loc)
    given, context = details["input"], details.get("ctx", {})
    kind = details["type"]
    if kind == "extra_forbidden":
        return Fault(loc, _unknown_key(loc, model), at_key=True)
    if kind == "missing":
        return Fault(loc, f"'{loc[-1]}' is missing{_in(root, loc)}; add a line `{loc[-1]}: ...`", at_key=True)
    if kind == "union_tag_not_found":
        return Fault(loc, _missing_kind(root, loc, given, model))
    if kind == "union_tag_invalid":
        return Fault((*loc, "kind"), _unknown_kind(context))
    if given is None:
        return Fault(loc, f"{name}: nothing is given after the colon; give a value or delete the line")
    return Fault(loc, f"{name}: {_reason(kind, given, context) or details['msg']}")


def _name(root: Node, loc: Loc) -> str:
    """Return what the value is called in the file: ``bandpass: low`` or ``channels, entry 2``."""
    node, way = follow(root, loc)
    named = [part for part in way if isinstance(part, str)]
    if not way:
        return "the file"
    if isinstance(way[-1], int):
        return f"{named[-1] if named else 'list'}, entry {way[-1] + 1}"
    parent, _ = follow(root, way[:-1])
    prefixed = isinstance(parent.kind, str) and node is not parent and named[-1] != "kind"
    return f"{parent.kind}: {named[-1]}" if prefixed else named[-1]


def _in(root: Node, loc: Loc) -> str:
    way = follow(root, loc[:-1])[1]
    return f" in {_name(root, way)}" if way else ""


def _unknown_key(loc: Loc, model: type[BaseModel]) -> str:
    inside = models_at(model, loc[:-1])
    allowed = list(inside[0].model_fields) if len(inside) == 1 else []
    listing = f" Allowed: {', '.join(allowed)}" if allowed else ""
    return f"unknown key '{loc[-1]}'{suggest(str(loc[-1]), allowed) or '.'}{listing}"


def _unknown_kind(context: Mapping[str, Any]) -> str:
    allowed = [tag.strip("' ") for tag in str(context.get("expected_tags", "")).split(",")]
    tag = str(context.get("tag", ""))
    return f"unknown kind '{tag}'{suggest(tag, allowed) or '.'} Allowed: {', '.join(allowed)}"


def _missing_kind(root: Node, loc: Loc, given: object, model: type[BaseModel]) -> str:
    kinds = [kind for member in models_at(model, loc) if (kind := kind_of(member))]
    if not isinstance(given, dict):
        chosen = given if given in kinds else next(iter(kinds), "...")
        return f"{_name(root, loc)}: must be a mapping, such as {{kind: {chosen}}}, but {shown(given)} is given"
    return f"'kind' is missing{_in(root, (*loc, 'kind'))}; add a line `kind: ...` with one of: {', '.join(kinds)}"


def shown(value: object) -> str:
    """Return a value as the user typed it, cut to a readable length."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping (lines of `key: value`)"
    if isinstance(value, list):
        return "a list"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."


def _reason(kind: str, given: object, context: Mapping[str, Any]) -> str:
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", ""))
    if kind == "literal_error":
        return _literal(given, context)
    words = _WORDS.get(kind) or next((text for start, text in _FAMILIES if kind.startswith(start)), None)
    if words is None:
        return ""
    return f"{words(context)}, but {shown(given) if given not in ([], ()) else 'an empty list'} is given"


def _literal(given: object, context: Mapping[str, Any]) -> str:
    expected = str(context.get("expected", ""))
    allowed = [part.strip("' ") for part in expected.replace(" or ", ", ").split(",")]
    listing = ", ".join(name or "'' (empty)" for name in allowed)
    return f"{shown(given)} is not allowed{suggest(str(given), allowed) or '.'} Allowed: {listing}"


_Words = Callable[[Mapping[str, Any]], str]
_WORDS: dict[str, _Words] = {
    "greater_than": lambda context: f"must be greater than {context['gt']:g}",
    "greater_than_equal": lambda context: f"must be {context['ge']:g} or more",
    "less_than": lambda context: f"must be less than {context['lt']:g}",
    "less_than_equal": lambda context: f"must be {context['le']:g} or less",
    "finite_number": lambda _: "must be a finite number",
    "string_too_short": lambda _: "must not be empty",
    "string_too_long": lambda context: f"must have at most {context['max_length']} characters",
    "string_pattern_mismatch": lambda context: _PATTERNS.get(context["pattern"], f"must fit {context['pattern']}"),
    "too_short": lambda context: f"needs at least {context['min_length']} in the list",
    "too_long": lambda context: f"takes at most {context['max_length']} entries",
    "int_from_float": lambda _: "must be a whole number",
}
_FAMILIES: tuple[tuple[str, _Words], ...] = (
    ("int_", lambda _: "must be a whole number"),
    ("float_", lambda _: "must be a number such as 0.5"),
    ("bool_", lambda _: "must be true or false"),
    ("string_", lambda _: "must be a text"),
    ("path_", lambda _: "must be the name of a file or folder"),
    ("tuple_", lambda _: "must be a list, such as [a, b]"),
    ("list_", lambda _: "must be a list, such as [a, b]"),
    ("dict_", lambda _: "must be a mapping (lines of `key: value`, indented)"),
    ("mapping_", lambda _: "must be a mapping (lines of `key: value`, indented)"),
    ("model_", lambda _: "must be a mapping (lines of `key: value`, indented)"),
)
