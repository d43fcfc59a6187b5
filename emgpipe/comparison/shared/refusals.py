"""What could not be compared, said beside what could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emgpipe.model import Comparison


def also_refused(comparison: Comparison, refused: Sequence[str]) -> Comparison:
    """Say in the basis which scopes could not be compared."""
    if not refused:
        return comparison
    said = [comparison.basis[name] for name in ("not_compared",) if name in comparison.basis]
    return replace(comparison, basis={**comparison.basis, "not_compared": " ".join([*said, *refused])})
