"""What a study file can state about Delsys exports: units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from emgpipe.readers.base import ReaderOptions
from emgpipe.readers.labels import unique_labels
from emgpipe.units import UNKNOWN, parse_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emgpipe.model import Kind
    from emgpipe.readers.parts.delsys.channels import DelsysColumn


class DelsysOptions(ReaderOptions):
    """Units, which several Delsys exports leave out."""

    unit: str | None = None
    """Unit of the EMG channels, where the file states none."""
    units: dict[str, str] = Field(default_factory=dict)
    """Units of single channels, by label; goes before what the file says."""


def with_emg_unit(
    columns: Sequence[DelsysColumn], unit: str | None, units: Mapping[str, str], kind: Callable[[str, str], Kind]
) -> dict[str, str]:
    """Return the stated units by label: `units`, and `unit` for every EMG channel without one in the file."""
    stated = dict(units)
    if unit is None:
        return stated
    labels, _ = unique_labels([column.label for column in columns])
    for label, column in zip(labels, columns, strict=True):
        if parse_unit(column.unit) == UNKNOWN and kind(label, UNKNOWN) == "emg":
            stated.setdefault(label, unit)
    return stated
