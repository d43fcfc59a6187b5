"""Run a whole study: list its trials, process session after session, compare, and leave everything in `processed/`."""

from __future__ import annotations

import platform
import sys
import time
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgpipe import __version__
from emgpipe.checking.protocol import findings_of_protocol, usable_of
from emgpipe.comparing import Asked, compare_stored, decisions_files, stated_tables
from emgpipe.config import (
    KnownPlaces,
    list_participants,
    list_trials,
    load_study,
    placed,
    plain_settings,
    portable,
    read_decisions,
    stated_decisions,
    study_sources,
)
from emgpipe.errors import ConfigError
from emgpipe.model import SessionResult, StudyResult, Trial, make_finding
from emgpipe.model.tables import CURVE_COLUMNS, MAIN_VARIANT, METRIC_COLUMNS
from emgpipe.peak_windows import peak_windows
from emgpipe.pipeline import process_session
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
    RUN_FILE,
    RunFile,
    cleaning_table,
    earlier_outputs,
    file_hash,
    read_session_trials,
    references_table,
    remove_stale,
    session_path,
    stored_tables,
    write_run_file,
    write_session,
    write_table,
    write_text,
)
from emgpipe.verdicts import about_references, judge
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from emgpipe.comparing import Compared
    from emgpipe.comparison import StudyTables
    from emgpipe.config import Participants, Study, TrialList
    from emgpipe.model import Decision, Finding, Reference
    from emgpipe.verdicts import Verdict
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class _Session:
    """What stays in memory of a processed session: all but its signals, which lie in its file."""

    light: SessionResult
    path: Path


def run_study(path: str | Path, *, progress: Callable[[int, int, str], None] | None = None) -> StudyResult:
    """Run the study a file describes and write everything under its output folder.

    Parameters
    ----------
    path : str or Path
        The study file.
    progress : callable, optional
        Called after each session with (sessions done, sessions in all, words).

    Returns
    -------
    StudyResult
        The tables, the comparisons and what became of every recording and trial.

    Raises
    ------
    ConfigError
        The study file or its trials table cannot be used, or there is no trial at all.
    StoreError
        The output folder cannot be written.
    """
    started = time.time()
    file = Path(path)
    study = load_study(file)
    vocabulary = load_vocabulary(study.vocabulary)
    listing = list_trials(study, vocabulary)
    _refuse_impossible(study, listing, file)
    people = list_participants(study.recordings, (trial.participant for trial in listing.trials))
    stated, wrong = read_decisions(study.quality.decisions, vocabulary)
    stated, unknown = placed(stated, KnownPlaces.of(listing.trials))
    noticed = (*(people.problems if people else ()), *wrong, *unknown)
    listing = replace(listing, problems=(*listing.problems, *noticed))
    settings = plain_settings(study, file.parent)
    sessions = list(_sessions(study, vocabulary, listing.trials, about_references(stated), settings, progress))
    decisions = (*stated_decisions(study, listing), *stated)
    verdict = _verdict(study, listing, sessions, decisions)
    measured = _write_measured(study.results_folder, sessions, people, verdict)
    tables = stored_tables(measured)  # as `emgpipe compare` will have them, to the last digit
    compared = replace(compare_stored(study, tables, settings, Asked(verdict.stopped, decisions)), notices=verdict.idle)
    result = _gather(study, listing, sessions, settings, tables, compared)
    pages = _write_pages(result, sessions, compared.drawn)
    _write_run(result, study, file, [*measured, *compared.files, *pages, *(one.path for one in sessions)], started)
    return result


def _refuse_impossible(study: Study, listing: TrialList, file: Path) -> None:
    folder, raw = study.results_folder.resolve(), study.recordings.folder.resolve()
    if folder == raw or raw in folder.parents:
        raise ConfigError(
            f"output: folder: {folder} lies inside the recordings {raw}, which are never written to", path=file
        )
    if not listing.trials:
        reasons = "; ".join(problem.message for problem in listing.problems[:5])
        raise ConfigError(f"no trial can be processed. {reasons or f'No file in {raw} fits the study.'}", path=file)


def _sessions(
    study: Study,
    vocabulary: Vocabulary,
    trials: Sequence[Trial],
    decisions: Sequence[Decision],
    settings: dict[str, Any],
    progress: Callable[[int, int, str], None] | None,
) -> Iterator[_Session]:
    """Process session after session; each is written and its signals let go before the next."""
    groups = [list(group) for _, group in groupby(sorted(trials, key=_place), key=_place)]
    for done, group in enumerate(groups, start=1):
        result = process_session(study, vocabulary, group, decisions)
        path = session_path(study.results_folder, result.participant, result.session)
        tables = {"references": references_table(result.references), "findings": findings_table(result.findings)}
        write_session(path, result, tables, settings)
        yield _Session(_without_traces(result), path)
        if progress is not None:
            failed = sum(trial.status == "failed" for trial in result.trials)
            words = f"{result.participant} session {result.session}: {len(group)} trials"
            progress(done, len(groups), words + (f", {failed} FAILED" if failed else ""))


def _place(trial: Trial) -> tuple[str, str]:
    return trial.participant, trial.session


def _without_traces(result: SessionResult) -> SessionResult:
    return replace(result, trials=tuple(replace(trial, traces=()) for trial in result.trials))


def _verdict(study: Study, listing: TrialList, sessions: Sequence[_Session], decisions: Sequence[Decision]) -> Verdict:
    """Judge the numbers of all sessions by what was found about them, and by what was decided."""
    metrics = concatenate([one.light.metrics for one in sessions], METRIC_COLUMNS)
    return judge(metrics, findings_table(_findings(study, listing, sessions)), decisions, study.quality)


def _findings(study: Study, listing: TrialList, sessions: Sequence[_Session]) -> list[Finding]:
    of_sessions = (finding for one in sessions for finding in one.light.findings)
    usable = usable_of(one.light for one in sessions)
    lacking = findings_of_protocol(study, load_vocabulary(study.vocabulary), listing.trials, usable)
    return [*listing_findings(listing), *lacking, *peak_windows(study), *of_sessions]


def _write_measured(
    folder: Path, sessions: Sequence[_Session], people: Participants | None, verdict: Verdict
) -> list[Path]:
    """Write the tables that comparisons are made from; return their paths."""
    import pandas as pd

    tables = {
        METRICS: verdict.metrics,
        FINDINGS: verdict.findings,
        DECISIONS: verdict.decisions,
        CURVES: concatenate([one.light.curves for one in sessions], CURVE_COLUMNS),
        REFERENCES: references_table(_references(sessions)),
    }
    if people is not None:
        tables[PARTICIPANTS] = pd.DataFrame(list(people.rows), columns=list(people.columns))
    for name, table in tables.items():
        write_table(table, folder / name)
    return [folder / name for name in tables]


def _references(sessions: Sequence[_Session]) -> tuple[Reference, ...]:
    return tuple(reference for one in sessions for reference in one.light.references)


def _gather(
    study: Study,
    listing: TrialList,
    sessions: Sequence[_Session],
    settings: dict[str, Any],
    tables: StudyTables,
    compared: Compared,
) -> StudyResult:
    """Join what was found about the sessions with the comparisons."""
    findings = [
        *_findings(study, listing, sessions),
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
        folder=study.results_folder,
        metrics=tables.metrics,
        curves=tables.curves,
        findings=findings_table(findings),
        decisions=tables.decisions,
        comparisons=compared.comparisons,
        references=_references(sessions),
        outcomes=tuple(outcomes(listing, [one.light for one in sessions])),
        settings=settings,
        versions=_versions(),
        sessions={f"{one.light.participant}/{one.light.session}": one.path for one in sessions},
        cleaning=cleaning_table(trial for one in sessions for trial in one.light.trials),
    )


def _write_pages(result: StudyResult, sessions: Sequence[_Session], drawn: Sequence[str]) -> list[Path]:
    """Write the findings and the report, which shows the main analysis; return their paths."""
    from emgpipe.report import render_report

    write_table(result.findings, result.folder / FINDINGS)
    shown = replace(result, metrics=result.metrics[result.metrics["variant"] == MAIN_VARIANT])
    page = render_report(shown, [_Loader(one) for one in sessions], drawn)
    write_text(result.folder / "report.html", page)
    return [result.folder / FINDINGS, *_write_cleaning(result), result.folder / "report.html"]


def _write_cleaning(result: StudyResult) -> list[Path]:
    if result.cleaning is None or result.cleaning.empty:
        return []
    write_table(result.cleaning, result.folder / CLEANING)
    return [result.folder / CLEANING]


@dataclass(frozen=True, slots=True)
class _Loader:
    """Reads the signals of a session back when the report comes to it, one session in memory at a time."""

    session: _Session

    def __call__(self) -> SessionResult:
        return replace(self.session.light, trials=read_session_trials(self.session.path))


def _write_run(result: StudyResult, study: Study, file: Path, files: Sequence[Path], started: float) -> None:
    recordings = (Path(one.name) for one in result.outcomes if one.what == "recording")
    inputs = {*study_sources(file), *stated_tables(study), *decisions_files(study), *recordings}
    outputs = {path.relative_to(result.folder).as_posix(): file_hash(path) for path in files}
    before = earlier_outputs(result.folder / RUN_FILE)
    write_run_file(
        result.folder / RUN_FILE,
        RunFile(
            study=result.name,
            settings=result.settings,
            versions=result.versions,
            outcomes=result.outcomes,
            inputs={portable(path, file.parent): file_hash(path) for path in sorted(inputs)},
            outputs=outputs,
            timing={"started": started, "seconds": time.time() - started, "machine": platform.node()},
        ),
    )
    remove_stale(result.folder, before, outputs)


def _versions() -> dict[str, str]:
    packages = ("numpy", "scipy", "pandas", "pydantic", "h5py", "matplotlib", "neurokit2", "c3d", "edfio")
    return {"emgpipe": __version__, "python": sys.version.split()[0], **{name: version(name) for name in packages}}
