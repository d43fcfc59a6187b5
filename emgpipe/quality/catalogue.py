"""The checks there are, in the order in which they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.quality.base import Check
from emgpipe.quality.channel.activity import Activity
from emgpipe.quality.channel.artifact import Artifact
from emgpipe.quality.channel.clipping import Clipping
from emgpipe.quality.channel.ecg import Ecg
from emgpipe.quality.channel.flat import Flat
from emgpipe.quality.channel.gaps import Gaps
from emgpipe.quality.channel.mains import Mains
from emgpipe.quality.channel.motion import Motion
from emgpipe.quality.channel.packets import Packets
from emgpipe.quality.channel.processed import Processed
from emgpipe.quality.channel.rest_noise import RestNoise
from emgpipe.quality.channel.sampling_rate import SamplingRate
from emgpipe.quality.channel.spectrum import Spectrum
from emgpipe.quality.channel.unit import Unit
from emgpipe.quality.session.above_mvic import AboveMvic
from emgpipe.quality.session.consistent_filtering import ConsistentFiltering
from emgpipe.quality.session.consistent_scale import ConsistentScale
from emgpipe.quality.session.electrode_shift import ElectrodeShift
from emgpipe.quality.session.mvic_exceeded import MvicExceeded
from emgpipe.quality.session.mvic_trials import MvicTrials
from emgpipe.quality.session.mvic_window import MvicWindow
from emgpipe.quality.session.same_samples import SameSamples
from emgpipe.quality.session.signal_to_noise import SignalToNoise
from emgpipe.quality.session.swapped_channels import SwappedChannels
from emgpipe.quality.session.working_side import WorkingSide
from emgpipe.quality.trial.crosstalk import CrossTalk
from emgpipe.quality.trial.fatigue_drift import FatigueDrift
from emgpipe.quality.trial.identical import Identical
from emgpipe.quality.trial.repetition_outliers import RepetitionOutliers
from emgpipe.settings import one_of

if TYPE_CHECKING:
    from collections.abc import Iterable

CHECKS: tuple[type[Check], ...] = (
    SamplingRate,
    Clipping,
    Flat,
    Gaps,
    Packets,
    Mains,
    Unit,
    Activity,
    RestNoise,
    Processed,
    Artifact,
    Motion,
    Ecg,
    Spectrum,
    Identical,
    CrossTalk,
    MvicWindow,
    MvicTrials,
    MvicExceeded,
    RepetitionOutliers,
    FatigueDrift,
    SignalToNoise,
    SwappedChannels,
    WorkingSide,
    ElectrodeShift,
    ConsistentFiltering,
    ConsistentScale,
    SameSamples,
    AboveMvic,  # last: it looks at what the others found
)

if TYPE_CHECKING:
    AnyCheck = Check
else:
    AnyCheck = one_of(CHECKS)

DEFAULT_CHECKS: Final[tuple[Check, ...]] = tuple(check() for check in CHECKS)


def with_changes(changes: Iterable[Check]) -> tuple[Check, ...]:
    """Return all checks, those a study file states as it states them."""
    stated = {change.name: change for change in changes}
    return tuple(stated.get(check.name, check) for check in DEFAULT_CHECKS)


def check_that_finds(kind: str) -> str:
    """Return the name of the check that makes findings of a kind; empty if none does."""
    found: Any = next((check for check in DEFAULT_CHECKS if kind in check.finds), None)
    return found.name if found else ""
