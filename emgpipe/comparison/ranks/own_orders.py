"""Each participant's own order of the levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.comparison.shared.wording import level_words, listed
from emgpipe.statistics.log_ratio import SAME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.comparison.ranks.matrices import PanelCells
    from emgpipe.vocabulary import Vocabulary


def own_orders(cells: PanelCells, factor: str, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return one row per participant: the order in words, the first, the number of levels.

    A participant whose sessions share no level has one row per part.
    """
    names = [level_words(vocabulary, factor, level) for level in cells.levels]
    rows = []
    for person, scores in zip(cells.names, cells.scores, strict=True):
        groups = _groups(scores)
        order = " > ".join(" = ".join(names[i] for i in group) for group in groups)
        rows.append(
            {
                "participant": person,
                "first": listed(names[i] for i in groups[0]) if groups else "",
                "order": order,
                "n_levels": int(np.isfinite(scores).sum()),
            }
        )
    return rows


def _groups(scores: NDArray[np.float64]) -> Sequence[Sequence[int]]:
    """Return the indices of the levels from the highest to the lowest, equal ones together."""
    groups: list[list[int]] = []
    for i in sorted(np.flatnonzero(np.isfinite(scores)), key=lambda i: -scores[i]):
        if groups and scores[groups[-1][0]] - scores[i] <= SAME:
            groups[-1].append(int(i))
        else:
            groups.append([int(i)])
    return groups
