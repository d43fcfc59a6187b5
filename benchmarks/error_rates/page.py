"""The figures as tables inside docs/error-rates.md, and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from benchmarks.error_rates import picture
from benchmarks.error_rates.catalogue import EXPERIMENTS
from benchmarks.error_rates.measure import ALPHA, verdict
from benchmarks.error_rates.table import Rates, place

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.error_rates.data import Case
    from benchmarks.error_rates.measure import Experiment, Rate, Row, Verdict

START: Final = "<!-- tables by python -m benchmarks.error_rates -->"
END: Final = "<!-- end of the tables -->"


def write(docs: Path, rates: Rates) -> None:
    """Put the tables between the markers of docs/error-rates.md, and draw the picture beside it."""
    page = docs / "error-rates.md"
    text = page.read_text(encoding="utf-8") if page.exists() else f"{START}\n{END}\n"
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    tables = "\n".join(table(experiment, rates) for experiment in EXPERIMENTS)
    page.write_text(f"{before}{START}\n\n{tables}\n{END}{after}", encoding="utf-8")
    (docs / "images").mkdir(exist_ok=True)
    picture.draw(docs / "images" / "error_rates.png", rates)


def table(experiment: Experiment, rates: Rates) -> str:
    """Return heading, number of studies and one line per method and n."""
    lines = []
    counted: dict[int, set[str]] = {}
    for row in experiment.rows:
        for n in experiment.sizes:
            own = {
                case: rates[where]
                for case in experiment.cases
                if (where := place(experiment, row.key, n, case)) in rates
            }
            if not own:
                continue
            for case, rate in own.items():
                counted.setdefault(rate.studies, set()).add(f"n = {n}, {case.words}")
            cells = [number(row, case, own[case]) if case in own else "" for case in experiment.cases]
            lines.append(f"| {row.words} | {n} | {_level(row, own)} | {' | '.join(cells)} | {summary(row, own)} |")
    if not lines:
        return ""
    head = f"| method | n | level | {' | '.join(case.words for case in experiment.cases)} | verdict |"
    rule = f"|---|---|---|{'---|' * (len(experiment.cases) + 1)}"
    usual, *repeated = sorted(counted, key=lambda studies: -len(counted[studies]))
    error = math.sqrt(ALPHA * (1 - ALPHA) / usual)
    about = f"{usual} studies per figure; the Monte-Carlo standard error of a rate of .05 is {_plain(error, 4)}."
    for studies in repeated:
        about += f" Measured again with {studies}: {'; '.join(sorted(counted[studies]))}."
    return "\n".join([f"### {experiment.words}", "", about, "", head, rule, *lines, ""])


def _level(row: Row, own: dict[Case, Rate]) -> str:
    """Return the nominal level, and what an exact test can attain of it."""
    if row.kind == "covers":
        return ".95"
    if not row.exact:
        return ".05"
    return f".05, attainable {_plain(max(rate.attainable for rate in own.values()), 3)}"


def number(row: Row, case: Case, rate: Rate) -> str:
    """Return a figure as it stands in a table: in parentheses where the method's assumptions do not hold."""
    shown = _plain(1 - rate.rate if row.kind == "covers" else rate.rate, 3)
    said: Verdict = verdict(row, case, rate)
    return {
        "held": shown,
        "liberal as labelled": f"**{shown} L**",
        "labelled liberal, not shown": f"{shown} l",
        "assumption does not hold": f"({shown})",
        "NOT HELD": f"**{shown} NOT HELD**",
    }[said]


def summary(row: Row, own: dict[Case, Rate]) -> str:
    """Return the verdict on a line."""
    said = {verdict(row, case, rate) for case, rate in own.items()}
    if "NOT HELD" in said:
        return "NOT HELD"
    parts = ["held"] if "held" in said else []
    parts += ["liberal as labelled"] if "liberal as labelled" in said else []
    return ", ".join(parts) or ("shown" if "assumption does not hold" in said else "labelled liberal")


def _plain(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".removeprefix("0")
