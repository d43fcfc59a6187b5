"""Recordings for the tests of writers: a hand-made one with everything in it, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from emgpipe.model import Acquisition, Channel, Event, Recording, Source, channel_from_array, make_finding
from emgpipe.readers import ReaderOptions, choose, options_for
from emgpipe.units import BASE, BY_NAME

RATES = (2148.148, 2148.1481481481483, 148.148, 1259.259, 1925.926, 2000.0, 1000.0, 990.0, 2000.3556, 100.0, 0.5)
UNITS = tuple(sorted({BASE.get(unit.quantity, unit.name) for unit in BY_NAME.values()} | {"unknown"}))
FIELDS = (
    "label", "sampling_rate", "unit", "kind", "n_samples", "muscle", "side", "guessed", "placement", "start", "copy_of",
)  # fmt: skip


def everything() -> Recording:
    """Two EMG channels with a gap, an angle on another clock that begins later, events, facts, personal data."""
    rng = np.random.default_rng(3)
    emg = rng.normal(0, 1e-4, (2, 5000))
    emg[1, 700:760] = np.nan
    angle = 60 + 30 * np.sin(np.arange(350) / 50)
    first = replace(channel_from_array("LT GLUT MAX, surface (µV)", emg[0], 2148.148), muscle="gluteus_maximus")
    channels = (
        replace(first, side="left", guessed=False, placement="upper"),
        replace(channel_from_array("=GMED RT", emg[1], 2148.148), muscle="gluteus_medius", side="right", guessed=True),
        channel_from_array("hip flexion of the right side", angle, 148.148, unit="deg", kind="angle", start=0.01),
        replace(channel_from_array("GMED RT rms", emg[1] ** 2, 2148.148), copy_of="=GMED RT"),
    )
    return Recording(
        channels,
        Source(Path("Anna Muster.c3d"), "c3d"),
        (Event("squat, =1+1", 0.25, 1.0), Event("  \x14µ stop\n", 1 / 3), Event("emgpipe 1/1 |{}|", 2.0)),
        Acquisition("2024-03-05T10:20:30.5", "Trigno Avanti", hardware_filters="20-450 Hz", mains_frequency=50.0),
        (make_finding("clipped", "warn", "clips, often", "lower the gain", channel="=GMED RT", value=0.5, unit="s"),),
        (("last name", "Muster"), ("born", "1990-01-02")),
    )


@st.composite
def channels(draw: st.DrawFn, label: str) -> Channel:
    n = draw(st.integers(1, 400))
    unit = draw(st.sampled_from(UNITS))
    size = draw(st.sampled_from([1e-6, 1e-3, 1.0, 12345.678, 3e7]))
    samples = np.random.default_rng(draw(st.integers(0, 2**32))).normal(draw(st.sampled_from([0, 5])), 1, n) * size
    if draw(st.booleans()):
        start = draw(st.integers(0, n))
        samples[start : start + draw(st.integers(0, n))] = np.nan
    if draw(st.integers(0, 9)) == 0:
        samples[:] = draw(st.sampled_from([0.0, 1.0, -2.5e-5, np.nan]))
    channel = channel_from_array(label, samples, draw(st.sampled_from(RATES)), unit=unit)
    return replace(
        channel,
        kind=draw(st.sampled_from(["emg", "angle", "other", "trigger"])),
        muscle=draw(st.sampled_from(["", "gluteus_maximus"])),
        side=draw(st.sampled_from(["", "left", "right"])),
        guessed=draw(st.booleans()),
        start=draw(st.sampled_from([0.0, 0.0, 0.0123, 1.5])),
    )


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=30)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    labels = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
    parts = tuple(draw(channels(label)) for label in labels)
    events = draw(
        st.lists(
            st.builds(
                Event,
                st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20),
                st.floats(-1, 1e5),
                st.floats(0, 1e3),
            ),
            max_size=5,
        )
    )
    events.sort(key=lambda event: event.start)
    device = draw(st.one_of(st.just(""), WORDS))
    return Recording(parts, Source(Path("in.csv"), "delimited"), tuple(events), Acquisition(device=device))


def read(path: Path, options: Sequence[ReaderOptions] = ()) -> Recording:
    """Read without the guesses from labels that `emgpipe.readers.read` adds."""
    reader, _ = choose(path)
    return reader.read(path, options_for(reader, options))


def assert_same_facts(back: Recording, given: Recording) -> None:
    """Everything but the samples."""
    assert back.labels == given.labels
    for new, old in zip(back.channels, given.channels, strict=True):
        for field in FIELDS:
            assert getattr(new, field) == getattr(old, field), field
    assert sorted(back.events, key=repr) == sorted(given.events, key=repr)
    assert back.acquisition == given.acquisition


def largest_error(new: Channel, old: Channel) -> float:
    """Largest difference between samples, relative to the largest sample; gaps must be the same."""
    first, second = new.read(), old.read()
    np.testing.assert_array_equal(np.isnan(first), np.isnan(second))
    there = np.isfinite(second)
    if not there.any() or not np.abs(second[there]).max():
        return float(np.abs(first[there]).max()) if there.any() else 0.0
    return float(np.abs(first[there] - second[there]).max() / np.abs(second[there]).max())
