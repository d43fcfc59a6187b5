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
    paired,
    plain,
    ranking,
    repetition_trend,
)
from emgpipe.report.comparisons.plain import basis_part, sentences_part
from emgpipe.report.markup import anchor, escape

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
}


def comparison_anchor(comparison: Comparison) -> str:
    """Return the id of a comparison's part of the page."""
    return anchor("ranking", comparison.kind, comparison.title)


def comparison_part(comparison: Comparison) -> str:
    """Return one comparison as HTML: sentences, figures and tables, what it rests on."""
    draw = PARTS.get(comparison.kind, plain.part)
    heading = f'<h3 id="{comparison_anchor(comparison)}">{escape(comparison.title)}</h3>'
    return "\n".join((heading, sentences_part(comparison), draw(comparison), basis_part(comparison)))
