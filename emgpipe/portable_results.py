"""Results that say the same from wherever a study is run: paths in them count from the folder of the study file.

Errors name a file as the user wrote it, or as it lies on this machine. What goes into results is worded anew here, so
that a study that was copied, or started from another folder, gives the same bytes. Where the study asks for it, hashes
stand in the place of names (`emgpipe.privacy`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emgpipe.config import portable
from emgpipe.privacy import Names, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emgpipe.config import TrialList
    from emgpipe.model import Finding, Reference, SessionResult, Trial, TrialResult

AS_IT_IS: Final = Text(Names())
"""Hashes nothing."""


def portable_text(text: str, folder: Path) -> str:
    """Return a text in which paths that lie in a folder count from it.

    >>> portable_text("/data/hip/raw/P01.csv: it ends early", Path("/data/hip"))
    'raw/P01.csv: it ends early'
    """
    for start in sorted({str(folder), str(folder.absolute()), str(folder.resolve())}, key=len, reverse=True):
        if start != ".":
            text = re.sub(rf"(?<![\w./\\-]){re.escape(start.rstrip('/'))}[/\\]", "", text)
    return text


def portable_trial(trial: Trial, folder: Path, text: Text = AS_IT_IS) -> Trial:
    """Return a trial whose files count from a folder; without what only the study's own tables know."""
    files = tuple(replace(file, path=Path(text.names.file(portable(file.path, folder)))) for file in trial.files)
    return replace(trial, files=files, origin=text.hidden(portable_text(trial.origin, folder)), own_code="")


def portable_listing(listing: TrialList, folder: Path, text: Text = AS_IT_IS) -> TrialList:
    """Return a list of trials whose problems name files from a folder on; the trials can still be opened."""
    problems = tuple(
        replace(
            one,
            name=text.hidden(portable_text(one.name, folder)),
            where=text.hidden(portable_text(one.where, folder)),
            message=text.hidden(portable_text(one.message, folder)),
            participant=text.names.participant(one.participant),
        )
        for one in listing.problems
    )
    return replace(listing, problems=problems)


def portable_session(result: SessionResult, folder: Path, text: Text = AS_IT_IS) -> SessionResult:
    """Return a session whose trials, findings and references name files from a folder on; numbers stay what they are.

    The names of findings are made of their words: those in the table of metrics change with them.
    """
    findings = tuple(_finding(one, folder, text) for one in result.findings)
    names = {old.id: new.id for old, new in zip(result.findings, findings, strict=True) if old.id != new.id}
    metrics = result.metrics
    if names and not metrics.empty:
        metrics = metrics.assign(findings=_renamed(metrics["findings"], names))
    return replace(
        result,
        trials=tuple(_trial(one, folder, text) for one in result.trials),
        references=tuple(_reference(one, folder, text) for one in result.references),
        findings=findings,
        metrics=metrics,
    )


def _trial(result: TrialResult, folder: Path, text: Text) -> TrialResult:
    trial = portable_trial(result.trial, folder, text)
    channels = tuple(
        replace(one, file=one.file and text.names.file(portable(Path(one.file), folder))) for one in result.channels
    )
    return replace(result, trial=trial, reason=text.hidden(portable_text(result.reason, folder)), channels=channels)


def _reference(reference: Reference, folder: Path, text: Text) -> Reference:
    left_out = tuple(replace(one, reason=text.hidden(portable_text(one.reason, folder))) for one in reference.left_out)
    return replace(reference, left_out=left_out)


def _finding(finding: Finding, folder: Path, text: Text) -> Finding:
    reason, remedy = (text.hidden(portable_text(words, folder)) for words in (finding.reason, finding.remedy))
    return replace(finding, reason=reason, remedy=remedy)


def _renamed(ids: Iterable[str], names: dict[str, str]) -> list[str]:
    known: dict[str, str] = {}
    listed = list(ids)
    for text in listed:
        if text not in known:
            known[text] = " ".join(names.get(one, one) for one in text.split())
    return [known[text] for text in listed]
