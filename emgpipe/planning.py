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
    levels = tuple(" ".join(level.split()) for level in plan.levels)
    if not levels and plan.factor != "head_position":
        raise ConfigError(f"plan: name the levels of {plan.factor} with --levels, such as --levels first second")
    levels = levels or (vocabulary.order("head_position", tuple(vocabulary.head_positions)))
    find = {"exercise": vocabulary.exercise, "head_position": vocabulary.head_position}.get(plan.factor)

    def known(level: str) -> str:
        try:
            return find(level).id if find is not None else level
        except VocabularyError as error:
            raise ConfigError(
                f"plan: {error} Levels of your own are taken with another --factor, such as --factor cue"
            ) from None

    levels = tuple(known(level) for level in levels)
    against = known(plan.against) if plan.against else ""
    _check(plan, levels, against)
    return Plan(plan.factor, levels, against, plan.participants, plan.spread, plan.alpha, plan.power)


def _check(plan: Plan, levels: Sequence[str], against: str) -> None:
    plain = [level.casefold() for level in levels]
    twice = next((level for level in levels if plain.count(level.casefold()) > 1), "")
    if twice:
        raise ConfigError(f"plan: '{twice}' is named twice; name every level once")
    if not all(levels):
        raise ConfigError("plan: one of the --levels is empty; name it")
    if not 2 <= len(levels) <= MOST_LEVELS:
        raise ConfigError(f"plan: {_counted(len(levels), 'level')}; a plan needs 2 to {MOST_LEVELS}")
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
    if plan.participants == 1:
        raise ConfigError("plan: --participants 1: a difference between conditions needs 2 participants at least")


def plan_text(plan: Plan) -> str:
    """Return what the study can find, as lines for a terminal."""
    lines = [
        f"{len(plan.levels)} levels of {plan.factor}: {', '.join(plan.levels)}",
        f"{_family(plan)}, per muscle and metric: {_counted(plan.tests, 'comparison')} in one family",
        "",
        f"Smallest effect found with {100 * plan.power:g} % power (two-sided, alpha {plan.alpha:g}), and the smallest "
        "p an exact test can give:",
        "  ".join(_heads(plan)),
    ]
    lines += [_line(n, plan) for n in sorted({*_SIZES, plan.participants} - {0})]
    return "\n".join([*lines, "", *_legend(plan), "", *_advice(plan)])


def _family(plan: Plan) -> str:
    return f"each level against {plan.against}" if plan.against else "all pairs"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _heads(plan: Plan) -> list[str]:
    """Return the heads of the columns; with one comparison there is nothing to correct."""
    several = plan.tests > 1
    effects = [f"{'one comparison':>16}", *([f"{f'first of {plan.tests} (Holm)':>22}"] if several else [])]
    reached = [f"{'smallest exact p':>16}", *([f"{f'times {plan.tests}':>9}"] if several else [])]
    return [f"{'n':>5}", *effects, *reached, f"reaches {plan.alpha:g}"]


def _line(n: int, plan: Plan) -> str:
    several, p = plan.tests > 1, smallest_p(n)
    reached = min(p * plan.tests, 1.0)
    effects = [f"{_effect(n, plan.alpha, plan):>16}"]
    effects += [f"{_effect(n, plan.alpha / plan.tests, plan):>22}"] if several else []
    smallest = [f"{_small(p):>16}", *([f"{_small(reached):>9}"] if several else [])]
    verdict = "yes" if reached <= plan.alpha else "NEVER"
    mark = "  <- planned" if n == plan.participants else ""
    return "  ".join([f"{n:>5}", *effects, *smallest, verdict]) + mark


def _legend(plan: Plan) -> list[str]:
    """Say what the columns mean."""
    effect = "mean difference between two conditions, in SDs of the participants' differences (dz)"
    lines = [f"n: participants. one comparison: {effect}{_as_ratio(plan)}."]
    if plan.tests > 1:
        lines.append(
            f"first of {plan.tests} (Holm): the same, where {plan.tests} comparisons are corrected: the largest effect "
            f"is tested at {plan.alpha:g} / {plan.tests}."
        )
    how = f", times {plan.tests} after Holm" if plan.tests > 1 else ""
    lines.append(f"smallest exact p: of sign flips or Wilcoxon, where all participants differ in one direction{how}.")
    return lines


def _as_ratio(plan: Plan) -> str:
    return "; in brackets, as a ratio of amplitudes" if plan.spread else ""


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
        "An exact test (sign flips, Wilcoxon) cannot "
        + (f"pass the first step of Holm over {plan.tests} comparisons" if plan.tests > 1 else f"reach {plan.alpha:g}")
        + f" with fewer than {needed} participants."
    ]
    if 0 < plan.participants < needed:
        would_do = not plan.against and fewest_participants(len(plan.levels) - 1, plan.alpha) <= plan.participants
        fewer = ", or compare each level with one named by --against" if would_do else ""
        lines.append(
            f"With {plan.participants} participants no exact test of this family can ever reach {plan.alpha:g}: "
            f"take {needed} participants or more{fewer}."
        )
    if not plan.spread:
        lines.append(
            "To see effects as ratios of amplitudes, say how much participants differ in such a ratio: --spread 0.2 "
            "(SD of the log ratios; 0.2 is about 20 %)."
        )
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
