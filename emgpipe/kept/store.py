"""`Kept`: values by what they were made of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from emgpipe.kept.digests import Digests

if TYPE_CHECKING:
    from collections.abc import Sequence

Part = bytes | memoryview
Stage = Literal["filtered", "measured", "checked"]
STAGES: Final[tuple[Stage, ...]] = ("filtered", "measured", "checked")


class Shelf(Protocol):
    """Where values are kept between runs."""

    def find(self, name: str) -> bytes | None:
        """Return what lies under a name; None if nothing does, or if it is damaged."""

    def put(self, name: str, parts: Sequence[Part]) -> None:
        """Lay something under a name, its parts one behind the other; where there is no room, do nothing."""


@dataclass(slots=True)
class Share:
    """How many were made now, of how many; the others were made before."""

    made: int = 0
    all: int = 0


@dataclass(slots=True)
class Tally:
    """What was done for a session, and what was taken from before; variants of the analysis are counted in.

    Attributes
    ----------
    filtered : Share
        Channels that went through a chain.
    measured, checked : Share
        Trials whose numbers were measured, and trials whose signals were looked at by the checks.
    """

    filtered: Share = field(default_factory=Share)
    measured: Share = field(default_factory=Share)
    checked: Share = field(default_factory=Share)

    @property
    def is_partly_known(self) -> bool:
        """Whether anything was taken from before."""
        return any(share.made < share.all for share in (self.filtered, self.measured, self.checked))

    def __str__(self) -> str:
        """Say it in a few words."""
        return (
            f"filtered {self.filtered.made} of {self.filtered.all} channels, "
            f"measured {self.measured.made} of {self.measured.all} and "
            f"checked {self.checked.made} of {self.checked.all} trials"
        )


class Kept:
    """Finds values of earlier runs by what they were made of, and keeps new ones.

    Parameters
    ----------
    version : str
        What computes them; values of another version are not found.
    values, signals : Shelf or None
        Where numbers and findings are kept, and where signals are; None: nowhere.
    """

    def __init__(self, version: str = "", values: Shelf | None = None, signals: Shelf | None = None) -> None:
        self.version = version
        self.arrays = Digests()
        self.tally = Tally()
        self._shelves = {"filtered": signals, "measured": values, "checked": values}
        self._lock = Lock()

    def is_used(self, stage: Stage) -> bool:
        """Whether values of a stage are kept at all; if not, what they are made of need not be said."""
        return self._shelves[stage] is not None

    def key(self, stage: Stage, made_of: Any) -> str:
        """Return the name of a value: a digest of what it was made of, which is plain data."""
        plain = json.dumps([self.version, stage, made_of], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()

    def find(self, stage: Stage, key: str) -> bytes | None:
        """Return a value of an earlier run, or of this one."""
        shelf = self._shelves[stage]
        with self._lock:
            return shelf.find(key) if shelf else None

    def put(self, stage: Stage, key: str, *parts: Part) -> None:
        """Keep a value."""
        shelf = self._shelves[stage]
        with self._lock:
            if shelf:
                shelf.put(key, parts)

    def count(self, stage: Stage, *, made: bool) -> None:
        """Count a value that was made now, or was not."""
        share: Share = getattr(self.tally, stage)
        with self._lock:
            share.made += made
            share.all += 1
