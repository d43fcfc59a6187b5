"""What is put into clean recordings, at graded doses, and which check has to find it.

The fault always sits in the first channel. From the gross dose on, at which a technician who sees it would stop
and mend it, at least 95 % must be found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from benchmarks.detection import disturb, spoil

if TYPE_CHECKING:
    from benchmarks.detection.signals import Person, Take

Rng: TypeAlias = np.random.Generator
Where = Literal["rest", "mvic", "task", "session", "sides"]
Spoil = Callable[["Person", "list[Take]", float, Rng], "list[Take]"]
Doses = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at graded doses.

    Attributes
    ----------
    check : str
        The check that has to find it, as the study file calls it.
    words, unit : str
        What is put in, and the unit of its dose.
    where : {"rest", "mvic", "task", "session", "sides"}
        Into one trial of this role, into a whole session, or into one of both sides.
    doses : tuple of float
        From the least to the worst.
    gross : float
        One of the doses; this and those after it are gross.
    spoil : callable
        (person, takes, dose, rng) -> takes with the fault.
    channels : int
        So many channels of a single trial are looked at.
    is_note : bool
        The check only ever makes notes of it, and these count as found.
    or_by : tuple of str
        Other checks that tell of the same, and to which this one leaves it.
    """

    check: str
    words: str
    unit: str
    where: Where
    doses: Doses
    gross: float
    spoil: Spoil
    channels: int = 1
    is_note: bool = False
    or_by: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What the table calls it."""
        return f"{self.check}: {self.words} ({self.where})"

    def is_gross(self, dose: float) -> bool:
        """Say whether a dose is as bad as the gross one."""
        return self.doses.index(dose) >= self.doses.index(self.gross)


def of(change: Callable[..., Any], **fixed: Any) -> Spoil:
    """Return a fault that changes the first channel of every trial."""
    return partial(spoil.first_channel, change=partial(change, **fixed))


RAILED: Final = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)
LOST: Final = (0.02, 0.05, 0.1, 0.2, 0.5, 1)
WRONG: Final = (10, 100, 1000, 1e6)
LOOSE: Final = (50, 20, 10, 5, 2, 0)
YES: Final = (1,)

FAULTS: Final[tuple[Fault, ...]] = (
    Fault(
        "sampling_rate",
        "half or twice the rate stated, mains in it",
        "µV RMS of mains",
        "rest",
        (0.5, 1, 2, 5, 10, 20),
        10,
        spoil.mislabelled,
    ),
    Fault("clipping", "samples beyond a rail", "% of samples", "mvic", RAILED, 0.5, of(disturb.clip)),
    Fault("clipping", "samples beyond a rail", "% of samples", "task", RAILED, 0.5, of(disturb.clip)),
    Fault("flat", "last value held", "s", "task", LOST, 0.5, of(disturb.dropout, fill="flat")),
    Fault("gaps", "missing samples", "s", "task", LOST, 0.5, of(disturb.dropout, fill="missing")),
    Fault(
        "packets", "packets of 20 ms repeated", "% of packets", "task", (0.2, 0.5, 1, 2, 5, 10), 5, of(disturb.packets)
    ),
    Fault("mains", "50 or 60 Hz", "µV RMS", "rest", (1, 2, 5, 10, 20, 50), 20, of(disturb.mains)),
    Fault("mains", "50 or 60 Hz", "dB of the EMG", "task", (-20, -10, -6, 0, 6, 10), 0, of(disturb.mains_ratio)),
    Fault("unit", "too large", "times", "rest", WRONG, 1000, of(disturb.larger)),
    Fault("unit", "too small", "times", "rest", WRONG, 1000, of(disturb.smaller)),
    Fault("unit", "too large", "times", "mvic", WRONG, 1000, of(disturb.larger)),
    Fault("unit", "too small", "times", "mvic", WRONG, 1000, of(disturb.smaller)),
    Fault("unit", "too large", "times", "task", WRONG, 1000, of(disturb.larger)),
    Fault("unit", "too small", "times", "task", WRONG, 1000, of(disturb.smaller)),
    Fault("activity", "electrode loose", "µV RMS left", "mvic", LOOSE, 0, of(disturb.loose), or_by=("unit",)),
    Fault("activity", "electrode loose", "µV RMS left", "task", LOOSE, 0, of(disturb.loose)),
    Fault(
        "rest_noise",
        "white noise added",
        "µV RMS, 20 to 450 Hz",
        "rest",
        (3, 6, 10, 15, 20, 30, 50),
        30,
        of(disturb.noise),
    ),
    Fault("rest_noise", "muscle at work for 2 s", "µV RMS", "rest", (10, 20, 50, 100, 200), 100, of(disturb.activity)),
    Fault("processed", "rectified", "% of negative height folded", "task", (50, 75, 100), 100, of(disturb.rectified)),
    Fault("processed", "rectified and smoothed", "Hz low-pass", "task", (40, 20, 10, 6, 3), 10, of(disturb.enveloped)),
    Fault("artifact", "spike of 2 ms", "times the loudest RMS", "task", (5, 8, 10, 15, 20, 30), 20, of(disturb.spike)),
    Fault("artifact", "step", "times the loudest RMS", "task", (2, 4, 6, 8, 12), 8, of(disturb.step)),
    Fault("motion", "bursts of 1 to 10 Hz", "dB of the EMG", "task", (-20, -10, -6, -3, 0, 6), 0, of(disturb.motion)),
    Fault("ecg", "heart beats", "µV R wave", "rest", (5, 10, 20, 50, 100, 200), 100, of(disturb.ecg)),
    Fault(
        "spectrum",
        "white noise added",
        "dB of the EMG, 20 to 450 Hz",
        "mvic",
        (-10, -5, 0, 5, 10, 20),
        10,
        of(disturb.white),
    ),
    Fault("identical", "copy with noise", "% of RMS", "task", (50, 20, 10, 5, 1, 0), 1, spoil.copied, 2),
    Fault(
        "crosstalk",
        "a neighbor's signal added",
        "% of own RMS",
        "task",
        (20, 30, 50, 70, 100, 150),
        100,
        spoil.mixed,
        2,
    ),
    Fault(
        "crosstalk", "both see each other", "% of own RMS", "task", (10, 20, 30, 40, 50, 70), 50, spoil.mixed_both, 2
    ),
    Fault("crosstalk", "one noise in all channels", "times own RMS", "task", (0.2, 0.5, 1, 1.5, 2), 2, spoil.common, 4),
    Fault("mvic_window", "spike in the hold", "times the RMS", "session", (5, 10, 15, 20, 40), 20, spoil.spiked_mvic),
    Fault(
        "mvic_window",
        "samples beyond a rail",
        "% of the hold",
        "session",
        (0.1, 0.5, 1, 2, 5, 10),
        5,
        spoil.clipped_mvic,
    ),
    Fault("mvic_trials", "MVIC trials lost of three", "trials", "session", (1, 2), 2, spoil.lost_mvic),
    Fault(
        "mvic_exceeded",
        "task above the MVIC",
        "times",
        "session",
        (0.8, 1.1, 1.5, 2),
        1.5,
        spoil.exceeded,
        is_note=True,
    ),
    Fault("repetition_outliers", "one repetition louder", "times", "session", (1.2, 1.5, 2, 3), 3, spoil.one_louder),
    Fault("repetition_outliers", "one repetition longer", "times", "session", (1.2, 1.5, 2, 3), 2, spoil.one_longer),
    Fault(
        "fatigue_drift", "fall of the median frequency in a set", "%", "session", (10, 20, 30, 40, 50), 50, spoil.tired
    ),
    Fault("signal_to_noise", "maximum above noise", "dB", "session", (25, 20, 15, 10, 5), 5, spoil.noisy),
    Fault("swapped_channels", "two electrodes swapped", "yes", "session", YES, 1, spoil.swapped),
    Fault("swapped_channels", "electrode on the neighbor", "yes", "session", YES, 1, spoil.on_neighbor),
    Fault(
        "working_side",
        "sides swapped",
        "times as much on the working side",
        "sides",
        (1.2, 1.5, 2, 3),
        2,
        spoil.sides_swapped,
    ),
    Fault(
        "electrode_shift",
        "rest noise grown at the end",
        "µV RMS added",
        "session",
        (2, 5, 10, 20, 50),
        20,
        spoil.noisier_later,
    ),
    Fault(
        "electrode_shift",
        "spectrum moved after the first set",
        "%",
        "session",
        (10, 20, 30, 40, 50),
        50,
        spoil.moved_later,
    ),
    Fault(
        "electrode_shift",
        "signal lost after the first set",
        "%",
        "session",
        (10, 20, 30, 40, 50, 60),
        50,
        spoil.weaker_later,
    ),
    Fault("consistent_filtering", "one set low-passed", "Hz", "session", (300, 200, 150, 100, 60), 100, spoil.smoothed),
    Fault(
        "consistent_scale",
        "one set on another scale",
        "times",
        "session",
        (10, 30, 100, 300, 1000),
        1000,
        spoil.rescaled,
        or_by=("unit",),
    ),
    Fault(
        "consistent_scale",
        "one set with another rate stated",
        "times",
        "session",
        (1.2, 1.5, 2),
        2,
        spoil.relabelled,
        or_by=("spectrum",),
    ),
    Fault("same_samples", "one file under two names", "yes", "session", YES, 1, spoil.same_file),
    Fault(
        "above_mvic",
        "MVIC too weak for the task",
        "times the MVIC in a task",
        "session",
        (0.8, 1.2, 1.5, 2, 3),
        3,
        spoil.exceeded,
    ),
)
