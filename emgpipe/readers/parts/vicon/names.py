"""Names in Vicon exports made short: what a C3D of the same recording calls them where that can be known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emgpipe.readers.parts.vicon.blocks import ViconColumn


def short_labels(columns: Sequence[ViconColumn]) -> list[str]:
    """Return ``Sensor 1.EMG1`` for ``EMG1`` of ``Imported Delsys Trigno EMG 2.0 - Sensor 1``.

    Where two devices have the same part (``#1 - Force``, ``#2 - Force``), the whole name of the device stays.
    """
    short = [_join(without_subject(column.group).rpartition(" - ")[2], column.name) for column in columns]
    repeated = {label for label, count in Counter(short).items() if count > 1}
    return [
        _join(without_subject(column.group), column.name) if label in repeated else label
        for label, column in zip(short, columns, strict=True)
    ]


def without_subject(name: str) -> str:
    """Drop the subject, which may be a person's name.

    >>> without_subject("Anna:LKneeAngles"), without_subject("Imported AMTI - Force")
    ('LKneeAngles', 'Imported AMTI - Force')
    """
    return name.rpartition(":")[2].strip()


def subjects(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return what `without_subject` dropped, each once."""
    found = dict.fromkeys(name.rpartition(":")[0].strip() for name in names if ":" in name)
    return tuple(("subject", subject) for subject in found if subject)


def _join(group: str, name: str) -> str:
    return ".".join(part for part in (group, name) if part)
