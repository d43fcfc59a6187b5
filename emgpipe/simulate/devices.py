"""The three devices of the demo study: what they call the channels, at which rates, in which files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.simulate.files import PLAIN, Dialect, Track, write_c3d, write_edf, write_text
from emgpipe.simulate.movement import SENSORS
from emgpipe.simulate.tables import MUSCLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Samples = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Device(ABC):
    """One make of EMG system.

    Attributes
    ----------
    ending : str
        Of its files.
    emg_rate, angle_rate : float
        In Hz.
    emg_labels, angle_labels : tuple of str
        In the order of the muscles, and of `SENSORS`.
    """

    ending: str
    emg_rate: float
    angle_rate: float
    emg_labels: tuple[str, ...]
    angle_labels: tuple[str, ...] = ("Hip flexion", "Head pitch", "Trunk pitch", "Lumbar flexion", "Pelvic tilt")

    @property
    def second_file(self) -> bool:
        """Whether angles come in a file of their own, with a clock of its own."""
        return False

    def label(self, muscle: str) -> str:
        """Return what the device calls the channel of a muscle."""
        return self.emg_labels[tuple(MUSCLES).index(muscle)]

    @abstractmethod
    def write(self, path: Path, emg: Samples, angles: Samples) -> None:
        """Write one recording; `emg` by muscle in V, `angles` by sensor in degrees (may be empty)."""

    def emg_tracks(self, emg: Samples) -> list[Track]:
        """Return the EMG channels in the order of the device."""
        return [Track(self.label(muscle), self.emg_rate, emg[muscle]) for muscle in MUSCLES]

    def angle_tracks(self, angles: Samples) -> list[Track]:
        """Return the angle channels in the order of the device."""
        named = zip(SENSORS, self.angle_labels, strict=True)
        return [Track(label, self.angle_rate, angles[name]) for name, label in named if name in angles]


@dataclass(frozen=True, slots=True)
class TextDevice(Device):
    """Exports one text file per recording, with a second time column for the slower angles."""

    dialect: Dialect = PLAIN

    def write(self, path: Path, emg: Samples, angles: Samples) -> None:
        """Write one text file."""
        write_text(path, self.emg_tracks(emg), self.angle_tracks(angles), self.dialect)


@dataclass(frozen=True, slots=True)
class C3dDevice(Device):
    """Writes EMG as C3D; angles come from another system, as text."""

    @property
    def second_file(self) -> bool:
        """Angles have a file and a clock of their own."""
        return True

    def write(self, path: Path, emg: Samples, angles: Samples) -> None:
        """Write the C3D file and, where there are angles, ``<stem>_angles.csv``."""
        write_c3d(path, self.emg_tracks(emg))
        if angles:
            write_text(path.with_name(f"{path.stem}_angles.csv"), [], self.angle_tracks(angles), PLAIN)


@dataclass(frozen=True, slots=True)
class EdfDevice(Device):
    """Writes EMG and angles at two rates into one EDF (16 bits) or BDF (24 bits) file."""

    bits: int = 16

    def write(self, path: Path, emg: Samples, angles: Samples) -> None:
        """Write one EDF or BDF file."""
        tracks = [(track, "uV") for track in self.emg_tracks(emg)]
        write_edf(path, tracks + [(track, "deg") for track in self.angle_tracks(angles)], bits=self.bits)


_TEXT_LABELS = ("GMAX UP RT", "GMAX LOW RT", "BICEPS FEM RT", "ERECTOR SP RT", "VAST LAT RT")
_C3D_LABELS = ("RGLUT_UP.EMG1", "RGLUT_LO.EMG2", "RBICFEM.EMG3", "RERSPIN.EMG4", "RVASTLAT.EMG5")
_EDF_LABELS = ("EMG GlutMax supR", "EMG GlutMax infR", "EMG BicFem R", "EMG ErSpin R", "EMG VastLat R")

_COMMA: Final = TextDevice(".csv", 1000.0, 100.0, _TEXT_LABELS)
_SEMICOLON: Final = TextDevice(".csv", 1000.0, 100.0, _TEXT_LABELS, dialect=Dialect(";", ",", unit_row=True))
_C3D: Final = C3dDevice(".c3d", 2000.0, 4000.0 / 27.0, _C3D_LABELS)
_EDF: Final = EdfDevice(".edf", 2000.0, 100.0, _EDF_LABELS)
_BDF: Final = EdfDevice(".bdf", 2000.0, 100.0, _EDF_LABELS, bits=24)

DEVICES: Final[tuple[Device, ...]] = (_COMMA, _SEMICOLON, _C3D, _C3D, _C3D, _EDF, _EDF, _BDF)
"""The device of P01, P02, ..."""
