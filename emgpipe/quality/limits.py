"""Are the limits of a check the usual ones? Then what others have computed with them is used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emgpipe.settings import Settings


def are_usual(stated: Settings, limits: type[Settings]) -> bool:
    """Say whether a check, which inherits the fields of `limits`, has all of them at their defaults."""
    usual = limits()
    return all(getattr(stated, name) == getattr(usual, name) for name in limits.model_fields)
