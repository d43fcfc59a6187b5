"""Findings and decisions applied to the numbers of a study: which of them count."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emgpipe.model import Decision
from emgpipe.verdicts.listed import NOTHING, decisions_table, findings_by_id, idle_words
from emgpipe.verdicts.reach import (
    KEYS,
    Number,
    covers_number,
    effect_of,
    is_about,
    is_reference_of,
    keeps_number,
    settles,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from emgpipe.config.quality import Quality
    from emgpipe.model import Finding
    from emgpipe.verdicts.reach import Effect

_RULE: Final = "quality: on_fail: exclude"
_LEFT_OUT: Final = "emgpipe compare --without-marked"


@dataclass(slots=True)
class Said:
    """What is decided about one place, decision by decision."""

    by: dict[str, Effect] = field(default_factory=dict)

    def add(self, decision: str, effect: Effect) -> None:
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
        idle = rows[(rows["action"] == "exclude") & (rows["source"] == "table") & (rows["effect"] == NOTHING)]
        return tuple(idle_words(row) for row in idle.to_dict("records"))

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
    judges = _Judge(known, tuple(one for one in decisions if one.source == "table"), quality, leave_out)
    metrics, said = _judged(metrics, judges)
    made = [*decisions, *judges.made.values()]
    return Verdict(metrics, findings, decisions_table(made, metrics, [one.by for one in said]), judges.stopped())


class _Judge:
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

    def said(self, number: Number) -> Said:
        """Return what is decided about a number."""
        said = Said()
        carried = {one: self._findings[one] for one in number.findings.split() if one in self._findings}
        for decision in self._stated:
            if decision.action == "exclude":
                self._exclude(decision, number, carried, said)
            elif decision.action == "reference" and number.reference and is_reference_of(decision, number):
                said.add(decision.id, "referenced")
        for name, finding in carried.items():
            if finding.level in ("fail", *self._leave_out):
                self._failed(name, finding, number, said)
        return said

    def _exclude(self, decision: Decision, number: Number, carried: Mapping[str, Finding], said: Said) -> None:
        if not covers_number(decision, number):
            return
        if not decision.finding:
            said.add(decision.id, "excluded")
        for name, finding in carried.items():
            if decision.finding and is_about(decision, name, finding):
                said.add(decision.id, effect_of(finding, number))

    def _failed(self, name: str, finding: Finding, number: Number, said: Said) -> None:
        keep = next((one for one in self._kept if keeps_number(one, name, finding, number)), None)
        if keep is not None:
            said.add(keep.id, "kept")
        elif finding.level in self._leave_out or self._quality.on_fail_of(finding.kind) == "exclude":
            who = _RULE if finding.level == "fail" and not self._leave_out else _LEFT_OUT
            rule = self.made.setdefault(name, _rule(name, finding, who))
            said.add(rule.id, effect_of(finding, number))

    def stopped(self) -> tuple[Finding, ...]:
        """Return the failures that stop the study: those that no decision is about."""
        return tuple(
            finding
            for name, finding in self._findings.items()
            if finding.level == "fail"
            and self._quality.on_fail_of(finding.kind) == "stop"
            and not any(settles(decision, name, finding) for decision in self._stated)
        )


def _rule(name: str, finding: Finding, who: str) -> Decision:
    return Decision(
        action="exclude", who=who, when="every run", reason=finding.reason, participant=finding.participant,
        session=finding.session, trial=finding.trial, muscle=finding.muscle, side=finding.side,  # type: ignore[arg-type]
        placement=finding.placement, onset=finding.onset, finding=name, source="rule",
    )  # fmt: skip


def _judged(metrics: pd.DataFrame, judges: _Judge) -> tuple[pd.DataFrame, list[Said]]:
    """Return the metrics with their decisions, and what was said about each row."""
    if metrics.empty:
        return metrics, []
    cache: dict[Number, Said] = {}
    said = []
    for row in zip(*(metrics[name] for name in KEYS), strict=True):
        number = Number(*row)
        if number not in cache:
            cache[number] = judges.said(number)
        said.append(cache[number])
    effects = [frozenset(one.by.values()) for one in said]
    return metrics.assign(
        excluded=["excluded" in one for one in effects],
        value_excluded=[
            unit.startswith("%") and "value_excluded" in one for unit, one in zip(metrics["unit"], effects, strict=True)
        ],
        decisions=[" ".join(one.by) for one in said],
    ), said  # fmt: skip
