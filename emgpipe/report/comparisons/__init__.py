"""Comparisons as parts of the page: one file per kind that has figures of its own, `plain` for all others.

To draw a new kind: write ``<kind>.py`` with a function ``part(comparison) -> str`` that returns HTML, and name it in
`PARTS`. Sentences stand before it and the basis behind it, whatever the kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.comparisons import (
    between,
    curves,
    dose,
    equivalence,
    individual,
    measured_position,
    mixed_model,
    omnibus,
    paired,
    plain,
    ranking,
    reliability,
    repetition_trend,
)
from emgpipe.report.comparisons.brief import brief_part, is_primary
from emgpipe.report.comparisons.plain import basis_part
from emgpipe.report.marks import marked_part
from emgpipe.report.markup import anchor, details, escape, own_style

if TYPE_CHECKING:
    from collections.abc import Callable

    from emgpipe.model import Comparison

PARTS: Final[dict[str, Callable[[Comparison], str]]] = {
    "ranking": ranking.part,
    "curves": curves.part,
    "individual": individual.part,
    "repetition_trend": repetition_trend.part,
    "measured_position": measured_position.part,
    "dose": dose.part,
    "paired": paired.part,
    "between": between.part,
    "equivalence": equivalence.part,
    "omnibus": omnibus.part,
    "mixed_model": mixed_model.part,
    "reliability": reliability.part,
}


def comparison_anchor(comparison: Comparison) -> str:
    """Return the id of a comparison's part of the page."""
    return anchor("ranking", comparison.kind, comparison.title)


def comparison_part(comparison: Comparison) -> str:
    """Return one comparison as HTML: the gist in sight, and figures, tables and what it rests on.

    Rankings and what is about the primary outcome are open, all others folded.
    """
    primary = is_primary(comparison)
    mark = ' <span class="level note">holds the primary outcome</span>' if primary else ""
    heading = f'<h3 id="{comparison_anchor(comparison)}">{escape(comparison.title)}{mark}</h3>'
    inside = f"{_drawn(comparison)}\n{marked_part(comparison)}\n{basis_part(comparison)}"
    if not primary and comparison.kind != "ranking":
        inside = details("Figures and numbers", inside, kind="comparison")
    return "\n".join((heading, brief_part(comparison), inside))


def _drawn(comparison: Comparison) -> str:
    draw = PARTS.get(comparison.kind, plain.part)
    if draw in (plain.part, ranking.part):  # without a figure of matplotlib, which takes a while to load
        return draw(comparison)
    with own_style():
        return draw(comparison)
