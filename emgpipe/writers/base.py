"""The contract of a writer: a recording -> one file.

To add a format: copy the file of a writer that resembles it and add one line to `emgpipe.writers.WRITERS`. The contract
tests in ``tests/writers/test_contract.py`` then cover it by themselves.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from emgpipe.units import base_unit, conversion_factor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Channel, Finding, Recording
    from emgpipe.model.recording import Loader

PIECE_SAMPLES = 1 << 18
"""Samples of a channel that are held at a time."""
SHOWN = {"V": "uV"}
"""Units in which people read a quantity, where that is not the base unit."""


class Writer(ABC):
    """One file format.

    Attributes
    ----------
    name, title : str
        Short name, and what a technician calls it.
    extensions : tuple of str
        File name endings, lower case with the dot; they choose the writer.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]]

    @abstractmethod
    def write(self, recording: Recording, path: Path) -> list[Finding]:
        """Fill the file at `path`; return what is not in it as it was in the recording.

        Units are base units and labels unique; personal data is in `recording` only if it shall be written.

        Raises
        ------
        StoreError
            The format cannot hold the recording.
        """


@dataclass(frozen=True, slots=True)
class ConvertedLoader:
    """Load samples in another unit; infinite ones, which no reader gives, become NaN."""

    load: Loader
    factor: float

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop."""
        samples = np.asarray(self.load(start, stop), dtype=np.float64)
        infinite = np.isinf(samples)
        if self.factor == 1.0 and not infinite.any():
            return samples
        return np.where(infinite, np.nan, samples * self.factor)


def in_base_unit(channel: Channel) -> Channel:
    """Return the channel in volts, degrees or g, as readers give channels."""
    unit = base_unit(channel.unit)
    factor = conversion_factor(channel.unit, unit) if unit != channel.unit else 1.0
    return replace(channel, unit=unit, load=ConvertedLoader(channel.load, factor))


def pieces(channel: Channel, size: int = PIECE_SAMPLES) -> Iterator[NDArray[np.float64]]:
    """Yield the samples of a channel in pieces of at most `size`."""
    for start in range(0, channel.n_samples, size):
        yield channel.read(start, min(start + size, channel.n_samples))


def shown_unit(unit: str) -> tuple[str, float]:
    """Return the unit in which a quantity is written for people, and the factor that gets there.

    >>> shown_unit("V"), shown_unit("deg")
    (('uV', 1000000.0), ('deg', 1.0))
    """
    shown = SHOWN.get(unit, unit)
    return shown, conversion_factor(unit, shown) if shown != unit else 1.0
