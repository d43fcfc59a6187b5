"""Whether stored tables are still what a run of the study, as it is now, would measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emgpipe.config import KnownPlaces, changed_settings, phases_asked, placed, portable, read_decisions
from emgpipe.errors import StoreError
from emgpipe.privacy import Names
from emgpipe.stated_files import stated_tables
from emgpipe.store import STORED_TABLES, file_hash
from emgpipe.verdicts import needs_run, only_measured, stored_decisions
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from emgpipe.comparison import StudyTables
    from emgpipe.config import Study
    from emgpipe.model import Decision


def require_same(study: Study, file: Path, run: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Refuse unless the stored tables are what a run of the study as it is now would measure.

    Raises
    ------
    StoreError
        They are of another study, were measured with other settings, or were changed since.
    """
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


def decisions_now(
    study: Study, file: Path, run: Mapping[str, Any], tables: StudyTables
) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
    """Return all decisions as they are now, and what is wrong with them; refuse where references would change.

    Raises
    ------
    StoreError
        Decisions about references are not those of the run.
    """
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
