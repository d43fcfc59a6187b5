"""Add a decision to the decisions table of a study, checked like a row that was typed, and say what it will touch."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.config import KnownPlaces, decision_of, list_trials, load_study, placed, read_decisions
from emgpipe.config.decision_row import with_row
from emgpipe.errors import ConfigError, StoreError
from emgpipe.privacy import Names
from emgpipe.store import FINDINGS, METRICS, REFERENCES, RUN_FILE, read_run_file, read_table, write_text
from emgpipe.verdicts import judge, needs_run, only_measured
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from emgpipe.config import Study
    from emgpipe.model import Decision
    from emgpipe.vocabulary import Vocabulary

_UNKNOWN: Final = "it touches nothing: correct the name, or delete its row, in"
_PLACE: Final = ("participant", "session", "trial", "muscle", "side", "placement", "finding")


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was written down.

    Attributes
    ----------
    path : Path
        The table.
    consequences : tuple of str
        What it will touch, and which command applies it.
    warnings : tuple of str
        Names that are not there.
    """

    path: Path
    decision: Decision
    consequences: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def place(self) -> str:
        """What the decision is about, in words."""
        named = [f"{name} {text}" for name in _PLACE if (text := getattr(self.decision, name))]
        if self.decision.onset is not None:
            named.append(f"repetition at {self.decision.onset:g} s")
        return ", ".join(named)


def add_decision(path: Path, cells: Mapping[str, str]) -> Decided:
    """Append one row to the decisions table of a study, making the table where there is none.

    Parameters
    ----------
    path : Path
        The study file.
    cells : mapping of str to str
        By column; the date is today's.

    Raises
    ------
    ConfigError
        The study file names no decisions table, the table cannot be read, or the decision is incomplete or names
        something that cannot be.
    """
    study = load_study(path)
    table = study.quality.decisions
    if table is None:
        raise ConfigError(
            "the study file names no decisions table yet, so that decisions would not be read; add the lines\n"
            "quality:\n  decisions: decisions.csv",
            path=path,
        )
    vocabulary = load_vocabulary(study.vocabulary)
    row = {"when": dt.datetime.now().astimezone().date().isoformat(), **cells}
    decision, wrong = decision_of(row, vocabulary)
    if decision is None:
        raise ConfigError(f"nothing was written: {'; '.join(wrong)}")
    before, _ = read_decisions(table, vocabulary) if table.exists() else ((), ())
    if decision.id in {one.id for one in before}:
        raise ConfigError("nothing was written: the same decision stands there already", path=table)
    (decision,), unknown = placed([decision], _places(study, vocabulary))
    write_text(table, with_row(table, {**row, "muscle": decision.muscle, "participant": decision.participant}))
    warnings = tuple(problem.message for problem in unknown)
    touched = _consequences(study, (*before, decision), path) if not unknown else (f"as it stands {_UNKNOWN} {table}",)
    return Decided(table, decision, touched, warnings)


def _places(study: Study, vocabulary: Vocabulary) -> KnownPlaces:
    """Return the places a decision can be about, as the study calls them and as its results do."""
    trials, names = list_trials(study, vocabulary).trials, Names.of(study)
    return KnownPlaces.of([*trials, *map(names.renamed, trials)])


def _consequences(study: Study, decisions: tuple[Decision, ...], path: Path) -> tuple[str, ...]:
    """Say what the last decision will do to the numbers of the last run, and how it is applied."""
    folder, named = study.results_folder, Names.of(study).decisions(decisions)
    last = named[-1]
    try:
        read_run_file(folder / RUN_FILE)
        metrics, findings, references = (read_table(folder / name) for name in (METRICS, FINDINGS, REFERENCES))
    except StoreError:
        return (f"the study was not run yet; the decision counts from the first run on: emgpipe run {path}",)
    if needs_run(last, only_measured(metrics, references)):
        return (f"it changes a reference, and with it numbers; apply it with: emgpipe run {path}",)
    rows = judge(metrics, findings, named, study.quality).decisions
    mine = rows[rows["id"] == last.id].iloc[0]
    if not mine["numbers"]:
        return (f"{mine['effect']} of the last run{_begins(last, metrics)}",)
    trials = "1 trial" if mine["trials"] == 1 else f"{mine['trials']} trials"
    return (f"{mine['effect']}, in {trials} of the last run", f"apply it with: emgpipe compare {path}")


def _begins(decision: Decision, metrics: pd.DataFrame) -> str:
    """Say when the repetitions of the trial begin, where none begins at the time that was given."""
    if decision.onset is None or not decision.trial:
        return ""
    times = metrics.loc[(metrics["trial"] == decision.trial) & (metrics["repetition"] > 0), "onset"].dropna().unique()
    return f": the repetitions of this trial begin at {', '.join(f'{time:.2f}' for time in sorted(times))} s"
