"""The offset as it was stated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from emgpipe.joining.base import Join, Joined

if TYPE_CHECKING:
    from emgpipe.model import Recording


class StatedOffset(Join):
    """Add the stated offset: ``offset_2`` of the trials table, ``offset`` of the file-name pattern."""

    kind: Literal["stated"] = "stated"

    def find(self, first: Recording, second: Recording, stated: float) -> Joined:  # noqa: ARG002 - nothing to look at
        """Return the stated offset."""
        return Joined(stated)
