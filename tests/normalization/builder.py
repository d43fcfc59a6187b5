"""Signals of a muscle in MVIC, rest and task trials, made from an envelope."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from emgpipe.model import Acquisition, Signal, Trial, TrialFile
from emgpipe.normalization import Candidate, find_references

RATE = 1000.0
KEY = ("gluteus_maximus_upper", "right", "")


def candidate(
    envelope: Any,
    number: int = 1,
    *,
    role: str = "mvic",
    position: str = "prone",
    chain: str = "abc",
    repetitions: tuple = (),
    rate: float = RATE,
    label: str = "GMAX",
    filtered: Any = None,
    raw: Any = None,
    placement: str = "",
    stated: str = "",
    **further: Any,
) -> Candidate:
    """Return one signal whose raw and filtered samples are the envelope, unless they are given."""
    samples = np.asarray(envelope, dtype=float)
    factors = {"placement": placement} if placement else {}
    trial = Trial(
        f"P01/1/{role}.{position}.{number}", "P01", "1", role, (TrialFile("x"),), position=position, factors=factors
    )
    signal = Signal(
        KEY[0], label, "emg", "V", rate, 2.0, samples if raw is None else np.asarray(raw), *KEY[:2],
        filtered=samples if filtered is None else np.asarray(filtered), envelope=samples, chain_hash=chain,
    )  # fmt: skip
    acquisition = Acquisition(electrode_placement=stated)
    return Candidate(trial, signal, 2.0, signal.stop, repetitions, acquisition, **further)


def plateau(level: float, *, size: int = 3000, base: float = 1.0, start: int = 750, width: int = 1501) -> np.ndarray:
    """Return an envelope at `base` with a stretch at `level`."""
    envelope = np.full(size, base)
    envelope[start : start + width] = level
    return envelope


def find(normalization: Any, candidates: Any, tasks: Any = None, **further: Any) -> Any:
    """Find the references; one task signal through the chain ``abc`` where none is given."""
    return find_references(normalization, candidates, tasks or [candidate(plateau(2.0), role="task")], **further)


def moved(one: Candidate, **changes: Any) -> Candidate:
    """Return a candidate whose signal has other attributes."""
    return replace(one, signal=replace(one.signal, **changes))
