"""Comparisons from stored tables: what `emgpipe run` ends with, and `emgpipe compare` repeats without any signal."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgpipe import __version__
from emgpipe.comparison import compare_all
from emgpipe.config import (
    KnownPlaces,
    changed_settings,
    load_study,
    phases_asked,
    placed,
    portable,
    read_decisions,
    study_sources,
)
from emgpipe.errors import StoreError
from emgpipe.model import StudyResult
from emgpipe.privacy import Names
from emgpipe.selection import Selection
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
from emgpipe.verdicts import judge, needs_run, only_measured, stop_words, stored_decisions
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    _require_same(study, file, run, settings)
    tables = stored_tables(folder / name for name in STORED_TABLES if name in run["outputs"])
    decisions, notices = _decided(study, file, run, tables)
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


def _decided(
    study: Study, file: Path, run: Mapping[str, Any], tables: StudyTables
) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
    """Return all decisions as they are now, and what is wrong with them; refuse where references would change."""
    before = stored_decisions(tables.decisions) if len(tables.decisions) else ()
    stated, wrong = read_decisions(study.quality.decisions, load_vocabulary(study.vocabulary))
    trials = {str(one["name"]) for one in run.get("outcomes", ()) if one["what"] == "trial"}
    people = set(tables.metrics["participant"]) | {name.partition("/")[0] for name in trials}
    now, unknown = placed(Names.of(study).decisions(stated), KnownPlaces(frozenset(people), frozenset(trials)))
    measured = only_measured(tables.metrics, tables.references)
    was = {one.id: one for one in before if one.source == "table" and needs_run(one, measured)}
    new = {one.id: one for one in now if needs_run(one, measured)}
    if was.keys() != new.keys() or _order(was) != _order(new):
        changed = [one for name, one in (was | new).items() if (name in was) != (name in new)] or list(new.values())
        said = "; ".join(f"{one.action} {one.trial or one.muscle} ({one.who}, {one.when})" for one in changed[:5])
        raise StoreError(
            f"decisions about references changed since the run, and with them every %MVIC: {said}. "
            f"Use: emgpipe run {file}"
        )
    notices = tuple(f"{one.where}: {one.message}" for one in (*wrong, *unknown))
    return (*(one for one in before if one.source == "study file"), *now), notices


def _order(decisions: Mapping[str, Decision]) -> list[str]:
    """Return what sets references, in its order: of two that set the same, the later one counts."""
    return [name for name, one in decisions.items() if one.action == "reference"]


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
    names = Names.of(study)
    for path in stated_tables(study):
        before = inputs.get(names.file(portable(path, file.parent)))
        if path.is_file() and before is not None and file_hash(path) != before:
            yield f"the content of {path.name} changed"


def stated_tables(study: Study) -> list[Path]:
    """Return the tables a study file names: trials, participants, repetitions."""
    stated = [study.recordings.trials_path, study.recordings.participants_path]
    return [*(path for path in stated if path is not None), *repetition_tables(study)]


def repetition_tables(study: Study) -> list[Path]:
    """Return the tables that a study reads repetitions from."""
    stated = [getattr(rule.detector, "path", None) for rule in study.repetitions]
    return [path for path in stated if path is not None]


def decisions_files(study: Study) -> list[Path]:
    """Return the decisions table, where there is one."""
    path = study.quality.decisions
    return [path] if path is not None and path.is_file() else []
