"""Findings and decisions -> which numbers count, and where.

A number is touched by a finding in one of two ways. **Through its signal**: the finding is about the trial the number
was measured in, or about the session's electrodes; a number that fails this way is left out of every comparison.
**Through its reference**: the finding is about the MVIC behind it; then only its value in %MVIC is doubtful. Inside one
participant and muscle the reference cancels, so the amplitude still counts there, and only comparisons of normalized
values (between muscles, sessions, groups; levels in %MVIC) do without it.

Who decides, strongest first: a decision to exclude, a decision to keep, the rule ``quality: on_fail``.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from emgpipe.model import Decision, Finding
from emgpipe.model.tables import DECISION_COLUMNS, MAIN_VARIANT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import pandas as pd

    from emgpipe.config.quality import Quality

ABOUT_REFERENCES: Final = (
    "mvic_", "no_mvic", "no_task_reference", "reference_", "above_mvic",
    "task_exceeds_mvic", "placement_differs", "decision_not_applied",
)  # fmt: skip
"""How the kinds of findings begin that are about references, whichever trial they name."""
_RULE: Final = "quality: on_fail: exclude"
_LEFT_OUT: Final = "emgpipe compare --without-marked"
_KEYS: Final = ("participant", "session", "trial", "muscle", "side", "placement", "onset", "reference", "findings")

_NOTHING: Final = "touches no number"

_Effect = Literal["excluded", "value_excluded", "kept", "referenced"]
_WORDS: Final[dict[_Effect, str]] = {
    "excluded": "left out of comparisons",
    "value_excluded": "left out of comparisons of normalized values, amplitudes kept",
    "kept": "kept in comparisons though a check failed",
    "referenced": "rest on the reference chosen",
}


class _Number(NamedTuple):
    """What tells where a number belongs; many metrics share one place."""

    participant: str
    session: str
    trial: str
    muscle: str
    side: str
    placement: str
    onset: float
    reference: str
    findings: str


@dataclass(slots=True)
class _Said:
    """What is decided about one place, decision by decision."""

    by: dict[str, _Effect] = field(default_factory=dict)

    def add(self, decision: str, effect: _Effect) -> None:
        """Note an effect; one that leaves the number out of everything goes before one that does not."""
        if self.by.get(decision) != "excluded":
            self.by[decision] = effect


@dataclass(frozen=True, slots=True)
class Verdict:
    """Metrics with their decisions.

    Attributes
    ----------
    metrics : DataFrame
        With ``excluded``, ``value_excluded`` and ``decisions`` filled.
    findings : DataFrame
        As given.
    decisions : DataFrame
        All decisions, those a rule made among them, with what each did; see `emgpipe.model.tables`.
    stopped : tuple of Finding
        Failed findings for which the study file says to stop, and about which nobody decided yet.
    """

    metrics: pd.DataFrame
    findings: pd.DataFrame
    decisions: pd.DataFrame
    stopped: tuple[Finding, ...]

    @property
    def idle(self) -> tuple[str, ...]:
        """Decisions to exclude that exclude nothing, in words: usually a name is wrong, and the number stays in."""
        rows = self.decisions
        idle = rows[(rows["action"] == "exclude") & (rows["source"] == "table") & (rows["effect"] == _NOTHING)]
        return tuple(_idle_words(row) for row in idle.to_dict("records"))

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that change with a verdict, by their names."""
        return {"metrics": self.metrics, "decisions": self.decisions}


def judge(
    metrics: pd.DataFrame,
    findings: pd.DataFrame,
    decisions: Sequence[Decision],
    quality: Quality,
    leave_out: Sequence[str] = (),
) -> Verdict:
    """Apply decisions, and the rules of a study file, to the numbers of a study.

    Parameters
    ----------
    metrics : DataFrame
        With ``findings`` linked; ``excluded`` and ``decisions`` are made anew.
    findings : DataFrame
        All findings of the study.
    decisions : sequence of Decision
        Those with `source` ``study file`` are listed only: what they did is in the numbers already.
    quality : Quality
        Says what becomes of a failed finding.
    leave_out : sequence of str
        Levels of findings whose numbers are left out, whatever the study file says.
    """
    known = findings_by_id(findings)
    bench = _Bench(known, tuple(one for one in decisions if one.source == "table"), quality, leave_out)
    metrics, said = _judged(metrics, bench)
    made = [*decisions, *bench.made.values()]
    return Verdict(metrics, findings, decisions_table(made, metrics, said), bench.stopped())


def findings_by_id(findings: pd.DataFrame) -> dict[str, Finding]:
    """Return the rows of a findings table as findings, by their ids."""
    numbers = ("onset", "start", "stop", "value")
    found = {}
    for row in findings.to_dict("records"):
        cells: dict[str, Any] = {str(name): value for name, value in row.items() if name != "id"}
        found[str(row["id"])] = Finding(**cells | {name: _number_or_none(cells[name]) for name in numbers})
    return found


def _number_or_none(cell: Any) -> float | None:
    return None if cell is None or math.isnan(cell) else float(cell)


class _Bench:
    """Judges numbers one place after the other, and remembers which rules it needed."""

    def __init__(
        self, findings: Mapping[str, Finding], stated: Sequence[Decision], quality: Quality, leave_out: Sequence[str]
    ) -> None:
        self._findings = findings
        self._leave_out = leave_out
        self._stated = stated
        self._quality = quality
        self._kept = [one for one in stated if one.action == "keep"]
        self.made: dict[str, Decision] = {}

    def said(self, number: _Number) -> _Said:
        """Return what is decided about a number."""
        said = _Said()
        carried = {one: self._findings[one] for one in number.findings.split() if one in self._findings}
        for decision in self._stated:
            if decision.action == "exclude":
                self._exclude(decision, number, carried, said)
            elif decision.action == "reference" and number.reference and _is_reference_of(decision, number):
                said.add(decision.id, "referenced")
        for name, finding in carried.items():
            if finding.level in ("fail", *self._leave_out):
                self._failed(name, finding, number, said)
        return said

    def _exclude(self, decision: Decision, number: _Number, carried: Mapping[str, Finding], said: _Said) -> None:
        if not _covers_number(decision, number):
            return
        if not decision.finding:
            said.add(decision.id, "excluded")
        for name, finding in carried.items():
            if decision.finding and _names(decision, name, finding):
                said.add(decision.id, _effect(finding, number))

    def _failed(self, name: str, finding: Finding, number: _Number, said: _Said) -> None:
        keep = next((one for one in self._kept if _keeps(one, name, finding, number)), None)
        if keep is not None:
            said.add(keep.id, "kept")
        elif finding.level in self._leave_out or self._quality.on_fail_of(finding.kind) == "exclude":
            who = _RULE if finding.level == "fail" and not self._leave_out else _LEFT_OUT
            rule = self.made.setdefault(name, _rule(name, finding, who))
            said.add(rule.id, _effect(finding, number))

    def stopped(self) -> tuple[Finding, ...]:
        """Return the failures that stop the study: those that no decision is about."""
        return tuple(
            finding
            for name, finding in self._findings.items()
            if finding.level == "fail"
            and self._quality.on_fail_of(finding.kind) == "stop"
            and not any(_settles(decision, name, finding) for decision in self._stated)
        )


def _rule(name: str, finding: Finding, who: str) -> Decision:
    return Decision(
        action="exclude", who=who, when="every run", reason=finding.reason, participant=finding.participant,
        session=finding.session, trial=finding.trial, muscle=finding.muscle, side=finding.side,  # type: ignore[arg-type]
        placement=finding.placement, onset=finding.onset, finding=name, source="rule",
    )  # fmt: skip


def _effect(finding: Finding, number: _Number) -> _Effect:
    """Say whether a finding touches a number through its signal, or through its reference only."""
    elsewhere = finding.trial not in ("", number.trial)
    return "value_excluded" if elsewhere or finding.kind.startswith(ABOUT_REFERENCES) else "excluded"


def _same_place(place: Decision | Finding, other: _Number | Finding, *, trial: bool = True) -> bool:
    names = ("participant", "session", "muscle", "side", "placement", *(("trial",) if trial else ()))
    return all(getattr(place, name) in ("", getattr(other, name)) for name in names)


def _covers_number(decision: Decision, number: _Number) -> bool:
    return decision.is_at(number.onset) and _same_place(decision, number)


def _covers_finding(decision: Decision, finding: Finding) -> bool:
    return decision.is_at(finding.onset) and _same_place(decision, finding)


def _names(decision: Decision, name: str, finding: Finding) -> bool:
    """Tell whether a decision is about a finding: of any kind if it names none, else of this kind, in its own trial."""
    if not decision.finding:
        return True
    here = not decision.trial or finding.trial in ("", decision.trial)
    return here and decision.finding in (name, finding.kind)


def _is_reference_of(decision: Decision, number: _Number) -> bool:
    return _same_place(decision, number, trial=False)


def _keeps(decision: Decision, name: str, finding: Finding, number: _Number) -> bool:
    """Tell whether a decision keeps a number in spite of a finding; it may name the place of either."""
    about = _covers_number(decision, number) or _covers_finding(decision, finding)
    return about and _names(decision, name, finding)


def _settles(decision: Decision, name: str, finding: Finding) -> bool:
    """Tell whether somebody has seen to a failure: it is kept, or what it is about is left out."""
    about = _names(decision, name, finding) and _covers_finding(decision, finding)
    return about and decision.action in ("keep", "exclude")


def _judged(metrics: pd.DataFrame, bench: _Bench) -> tuple[pd.DataFrame, list[_Said]]:
    """Return the metrics with their decisions, and what was said about each row."""
    if metrics.empty:
        return metrics, []
    cache: dict[_Number, _Said] = {}
    said = []
    for row in zip(*(metrics[name] for name in _KEYS), strict=True):
        number = _Number(*row)
        if number not in cache:
            cache[number] = bench.said(number)
        said.append(cache[number])
    effects = [frozenset(one.by.values()) for one in said]
    return metrics.assign(
        excluded=["excluded" in one for one in effects],
        value_excluded=[
            unit.startswith("%") and "value_excluded" in one for unit, one in zip(metrics["unit"], effects, strict=True)
        ],
        decisions=[" ".join(one.by) for one in said],
    ), said  # fmt: skip


def decisions_table(decisions: Iterable[Decision], metrics: pd.DataFrame, said: Sequence[_Said]) -> pd.DataFrame:
    """Return one row per decision, with the numbers of the main analysis it touches and what it does to them."""
    import pandas as pd

    effects: dict[str, Counter[_Effect]] = {}
    trials: dict[str, set[str]] = {}
    measured = set(metrics["trial"]) if len(metrics) else set()
    if len(metrics):
        for one, trial, variant in zip(said, metrics["trial"], metrics["variant"], strict=True):
            if variant == MAIN_VARIANT:
                for name, effect in one.by.items():
                    effects.setdefault(name, Counter())[effect] += 1
                    trials.setdefault(name, set()).add(trial)
    rows = []
    for decision in {one.id: one for one in decisions}.values():
        counted = effects.get(decision.id, Counter())
        rows.append(
            {name: getattr(decision, name, "") for name in DECISION_COLUMNS}
            | {"numbers": counted.total(), "trials": len(trials.get(decision.id, ()))}
            | {"effect": _effect_words(decision, counted, measured)}
        )
    return pd.DataFrame(rows, columns=list(DECISION_COLUMNS))


def _effect_words(decision: Decision, counted: Mapping[_Effect, int], measured: Collection[str]) -> str:
    if counted:
        return "; ".join(f"{count} {'number' if count == 1 else 'numbers'} {_WORDS[effect]}"
                         for effect, count in counted.items())  # fmt: skip
    if decision.source == "study file":
        return "in the numbers from the start" if decision.action == "relabel" else "not measured"
    if decision.action == "exclude" and decision.trial and decision.trial not in measured:
        return "no number is of this trial; an MVIC trial is left out of the reference"
    return _NOTHING


def _idle_words(row: Mapping[Any, Any]) -> str:
    names = ("participant", "session", "trial", "muscle", "side", "placement", "finding")
    stated = [f"{name} {row[name]}" for name in names if row[name]]
    if row["onset"] is not None and math.isfinite(row["onset"]):
        stated.append(f"repetition at {row['onset']:g} s")
    return (
        f"the decision of {row['who']} ({row['when']}) to exclude {', '.join(stated)} touches no number; compare its "
        "names and times with metrics.csv, and the finding with findings.csv"
    )


def counting_references(
    references: pd.DataFrame, findings: pd.DataFrame, decisions: Iterable[Decision]
) -> pd.DataFrame:
    """Return the rows of a references table, one per MVIC trial, that no decision leaves out.

    Parameters
    ----------
    decisions : iterable of Decision
        Those that rules made among them.
    """
    known = findings_by_id(findings)
    excluding = [one for one in decisions if one.action == "exclude" and one.source != "study file"]
    places = [place for one in excluding for place in _places_left_out(one, known)]
    if references.empty or not places:
        return references
    rows = references.assign(onset=math.nan, findings="", reference="")
    numbers = (_Number(*row) for row in zip(*(rows[name] for name in _KEYS), strict=True))
    return references[[not any(_same_place(place, one) for place in places) for one in numbers]]


def _places_left_out(decision: Decision, known: Mapping[str, Finding]) -> list[Decision | Finding]:
    """Return where a decision leaves out everything: its own place, or that of the findings it is about."""
    if decision.onset is not None:
        return []
    if not decision.finding or decision.source == "rule":
        return [decision]
    about = ((name, one) for name, one in known.items() if one.onset is None and _covers_finding(decision, one))
    return [one for name, one in about if _names(decision, name, one)]


def stored_decisions(table: pd.DataFrame) -> tuple[Decision, ...]:
    """Return the rows of a decisions table that a run wrote."""
    names = [name for name in Decision.__slots__ if name in table.columns]
    rows: list[dict[str, Any]] = [{name: row[name] for name in names} for row in table.to_dict("records")]
    return tuple(Decision(**row | {name: _number_or_none(row[name]) for name in ("onset", "value")}) for row in rows)


def needs_run(decision: Decision, trials: Iterable[str]) -> bool:
    """Tell whether a decision changes references, and with them numbers, and not only which numbers count.

    Parameters
    ----------
    trials : iterable of str
        See `only_measured`: one that is not among them can be an MVIC trial.
    """
    return decision.action == "reference" or (
        decision.action == "exclude" and bool(decision.trial) and decision.trial not in trials
    )


def only_measured(metrics: pd.DataFrame, references: pd.DataFrame) -> set[str]:
    """Return the trials that numbers are of and no reference is: leaving one out changes no other number.

    Where the task is 100 %, its trials are references as well; where baseline noise is subtracted, rest trials are.
    """
    behind = set(references["trial"]) if "trial" in references.columns else set()
    if "noise_removed" in references.columns and references["noise_removed"].notna().any():
        behind |= set(metrics.loc[metrics["role"] == "rest", "trial"])
    return set(metrics["trial"]) - behind


def about_references(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the decisions that normalization has to know: reference trials and values, and trials left out."""
    return tuple(one for one in decisions if one.action == "reference" or (one.action == "exclude" and one.trial))


def stop_words(stopped: Sequence[Finding]) -> tuple[str, ...]:
    """Return why no comparison was made, each failure once, and how to go on."""
    places = [" ".join(filter(None, (one.trial or one.participant, one.muscle, one.side))) for one in stopped]
    failed = (
        f"{one.kind} ({place or 'whole study'}): {one.reason}" for one, place in zip(stopped, places, strict=True)
    )
    checks = "1 check" if len(stopped) == 1 else f"{len(stopped)} checks"
    gaps = any(one.kind == "protocol_missing" for one in stopped)
    accept = ". What will stay missing is stated under `protocol: accepted`, with a reason" if gaps else ""
    return (
        f"no comparison was made: the study file says to stop where a check fails (on_fail: stop), and {checks} "
        "failed. Mend the recordings or the study file and run again; or decide about each failure with: emgpipe "
        "decide STUDY keep (or exclude) --trial ... --finding ... --reason ..., and go on with: emgpipe compare STUDY"
        f"{accept}",
        *dict.fromkeys(failed),
    )
