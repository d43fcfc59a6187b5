"""Comparisons from stored tables: what `emgpipe run` ends with, and `emgpipe compare` repeats without any signal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgpipe import __version__
from emgpipe.comparison import compare_all
from emgpipe.config import changed_settings, load_study, phases_asked, plain_settings, portable, study_sources
from emgpipe.errors import StoreError
from emgpipe.model import StudyResult
from emgpipe.session_tables import findings_table
from emgpipe.store import (
    RUN_FILE,
    STORED_TABLES,
    file_hash,
    read_run_file,
    remove_stale,
    stored_tables,
    update_run_file,
    write_comparisons,
    write_text,
)
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emgpipe.comparison import StudyTables
    from emgpipe.config import Study
    from emgpipe.model import Comparison

PAGE = "comparisons.html"


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
    """

    comparisons: tuple[Comparison, ...]
    problems: tuple[str, ...]
    drawn: tuple[str, ...]
    page: Path
    files: tuple[Path, ...]


def compare_study(path: str | Path) -> Compared:
    """Repeat the comparisons of a study from the tables its run left, as the study file asks for them now.

    Parameters
    ----------
    path : str or Path
        The study file. Its comparisons, primary outcome and vocabulary may have changed since the run.

    Returns
    -------
    Compared

    Raises
    ------
    ConfigError
        The study file cannot be used.
    StoreError
        There are no tables, they are not those of the run, or they were measured with other settings.
    """
    started = time.time()
    file = Path(path)
    study = load_study(file)
    folder = study.results_folder
    run = read_run_file(folder / RUN_FILE)
    settings = plain_settings(study, file.parent)
    _require_same(study, file, run, settings)
    tables = stored_tables(folder / name for name in STORED_TABLES if name in run["outputs"])
    compared = compare_stored(study, tables, settings)
    written = {one.relative_to(folder).as_posix(): file_hash(one) for one in compared.files}
    kept = {name: digest for name, digest in run["outputs"].items() if not _of_comparisons(name)}
    sources = {portable(one, file.parent): file_hash(one) for one in study_sources(file)}
    update_run_file(
        folder / RUN_FILE,
        run,
        outputs=kept | written,
        inputs=run["inputs"] | sources,
        settings=settings,
        timing=run["timing"] | {"compared": started, "compare_seconds": time.time() - started},
    )
    remove_stale(folder, run["outputs"], kept | written)
    return compared


def compare_stored(study: Study, tables: StudyTables, settings: Mapping[str, Any]) -> Compared:
    """Make the comparisons of a study and write them with their page."""
    from emgpipe.report import comparison_part, render_comparisons

    folder, vocabulary = study.results_folder, load_vocabulary(study.vocabulary)
    comparisons, errors = compare_all(study.comparisons, tables, vocabulary, study.primary_outcome)
    problems = tuple(map(str, errors))
    written = write_comparisons(folder, comparisons, problems)
    drawn = tuple(map(comparison_part, comparisons))
    rules = sorted(set(tables.references["rule"])) if len(tables.references) else []
    page = render_comparisons(_known(study, tables, settings, comparisons), drawn, rules, problems)
    write_text(folder / PAGE, page)
    return Compared(comparisons, problems, drawn, folder / PAGE, (*written, folder / PAGE))


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
        findings=findings_table(()),
        comparisons=comparisons,
        references=(),
        outcomes=(),
        settings=settings,
        versions={"emgpipe": __version__},
        sessions={},
    )


def _of_comparisons(name: str) -> bool:
    return name == PAGE or name.startswith("comparisons/")


def _require_same(study: Study, file: Path, run: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Refuse unless the stored tables are what a run of the study as it is now would measure."""
    folder = study.results_folder
    if run.get("study") != study.name:
        raise StoreError(f"{folder} holds the run of another study, '{run.get('study')}'; use: emgpipe run {file}")
    changed = [*changed_settings(run["settings"], settings), *_changed_inputs(study, file, run["inputs"])]
    new = phases_asked(settings["comparisons"]) - phases_asked(run["settings"].get("comparisons", ()))
    if study.variants and new:
        changed.append(f"the variants were not measured in the phase {' and '.join(sorted(new))}")
    if changed:
        raise StoreError(
            f"{file} says other things about the measurement than at the run, so the stored numbers are not its own: "
            f"{'; '.join(changed[:8])}{f'; and {len(changed) - 8} more' if len(changed) > 8 else ''}. "
            f"Use: emgpipe run {file}"
        )
    for name in STORED_TABLES:
        if name in run["outputs"] and file_hash(folder / name) != run["outputs"][name]:
            raise StoreError(
                f"{folder / name} is missing, or is not what the run wrote (a spreadsheet program that saves a table "
                f"changes it); make it again with: emgpipe run {file}"
            )


def _changed_inputs(study: Study, file: Path, inputs: Mapping[str, str]) -> Iterator[str]:
    """Name the tables beside the recordings whose content changed; one that is no longer there changed no number."""
    for path in stated_tables(study):
        before = inputs.get(portable(path, file.parent))
        if path.is_file() and before is not None and file_hash(path) != before:
            yield f"the content of {path.name} changed"


def stated_tables(study: Study) -> list[Path]:
    """Return the tables a study file names: trials, participants, repetitions."""
    stated = [study.recordings.trials_path, study.recordings.participants_path]
    stated += [getattr(rule.detector, "path", None) for rule in study.repetitions]
    return [path for path in stated if path is not None]
