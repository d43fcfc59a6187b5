"""Joining: one trial from two recordings. The list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emgpipe.joining.base import Join, Joined
from emgpipe.joining.event import SharedEvent
from emgpipe.joining.lag import CommonChannel
from emgpipe.joining.stated import StatedOffset
from emgpipe.settings import one_of

JOINS: tuple[type[Join], ...] = (
    StatedOffset,
    SharedEvent,
    CommonChannel,
)

if TYPE_CHECKING:
    AnyJoin = Join
else:
    AnyJoin: Any = one_of(JOINS)
    """One way to join: the type of a field in the study file."""

__all__ = ["JOINS", "AnyJoin", "CommonChannel", "Join", "Joined", "SharedEvent", "StatedOffset"]
