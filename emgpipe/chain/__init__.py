"""The filter chain: raw samples -> filtered signal -> envelope. The list of steps, and the verb `run_chain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.chain.artifact_blanking import ArtifactBlanking
from emgpipe.chain.bandpass import Bandpass
from emgpipe.chain.base import WHOLE_RECORD, Step
from emgpipe.chain.blocks import Scan, run_piece, scan, whole_record_steps
from emgpipe.chain.dc_offset import DcOffset
from emgpipe.chain.ecg_gating import EcgGating
from emgpipe.chain.ecg_template import EcgTemplate
from emgpipe.chain.equivalent import smoothing_window
from emgpipe.chain.highpass import Highpass
from emgpipe.chain.linear_envelope import LinearEnvelope
from emgpipe.chain.mains_interpolation import MainsInterpolation
from emgpipe.chain.mains_notch import MainsNotch
from emgpipe.chain.mains_sine_fit import MainsSineFit
from emgpipe.chain.order import chain_hash, order_problems, steps_for
from emgpipe.chain.rectify import Rectify
from emgpipe.chain.rms import Rms
from emgpipe.chain.runner import ChainResult, run_chain, run_spans
from emgpipe.settings import one_of

STEPS: tuple[type[Step], ...] = (
    DcOffset,
    Bandpass,
    Highpass,
    MainsNotch,
    MainsInterpolation,
    MainsSineFit,
    EcgTemplate,
    EcgGating,
    ArtifactBlanking,
    Rectify,
    Rms,
    LinearEnvelope,
)

if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = one_of(STEPS)

DEFAULT_CHAIN: Final[tuple[Step, ...]] = (
    DcOffset(),
    Bandpass(low=20, high=450, order=2),
    Rectify(),
    Rms(window=0.1),
)

__all__ = [
    "DEFAULT_CHAIN",
    "STEPS",
    "WHOLE_RECORD",
    "AnyStep",
    "ArtifactBlanking",
    "Bandpass",
    "ChainResult",
    "DcOffset",
    "EcgGating",
    "EcgTemplate",
    "Highpass",
    "LinearEnvelope",
    "MainsInterpolation",
    "MainsNotch",
    "MainsSineFit",
    "Rectify",
    "Rms",
    "Scan",
    "Step",
    "chain_hash",
    "order_problems",
    "run_chain",
    "run_piece",
    "run_spans",
    "scan",
    "smoothing_window",
    "steps_for",
    "whole_record_steps",
]
