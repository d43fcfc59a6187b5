"""From the files of all sessions to the tables of the study, its comparisons and its report."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from emgpipe.atomic import going_on
from emgpipe.checking.protocol import findings_of_protocol, usable_of
from emgpipe.comparing import Asked, compare_stored
from emgpipe.made_of import versions
from emgpipe.model import StudyResult, make_finding
from emgpipe.model.tables import CURVE_COLUMNS, MAIN_VARIANT, METRIC_COLUMNS
from emgpipe.peak_windows import peak_windows
from emgpipe.run.light_session import light_session, without_tables
from emgpipe.run.session_pages import SEPARATE, draw_session, page_path
from emgpipe.run_account import listing_findings, outcomes
from emgpipe.session_tables import concatenate, findings_table
from emgpipe.store import (
    CLEANING,
    CURVES,
    DECISIONS,
    FINDINGS,
    METRICS,
    PARTICIPANTS,
    REFERENCES,
    cleaning_table,
    file_hash,
    read_table,
    references_table,
    stored_tables,
    write_parquet,
    write_table,
    write_text,
)
from emgpipe.verdicts import judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from emgpipe.comparing import Compared
    from emgpipe.comparison import StudyTables
    from emgpipe.model import Finding, Reference
    from emgpipe.run.light_session import LightSession
    from emgpipe.run.opened import Opened
    from emgpipe.run.todo import Planned
    from emgpipe.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Gathered:
    """A study as its tables and report have it.

    Attributes
    ----------
    files : tuple of Path
        Everything that was written, or should have been.
    held : mapping of Path to str
        Those of them that another program holds open, so that they are still those of the run before -> the hash of
        what they should be.
    """

    result: StudyResult
    files: tuple[Path, ...]
    held: Mapping[Path, str] = field(default_factory=dict)


def gather(opened: Opened, planned: Sequence[Planned]) -> Gathered:
    """Join the sessions that were processed, now or before, and write what the study says of them.

    Parameters
    ----------
    planned : sequence of Planned
        All sessions; one that is still to be processed counts as failed, or as left out.
    """
    with going_on() as held:
        gathered = _gather(opened, planned, held)
        return replace(gathered, held={path: file_hash(aside) for path, aside in held.items()})


def _gather(opened: Opened, planned: Sequence[Planned], held: Mapping[Path, Path]) -> Gathered:
    sessions = [light_session(one, opened.naming) for one in planned]
    findings = _findings(opened, sessions)
    measured, asked, idle = _measure(opened, sessions, findings)
    sessions = without_tables(sessions)  # from here on the files count
    tables = stored_tables(held.get(path, path) for path in measured)  # as `emgpipe compare` will have them, exactly
    compared = replace(compare_stored(opened.study, tables, opened.settings, asked), notices=idle)
    result = _result(opened, sessions, tables, compared, findings)
    pages = [*_write_pages(result, sessions, compared.drawn), *_write_parquet(result, tables, held)]
    stored = (one.path for one in sessions if one.path is not None)
    return Gathered(result, (*measured, *compared.files, *pages, *stored))


def _measure(
    opened: Opened, sessions: Sequence[LightSession], findings: Sequence[Finding]
) -> tuple[list[Path], Asked, tuple[str, ...]]:
    """Write what was measured; return the paths, what comparisons are made from, and decisions that touch nothing."""
    verdict = _verdict(opened, sessions, findings)
    return _write_measured(opened, sessions, verdict), Asked(verdict.stopped, opened.all_decisions), verdict.idle


def _verdict(opened: Opened, sessions: Sequence[LightSession], findings: Sequence[Finding]) -> Verdict:
    """Judge the numbers of all sessions by what was found about them, and by what was decided."""
    metrics = concatenate([one.light.metrics for one in sessions], METRIC_COLUMNS)
    return judge(metrics, findings_table(findings), opened.all_decisions, opened.study.quality)


def _findings(opened: Opened, sessions: Sequence[LightSession]) -> list[Finding]:
    of_sessions = (finding for one in sessions for finding in one.light.findings)
    usable = usable_of(one.light for one in sessions)
    lacking = findings_of_protocol(opened.study, opened.vocabulary, opened.listing.trials, usable)
    return [*listing_findings(opened.listing), *lacking, *peak_windows(opened.study), *of_sessions]


def _write_measured(opened: Opened, sessions: Sequence[LightSession], verdict: Verdict) -> list[Path]:
    """Write the tables that comparisons are made from; return their paths."""
    import pandas as pd

    tables = {
        METRICS: verdict.metrics,
        FINDINGS: verdict.findings,
        DECISIONS: verdict.decisions,
        CURVES: concatenate([one.light.curves for one in sessions], CURVE_COLUMNS),
        REFERENCES: references_table(_references(sessions)),
    }
    if opened.people is not None:
        tables[PARTICIPANTS] = pd.DataFrame(list(opened.people.rows), columns=list(opened.people.columns))
    for name, table in tables.items():
        write_table(table, opened.folder / name)
    return [opened.folder / name for name in tables]


def _references(sessions: Sequence[LightSession]) -> tuple[Reference, ...]:
    return tuple(reference for one in sessions for reference in one.light.references)


def _result(
    opened: Opened,
    sessions: Sequence[LightSession],
    tables: StudyTables,
    compared: Compared,
    measured: Sequence[Finding],
) -> StudyResult:
    """Join what was found about the sessions with the comparisons."""
    study = opened.study
    findings = [
        *measured,
        # where failed checks stop the study the first says so, and the others are findings already
        *(
            make_finding("comparison_not_made", "warn", problem)
            for problem in compared.problems[: 1 if compared.stopped else None]
        ),
        *(make_finding("decision_without_effect", "warn", words) for words in compared.notices),
    ]
    return StudyResult(
        name=study.name,
        title=study.title or study.name,
        folder=opened.folder,
        metrics=tables.metrics,
        curves=tables.curves,
        findings=findings_table(findings),
        decisions=tables.decisions,
        comparisons=compared.comparisons,
        references=_references(sessions),
        outcomes=tuple(outcomes(opened.listing, [one.light for one in sessions])),
        settings=opened.settings,
        versions=versions(),
        sessions={one.name: one.path for one in sessions if one.path},
        cleaning=cleaning_table(trial for one in sessions for trial in one.light.trials),
    )


def _write_pages(result: StudyResult, sessions: Sequence[LightSession], drawn: Sequence[str]) -> Iterator[Path]:
    """Write the findings and the report, which shows the main analysis; return their paths."""
    from emgpipe.report import render_report

    write_table(result.findings, result.folder / FINDINGS)
    yield result.folder / FINDINGS
    if result.cleaning is not None and not result.cleaning.empty:
        write_table(result.cleaning, result.folder / CLEANING)
        yield result.folder / CLEANING
    shown = replace(result, metrics=result.metrics[result.metrics["variant"] == MAIN_VARIANT])
    page = result.folder / "report.html"
    if len(sessions) > SEPARATE:
        own = list(_own_pages(sessions))
        yield from own
        names = {one.name: one.path for one in sessions if one.path is not None}
        links = {name: page_path(path).relative_to(result.folder).as_posix() for name, path in names.items()}
        write_text(page, render_report(shown, [one.light for one in sessions], drawn, links))
    else:
        write_text(page, render_report(shown, [one.whole for one in sessions], drawn))
    yield page


def _own_pages(sessions: Sequence[LightSession]) -> Iterator[Path]:
    """Draw the pages of those sessions that lack one, as where a study has grown; return the paths of all."""
    for one in sessions:
        if one.path is not None:
            draw_session(one.path)
            yield page_path(one.path)


def _write_parquet(result: StudyResult, tables: StudyTables, held: Mapping[Path, Path]) -> list[Path]:
    others = ("metrics", "curves", "references", "participants", "decisions")
    findings = result.folder / FINDINGS
    found = {name: getattr(tables, name) for name in others}
    return write_parquet(result.folder, found | {"findings": read_table(held.get(findings, findings))})
