"""Which numbers a finding or a decision reaches, and in which way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from emgpipe.model import Decision, Finding

ABOUT_REFERENCES: Final = (
    "mvic_", "no_mvic", "no_task_reference", "reference_", "above_mvic",
    "task_exceeds_mvic", "placement_differs", "decision_not_applied",
)  # fmt: skip
"""How the kinds of findings begin that are about references, whichever trial they name."""
KEYS: Final = ("participant", "session", "trial", "muscle", "side", "placement", "onset", "reference", "findings")
Effect = Literal["excluded", "value_excluded", "kept", "referenced"]


class Number(NamedTuple):
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


def effect_of(finding: Finding, number: Number) -> Effect:
    """Say whether a finding touches a number through its signal, or through its reference only."""
    elsewhere = finding.trial not in ("", number.trial)
    return "value_excluded" if elsewhere or finding.kind.startswith(ABOUT_REFERENCES) else "excluded"


def is_same_place(place: Decision | Finding, other: Number | Finding, *, trial: bool = True) -> bool:
    """Tell whether a number or finding lies in a place; what the place leaves empty is the same everywhere."""
    names = ("participant", "session", "muscle", "side", "placement", *(("trial",) if trial else ()))
    return all(getattr(place, name) in ("", getattr(other, name)) for name in names)


def covers_number(decision: Decision, number: Number) -> bool:
    """Tell whether a number lies in the place of a decision."""
    return decision.is_at(number.onset) and is_same_place(decision, number)


def covers_finding(decision: Decision, finding: Finding) -> bool:
    """Tell whether a finding lies in the place of a decision."""
    return decision.is_at(finding.onset) and is_same_place(decision, finding)


def is_about(decision: Decision, name: str, finding: Finding) -> bool:
    """Tell whether a decision is about a finding: of any kind if it names none, else of this kind, in its own trial."""
    if not decision.finding:
        return True
    here = not decision.trial or finding.trial in ("", decision.trial)
    return here and decision.finding in (name, finding.kind)


def is_reference_of(decision: Decision, number: Number) -> bool:
    """Tell whether a decision about a reference is about the one that a number rests on."""
    return is_same_place(decision, number, trial=False)


def keeps_number(decision: Decision, name: str, finding: Finding, number: Number) -> bool:
    """Tell whether a decision keeps a number in spite of a finding; it may name the place of either."""
    about = covers_number(decision, number) or covers_finding(decision, finding)
    return about and is_about(decision, name, finding)


def settles(decision: Decision, name: str, finding: Finding) -> bool:
    """Tell whether somebody has seen to a failure: it is kept, or what it is about is left out."""
    about = is_about(decision, name, finding) and covers_finding(decision, finding)
    return about and decision.action in ("keep", "exclude")
