"""The picture of a recording: what is drawn, and what of a long one is read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from emgpipe.model import Event, channel_from_array, make_finding
from emgpipe.report.recording_plot import decimate, recording_figure
from tests.inspection.recordings import emg_channel, recording


def test_decimation_keeps_every_extreme(monkeypatch):
    monkeypatch.setattr("emgpipe.report.recording_plot.PIECE", 1000)
    samples = np.random.default_rng(5).standard_normal(54_321)
    samples[777], samples[40_000:40_500] = 99.0, np.nan
    channel = replace(channel_from_array("a", samples, 1000.0), start=2.0)
    course = decimate(channel, columns=500)
    edges = np.linspace(0, samples.size, 501).astype(int)
    expected = [samples[start:stop] for start, stop in pairwise(edges)]
    for low, high, part in zip(course.low, course.high, expected, strict=True):
        if np.isnan(part).all():
            assert np.isnan(low)
        else:
            assert (low, high) == (np.nanmin(part), np.nanmax(part))
    assert course.times[0] == pytest.approx(2.0 + 54 / 1000)
    assert course.is_whole


@pytest.mark.parametrize("n_samples", [0, 1, 2, 7])
def test_short_channels(n_samples):
    course = decimate(channel_from_array("a", np.arange(float(n_samples)), 10.0), columns=5)
    known = course.low[np.isfinite(course.low)]
    assert known.size == min(n_samples, 5)
    if n_samples:
        assert (known.min(), np.nanmax(course.high)) == (0.0, n_samples - 1.0)


def test_of_a_long_channel_a_part_of_each_step_is_read():
    asked = []
    samples = np.arange(100_000.0)

    def load(start, stop):
        asked.append(stop - start)
        return samples[start:stop]

    channel = replace(channel_from_array("a", samples, 1000.0), load=load)
    course = decimate(channel, columns=100, most=50_000)
    assert not course.is_whole
    assert (len(asked), max(asked)) == (100, 64)
    np.testing.assert_array_equal(course.low, np.arange(0.0, 100_000, 1000))


def test_the_figure_says_what_it_shows(tmp_path):
    channels = [
        emg_channel("GMAX $RT"),
        channel_from_array("hip", np.full(100, np.nan), 100.0, unit="deg", kind="angle"),
        channel_from_array("flat", np.zeros(100), 100.0, unit="g", kind="acceleration"),
    ]
    events = (Event("start", 0.5), Event("set", 1.0, 2.0))
    figure = recording_figure(recording(channels, events=events, findings=(make_finding("sampled", "note", "a part"),)))
    figure.savefig(tmp_path / "a.png")
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == [r"GMAX \$RT (µV)", "hip (°)", "flat (g)"]
    assert axes.get_title(loc="left") == "squat.c3d, 3 channels, 2 events, a part"
    said = [text.get_text() for text in axes.texts]
    assert "start" in said
    assert " no samples" in said
    assert any("µV" in text for text in said)
    assert axes.get_xlim() == (0.0, 4.0)
    (drawn,) = (
        one for one in axes.collections if one.get_label() != "flat" and one.get_paths()[0].vertices.size > 4000
    )
    heights = drawn.get_paths()[0].vertices[:, 1]
    assert -1.0 <= heights.min() < heights.max() <= 0.0
    assert max(-0.5 - heights.min(), heights.max() + 0.5) == pytest.approx(0.45)  # around zero, to one of its ends


def test_events_are_named_or_counted():
    apart = tuple(Event(f"Right Foot Strike {number}", 0.3 * number) for number in range(12))
    (axes,) = recording_figure(recording([emg_channel()], events=apart)).axes
    said = {text.get_text() for text in axes.texts}
    assert {event.label[:10] for event in apart} <= {text[:10] for text in said}
    assert axes.get_title(loc="left") == "squat.c3d, 1 channel, 12 events"
    together = tuple(Event("Right Foot Strike", 1.0 + 0.001 * number) for number in range(12))
    (axes,) = recording_figure(recording([emg_channel()], events=together)).axes
    assert axes.get_title(loc="left") == "squat.c3d, 1 channel, 12 events (9 without room for a name)"


def test_nothing_at_all_and_very_much(tmp_path):
    recording_figure(recording([])).savefig(tmp_path / "none.png")
    many = [emg_channel(f"ch {number}", seconds=0.05) for number in range(300)]
    figure = recording_figure(recording(many))
    assert figure.get_figheight() * 100 < 2**16
