"""Before a study: what it can find with how many participants, and who does what in which order."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Final

from emgpipe.errors import ConfigError, VocabularyError
from emgpipe.statistics.counterbalance import assign_orders, balance, williams_sequences
from emgpipe.statistics.power import fewest_participants, smallest_effect, smallest_p

if TYPE_CHECKING:
    from emgpipe.vocabulary import Vocabulary

_SIZES: Final = (5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 20, 22, 24)
MOST_LEVELS: Final = 40


@dataclass(frozen=True, slots=True)
class Plan:
    """A study to be.

    Attributes
    ----------
    factor : str
        What is compared.
    levels : tuple of str
        At least two.
    against : str
        The level all others are compared with; empty for all pairs.
    participants : int
        How many are planned; 0 where that is the question.
    spread : float
        SD of the participants' log ratios of two conditions; 0.2 is about 20 %. 0 where nobody knows.
    alpha, power : float
    """

    factor: str
    levels: tuple[str, ...]
    against: str = ""
    participants: int = 0
    spread: float = 0.0
    alpha: float = 0.05
    power: float = 0.8

    @property
    def tests(self) -> int:
        """Comparisons in one family (one muscle and metric)."""
        k = len(self.levels)
        return k - 1 if self.against else k * (k - 1) // 2


def plan_study(plan: Plan, vocabulary: Vocabulary) -> Plan:
    """Return the plan with levels by the vocabulary's names, all five head positions where none is named.

    Raises
    ------
    ConfigError
        A level is unknown or named twice, or a number is outside its limits.
    """
    levels = plan.levels or (vocabulary.order("head_position", tuple(vocabulary.head_positions)))
    find = {"exercise": vocabulary.exercise, "head_position": vocabulary.head_position}.get(plan.factor)

    def known(level: str) -> str:
        try:
            return find(level).id if find is not None else level
        except VocabularyError as error:
            raise ConfigError(f"plan: {error}; for other words, name the factor with --factor") from None

    levels = tuple(known(level) for level in levels)
    against = known(plan.against) if plan.against else ""
    _check(plan, levels, against)
    return Plan(plan.factor, levels, against, plan.participants, plan.spread, plan.alpha, plan.power)


def _check(plan: Plan, levels: Sequence[str], against: str) -> None:
    twice = next((level for level in levels if levels.count(level) > 1), "")
    if twice:
        raise ConfigError(f"plan: '{twice}' is named twice; name every level once")
    if not 2 <= len(levels) <= MOST_LEVELS:
        raise ConfigError(f"plan: {len(levels)} levels; a plan needs 2 to {MOST_LEVELS}")
    if against and against not in levels:
        raise ConfigError(f"plan: --against '{against}' is none of the levels: {', '.join(levels)}")
    limits = (
        ("--participants", plan.participants, 0, 10_000),
        ("--spread", plan.spread, 0.0, 5.0),
        ("--alpha", plan.alpha, 1e-6, 0.5),
        ("--power", plan.power, 0.05, 0.999),
    )
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise ConfigError(f"plan: {name} {value:g} must lie between {low:g} and {high:g}")


def plan_text(plan: Plan) -> str:
    """Return what the study can find, as lines for a terminal."""
    first = plan.alpha / plan.tests
    head = (
        f"{'n':>4}  {'one comparison':>16}  {f'first of {plan.tests} (Holm)':>22}  {'smallest exact p':>16}  "
        f"{f'times {plan.tests}':>9}  reaches {plan.alpha:g}"
    )
    lines = [
        f"{len(plan.levels)} levels of {plan.factor}: {', '.join(plan.levels)}",
        f"{_family(plan)} per muscle and metric = {plan.tests} comparisons in one family",
        "",
        f"Smallest effect found with {100 * plan.power:.0f} % power (two-sided, alpha {plan.alpha:g}): "
        f"mean difference in SDs of the differences (dz){', and as a ratio' if plan.spread else ''}",
        head,
    ]
    lines += [_line(n, first, plan) for n in sorted({*_SIZES, plan.participants} - {0, 1})]
    return "\n".join([*lines, "", *_advice(plan)])


def _family(plan: Plan) -> str:
    return f"each level against {plan.against}" if plan.against else "all pairs"


def _line(n: int, first: float, plan: Plan) -> str:
    single, corrected = (_effect(n, alpha, plan) for alpha in (plan.alpha, first))
    reached = min(smallest_p(n) * plan.tests, 1.0)
    verdict = "yes" if reached <= plan.alpha else "NEVER"
    mark = "  <- planned" if n == plan.participants else ""
    return f"{n:>4}  {single:>16}  {corrected:>22}  {_small(smallest_p(n)):>16}  {_small(reached):>9}  {verdict}{mark}"


def _small(p: float) -> str:
    return f"{p:.4f}" if p >= 1e-4 else "< 0.0001"


def _effect(n: int, alpha: float, plan: Plan) -> str:
    dz = smallest_effect(n, alpha, plan.power)
    if math.isinf(dz):
        return "none"
    return f"{dz:.2f}" + (f" ({math.exp(dz * plan.spread):.2f})" if plan.spread else "")


def _advice(plan: Plan) -> list[str]:
    needed = fewest_participants(plan.tests, plan.alpha)
    lines = [
        f"An exact test (sign flips, Wilcoxon) cannot pass the first step of Holm over {plan.tests} comparisons with "
        f"fewer than {needed} participants."
    ]
    if 0 < plan.participants < needed:
        lines.append(
            f"With {plan.participants} participants no exact test of this family can ever reach {plan.alpha:g}: "
            "take more participants, or compare each level with one named by --against."
        )
    if not plan.spread:
        lines.append("--spread 0.2 (SD of the participants' log ratios) also prints the smallest effect as a ratio.")
    return lines


def order_sheet(plan: Plan, names: Sequence[str], seed: int) -> str:
    """Return the Williams counterbalanced order sheet as CSV: participant, order, sequence and one level per row.

    Parameters
    ----------
    names : sequence of str
        The participants.
    seed : int
        The same seed gives the same sheet.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["participant", "order", plan.factor])
    for name, order in zip(names, assign_orders(len(plan.levels), len(names), seed), strict=True):
        writer.writerows([name, place, plan.levels[level]] for place, level in enumerate(order, start=1))
    return out.getvalue()


def balance_text(plan: Plan, participants: int, seed: int) -> str:
    """Say how even the order sheet is."""
    sequences = len(williams_sequences(len(plan.levels)))
    counted = balance(assign_orders(len(plan.levels), participants, seed))
    if counted.even:
        return (
            f"balanced: {sequences} sequences (Williams), each level equally often in each place and after each other"
        )
    periods = f"{counted.in_period.min()} to {counted.in_period.max()} times in each place"
    return (
        f"NOT fully balanced: a Williams design of {len(plan.levels)} levels has {sequences} sequences, and "
        f"{participants} is no multiple of that; every level stands {periods}. Put `order` into the trials table and "
        "use it as a covariate."
    )
