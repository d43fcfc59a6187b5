"""Comparisons from stored tables: what `emgpipe run` ends with, and `emgpipe compare` repeats without any signal."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgpipe import __version__
from emgpipe.comparison import compare_all
from emgpipe.config import load_study, portable, study_sources
from emgpipe.model import StudyResult
from emgpipe.privacy import Names
from emgpipe.selection import Selection
from emgpipe.stated_files import decisions_files
from emgpipe.store import (
    DECISIONS,
    FOLDER,
    METRICS,
    RUN_FILE,
    STORED_TABLES,
    file_hash,
    hold,
    read_run_file,
    read_table,
    remove_stale,
    stored_tables,
    update_run_file,
    write_comparisons,
    write_parquet,
    write_table,
    write_text,
)
from emgpipe.stored_run import decisions_now, require_same
from emgpipe.verdicts import judge, stop_words
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from emgpipe.comparison import StudyTables
    from emgpipe.config import Study
    from emgpipe.model import Comparison, Decision, Finding
    from emgpipe.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of the comparisons a study asks for.

    Attributes
    ----------
    comparisons : tuple of Comparison
    problems : tuple of str
        The comparisons that could not be made, with the reason.
    drawn : tuple of str
        The comparisons as parts of a page.
    page : Path
        All of it as one HTML file.
    files : tuple of Path
        Everything that was written, the page among it.
    stopped : bool
        Whether failed checks kept all comparisons from being made.
    notices : tuple of str
        What is wrong with the decisions table, and decisions that touch nothing.
    """

    comparisons: tuple[Comparison, ...]
    problems: tuple[str, ...]
    drawn: tuple[str, ...]
    page: Path
    files: tuple[Path, ...]
    stopped: bool = False
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What comparisons are made from: nothing if checks stop the study, else the numbers selected."""

    stopped: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    use: Selection = field(default_factory=Selection)


def compare_study(path: str | Path, use: Selection | None = None) -> Compared:
    """Repeat the comparisons of a study from the tables its run left, as the study file asks for them now.

    Parameters
    ----------
    path : str or Path
        The study file. Its comparisons, primary outcome, vocabulary, decisions table and what becomes of failed checks
        may have changed since the run; decisions are applied anew, and the columns of the metrics about them written.
    use : Selection, optional
        Other numbers than those that count; what comes of it is written beside the comparisons, not over them.

    Returns
    -------
    Compared

    Raises
    ------
    ConfigError
        The study file or its decisions table cannot be used.
    StoreError
        There are no tables, they are not those of the run, they were measured with other settings, decisions about
        references changed, or a run is writing them just now.
    """
    file = Path(path)
    study = load_study(file)
    read_run_file(study.results_folder / RUN_FILE)  # without a run no folder of results is made
    with hold(study.results_folder, f"emgpipe compare {path}"):
        return _compare_again(study, file, use or Selection())


def _compare_again(study: Study, file: Path, use: Selection) -> Compared:
    started, folder = time.time(), study.results_folder
    run = read_run_file(folder / RUN_FILE)
    names = Names.of(study)
    study = names.study(study)
    settings = names.settings(study, file.parent)
    require_same(study, file, run, settings)
    tables = stored_tables(folder / name for name in STORED_TABLES if name in run["outputs"])
    decisions, notices = decisions_now(study, file, run, tables)
    verdict = judge(tables.metrics, tables.findings, decisions, study.quality)
    judged = _write_verdict(folder, verdict) if _differ(tables, verdict) else []
    compared = compare_stored(
        study, replace(tables, **verdict.tables), settings, Asked(verdict.stopped, decisions, use)
    )
    written = {one.relative_to(folder).as_posix(): file_hash(one) for one in (*judged, *compared.files)}
    fresh = not judged and run["settings"] == settings
    kept = {name: digest for name, digest in run["outputs"].items() if not _replaced(name, use, fresh=fresh)}
    read = (*study_sources(file), *decisions_files(study))
    sources = {names.file(portable(one, file.parent)): file_hash(one) for one in read}
    now = kept | written
    same = all(now.get(name) == digest for name, digest in run["outputs"].items())
    remove_stale(folder, run["outputs"], now)
    update_run_file(
        folder / RUN_FILE,
        run,
        outputs=now,
        whole=run.get("whole", "") if same else "",  # tables of other settings: a study that goes back is run again
        inputs=run["inputs"] | sources,
        settings=settings,
        timing=run["timing"] | {"compared": started, "compare_seconds": time.time() - started},
    )
    return replace(compared, notices=(*notices, *verdict.idle))


def compare_stored(study: Study, tables: StudyTables, settings: Mapping[str, Any], asked: Asked) -> Compared:
    """Make the comparisons of a study and write them with their page; none where failed checks stop the study."""
    from emgpipe.report import comparison_part, render_comparisons

    folder, vocabulary = study.results_folder, load_vocabulary(study.vocabulary)
    used = asked.use.applied(tables, asked.decisions, study.quality)
    comparators = () if asked.stopped else study.comparisons
    comparisons, errors = compare_all(comparators, used, vocabulary, study.primary_outcome)
    comparisons = tuple(asked.use.named(one) for one in comparisons)
    problems = stop_words(asked.stopped) if asked.stopped else tuple(map(str, errors))
    written = write_comparisons(folder, comparisons, problems, name=FOLDER + asked.use.suffix)
    drawn = tuple(map(comparison_part, comparisons))
    rules = sorted(set(tables.references["rule"])) if len(tables.references) else []
    page = render_comparisons(_known(study, used, settings, comparisons), drawn, rules, problems, asked.use.words)
    at = folder / asked.use.page
    write_text(at, page)
    return Compared(comparisons, problems, drawn, at, (*written, at), stopped=bool(asked.stopped))


def _differ(tables: StudyTables, verdict: Verdict) -> bool:
    names = ["excluded", "value_excluded", "decisions"]
    same = names[0] in tables.metrics and tables.metrics[names].equals(verdict.metrics[names])
    return not same or not _as_text(tables.decisions).equals(_as_text(verdict.decisions))


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    return table.fillna("").astype(str)


def _write_verdict(folder: Path, verdict: Verdict) -> list[Path]:
    write_table(verdict.metrics, folder / METRICS)
    write_table(verdict.decisions, folder / DECISIONS)
    tables = {"metrics": read_table(folder / METRICS), "decisions": read_table(folder / DECISIONS)}
    return [folder / METRICS, folder / DECISIONS, *write_parquet(folder, tables)]


def _known(
    study: Study, tables: StudyTables, settings: Mapping[str, Any], comparisons: tuple[Comparison, ...]
) -> StudyResult:
    """Return what is known of a study without its recordings and sessions."""
    return StudyResult(
        name=study.name,
        title=study.title or study.name,
        folder=study.results_folder,
        metrics=tables.metrics,
        curves=tables.curves,
        findings=tables.findings,
        decisions=tables.decisions,
        comparisons=comparisons,
        references=(),
        outcomes=(),
        settings=settings,
        versions={"emgpipe": __version__},
        sessions={},
    )


def _replaced(name: str, use: Selection, *, fresh: bool) -> bool:
    """Tell whether an output is of these comparisons, or of a selection that is out of date with them."""
    own = name == use.page or name.startswith(f"{FOLDER}{use.suffix}/")
    others = not fresh and not use.suffix and name.startswith(f"{FOLDER}_")
    return own or others
