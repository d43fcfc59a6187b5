"""What went wrong in a run, as lines for a terminal: things with the same reason together, each with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.words import lower_label, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Sized

    from emgpipe.model import StudyResult

MOST_LINES: Final = 12
"""Reasons printed per level; all of them stand in the findings table and the report."""
_NAMES: Final = 3
_REASON: Final = 400
_REMEDY: Final = 300
_SAID_AS_OUTCOME: Final = ("session_lost", "trial_failed", "trial_problem", "no_repetition")
_AGAIN: Final = "what to do: as above"
_WORD: Final = {"fail": "FAIL", "warn": "WARN"}


def outcome_lines(result: StudyResult) -> list[str]:
    """Return what failed, which checks failed, and what is warned of; empty if there is nothing of it."""
    return [*_failed(result), *_findings(result, "fail"), *_findings(result, "warn")]


def _failed(result: StudyResult) -> Iterator[str]:
    said = result.findings[result.findings["kind"] == "no_repetition"]  # the others say what to do in the reason
    remedies = dict(zip(said["trial"], said["remedy"], strict=True))
    groups: dict[tuple[str, str], list[str]] = {}
    told = {one.reason for one in result.failed if one.what == "trial"}
    for one in result.failed:
        if one.what == "recording" and one.reason in told:  # the trial says it
            continue
        groups.setdefault((one.what, one.reason), []).append(one.name)
    for (what, reason), names in list(groups.items())[:MOST_LINES]:
        yield from _entry(f"FAILED {_several(what, names)}", reason, remedies.get(names[0], "") or "")
    yield from _rest(groups, result)


def _findings(result: StudyResult, level: str) -> Iterator[str]:
    chosen = result.findings[(result.findings["level"] == level) & ~result.findings["kind"].isin(_SAID_AS_OUTCOME)]
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    said: dict[tuple[str, str, str], str] = {}
    columns = chosen[["kind", "trial", "participant", "muscle", "reason", "remedy"]]
    for kind, trial, participant, muscle, reason, remedy in columns.itertuples(index=False):
        # the same about several channels of a trial is said once, of the first
        first = said.setdefault((kind, trial or reason, remedy), reason)
        groups.setdefault((first, remedy), []).append((trial or participant, lower_label(muscle)))
    before = ""
    for (reason, remedy), places in list(groups.items())[:MOST_LINES]:
        again = remedy if remedy != before or len(remedy) <= len(_AGAIN) else _AGAIN
        yield from _entry(f"{_WORD[level]} {_where(places)}", shortened(reason, _REASON), again)
        before = remedy
    yield from _rest(groups, result)


def _rest(groups: Sized, result: StudyResult) -> Iterator[str]:
    if len(groups) > MOST_LINES:
        yield f"  and {len(groups) - MOST_LINES} more: {result.folder / 'findings.csv'}"


def _where(places: Sequence[tuple[str, str]]) -> str:
    """Name the place of a finding, or the places where the same was found: (trial or participant, muscle) each."""
    owners, muscles = (list(dict.fromkeys(filter(None, names))) for names in zip(*places, strict=True))
    if len(owners) == 1 and len(muscles) > 1:
        return f"{owners[0]}, {_several('muscle', muscles)}"
    names = list(dict.fromkeys(", ".join(filter(None, place)) for place in places if any(place)))
    return _several("place", names, alone="") if names else "study"


def _several(what: str, names: Sequence[str], *, alone: str | None = None) -> str:
    """Name one thing, or count several and name the first of them."""
    if len(names) == 1:
        return f"{what if alone is None else alone} {names[0]}".lstrip()
    more = ", ..." if len(names) > _NAMES else ""
    return f"{len(names)} {what}s ({', '.join(names[:_NAMES])}{more})"


def _entry(head: str, reason: str, remedy: str) -> Iterator[str]:
    yield f"  {head}: {reason}"
    if remedy:
        yield f"       {shortened(remedy, _REMEDY)}"
