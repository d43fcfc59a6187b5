"""Files in the folder of the recordings -> drafts of trials, by file-name patterns."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from emgpipe.config.listing import Draft, Problem
from emgpipe.config.patterns import VOCABULARY_FIELDS, Fields, Known, fits, splits

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from emgpipe.config.recordings import FilePattern
    from emgpipe.config.words import Words


_MAX_READINGS = 40
"""Of a name nobody can read, this many readings are looked at for the message."""


def drafts_from_names(
    names: Sequence[str], patterns: Sequence[FilePattern], words: Words
) -> tuple[list[Draft], list[Problem]]:
    """Take the file names apart.

    Parameters
    ----------
    names : sequence of str
        Relative to the folder of the recordings, with ``/``.
    patterns : sequence of FilePattern
        Tried in this order.
    words : Words
        What the vocabulary knows.

    Returns
    -------
    drafts, problems
        Files that fit no pattern are in neither.
    """
    companions = _companions(names, patterns)
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for name in names:
        if name not in companions:
            for outcome in _outcomes(name, patterns, words, companions):
                (drafts if isinstance(outcome, Draft) else problems).append(outcome)  # type: ignore[arg-type]
    return drafts, problems


def _companions(names: Sequence[str], patterns: Sequence[FilePattern]) -> set[str]:
    """Return the files that are the second file of another one, so that they are not taken for trials."""
    there = set(names)
    return {
        second
        for pattern in patterns
        for name in names
        if (second := _companion(name, pattern)) in there and second != name and fits(pattern.pattern, name)
    }


def _companion(name: str, pattern: FilePattern) -> str:
    if pattern.companion is None:
        return ""
    first = PurePosixPath(name)
    return (first.parent / pattern.companion.replace("{stem}", first.stem)).as_posix()


def _outcomes(
    name: str, patterns: Sequence[FilePattern], words: Words, companions: Container[str]
) -> Iterator[Draft | Problem]:
    fitting = [pattern for pattern in patterns if fits(pattern.pattern, name)]
    for pattern in fitting:
        found = splits(pattern.pattern, name, words.knows)
        if len(found) > 1:
            yield Problem("recording", name, name, _ambiguous(pattern.pattern, found))
            return
        if found:
            yield from _drafted(name, pattern, found[0], companions)
            return
    if fitting:
        yield Problem("recording", name, name, _unknown(name, fitting[0], words))


def _drafted(name: str, pattern: FilePattern, fields: Fields, companions: Container[str]) -> Iterator[Draft | Problem]:
    stated: dict[str, str] = {**pattern.factors, **fields, "file": name}
    if pattern.role is not None:
        stated["role"] = pattern.role
    second = _companion(name, pattern)
    if second in companions:
        stated["file_2"] = second
        if pattern.offset is not None:
            stated["offset_2"] = repr(pattern.offset)
    elif second:
        message = f"its second file '{second}' is not there; the trial goes on without it"
        yield Problem("recording", name, name, message, "note")
    yield Draft(stated, name)


def _ambiguous(pattern: str, found: Sequence[Fields]) -> str:
    ways = " or ".join(_written(fields) for fields in found[:2])
    return (
        f"the name can be read in {len(found)} ways with '{pattern}': {ways}; use another character than _ between "
        "the fields, or a trials table"
    )


def _written(fields: Mapping[str, str]) -> str:
    return "(" + ", ".join(f"{field}: {text}" for field, text in fields.items()) + ")"


def _unknown(name: str, pattern: FilePattern, words: Words) -> str:
    """Show the simplest reading of a name whose exercise, position or target is not known."""
    anything: Known = lambda _field, text: bool(text) and "/" not in text  # noqa: E731 - a contract of one line
    ways = splits(pattern.pattern, name, anything)
    reasons = [words.unknown(fields) for fields in ways[:_MAX_READINGS]]
    shortest = min(reasons, key=lambda reason: (len(reason), reason), default=())
    told = "; ".join(shortest) or f"no {' or '.join(VOCABULARY_FIELDS)} in it is known"
    return f"the name fits '{pattern.pattern}', but {told}"
