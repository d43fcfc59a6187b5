"""Recordings in memory for the tests of `inspect`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from emgpipe.inspection import Limits
from emgpipe.inspection.look import summarize
from emgpipe.model import Acquisition, Event, Recording, Source, channel_from_array, make_finding


def emg_channel(label="GMAX RT", seconds=4.0, rate=1000.0, level=50e-6, seed=0):
    samples = level * np.random.default_rng(seed).standard_normal(int(seconds * rate))
    return channel_from_array(label, samples, rate)


def recording(channels, **more):
    return Recording(tuple(channels), Source(Path("folder/squat.c3d"), "c3d", "magic number"), **more)


def summary(channels, *, seconds=None, **more):
    limits = Limits() if seconds is None else Limits(whole_bytes=0, seconds=seconds)
    return summarize(recording(channels, **more), 1_000_000, limits)


def rich():
    """Everything a screen can show."""
    guessed = replace(emg_channel("LT GLUT MED", seed=1), muscle="gluteus_medius", side="left", guessed=True)
    stated = replace(emg_channel("x", seed=2), muscle="biceps_femoris", side="right", placement="distal")
    copy = replace(emg_channel("GMAX RT rectified", seed=3), copy_of="GMAX RT")
    angle = channel_from_array("hip", 45 + np.arange(400) / 10, 100.0, unit="deg", kind="angle")
    unknown = channel_from_array("AUX", np.full(400, 3.0), 100.0, unit="unknown", kind="other")
    events = tuple(Event(f"rep {number}", 1.25 * number, 0.5 * (number % 2)) for number in range(12))
    findings = (
        make_finding("unknown_unit", "note", "no unit for 'AUX'", "state it"),
        make_finding("clipped", "fail", "stands at its rail", "record again", channel="LT GLUT MED"),
        make_finding("clipped", "fail", "stands at its rail", "record again", channel="x"),
    )
    facts = Acquisition("2024-03-05T10:20:00", "Ultium", "bipolar", "SENIAM", None, "10 to 500 Hz", 50.0, 1000.0, 24e-3)
    return summary(
        [emg_channel(), guessed, stated, copy, angle, unknown],
        events=events,
        findings=findings,
        acquisition=facts,
        personal=(("name", "Erika"),),
    )
