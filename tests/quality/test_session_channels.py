"""Swapped channels, files that were filtered before, and one file under two names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from emgpipe.quality.session.consistent_filtering import ConsistentFiltering
from emgpipe.quality.session.same_samples import SameSamples
from emgpipe.quality.session.swapped_channels import SwappedChannels
from emgpipe.quality.session.working_side import WorkingSide
from tests.quality.session_builder import MUSCLES, RATE, Take, changed, clean, rest, task, view

FIRST, SECOND = MUSCLES


def swapped(takes: list[Take], one: str, other: str) -> list[Take]:
    return [
        replace(take, samples={**take.samples, one: take.samples[other], other: take.samples[one]}) for take in takes
    ]


@pytest.mark.parametrize("along", [0.05, 0.3, 0.5])
def test_swapped_electrodes_are_found_and_put_right_are_not(along):
    takes = clean(1, along)
    found = SwappedChannels().look(view(swapped(takes, FIRST, SECOND)))
    assert {(one.kind, one.level, one.muscle) for one in found} == {
        ("swapped_channels", "fail", FIRST),
        ("swapped_channels", "fail", SECOND),
    }
    assert found[0].value == pytest.approx(1 / along, rel=0.2)
    assert SwappedChannels().look(view(swapped(swapped(takes, FIRST, SECOND), FIRST, SECOND))) == ()


def test_a_weak_mvic_is_one_sided():
    takes = changed(clean(1, 0.5), FIRST, lambda x: 0.3 * x, f"mvic.{FIRST}")
    found = SwappedChannels().look(view(takes))
    assert [(one.kind, one.level, one.muscle) for one in found] == [("mvic_of_other_muscle", "warn", FIRST)]


def test_without_mvic_trials_nothing_is_said_of_swapping():
    takes = [take for take in swapped(clean(1), FIRST, SECOND) if take.role != "mvic"]
    assert SwappedChannels().look(view(takes)) == ()


def one_sided(swap: bool, *, sides: tuple[str, ...] = ("left", "right")) -> list[Take]:
    """Sets done by one side, in which the other side works with a fifth."""
    rng = np.random.default_rng(4)
    takes = []
    for side in sides:
        for number in (1, 2):
            take = task(f"{side}.{number}", rng, exercise="split_squat", working_side=side)
            own, other = take.samples[FIRST], 0.2 * task("x", rng).samples[FIRST]
            right, left = (own, other) if (side == "right") != swap else (other, own)
            takes.append(replace(take, samples={f"{FIRST}:right": right, f"{FIRST}:left": left}))
    return takes


def test_left_and_right_are_told_by_tasks_of_one_side():
    assert WorkingSide().look(view(one_sided(swap=False))) == ()
    found = WorkingSide().look(view(one_sided(swap=True)))
    assert [(one.kind, one.level, one.side) for one in found] == [
        ("other_side_works_more", "warn", "left"),
        ("other_side_works_more", "warn", "right"),
    ]
    assert WorkingSide().look(view(one_sided(swap=True, sides=("left",)))) == ()  # no MVIC to set the sides against


def low_passed(edge: float, order: int = 4):
    return lambda x: sosfiltfilt(butter(order, edge, fs=RATE, output="sos"), x)


@pytest.mark.parametrize(
    ("change", "level"),
    [
        (low_passed(60), "fail"),
        (low_passed(100), "fail"),
        (lambda x: np.convolve(x, np.ones(20) / 20, mode="same"), "fail"),
        (lambda x: sosfiltfilt(butter(4, [20, 399], "bandpass", fs=RATE, output="sos"), x), "warn"),
        (lambda x: sosfiltfilt(butter(4, 50, "highpass", fs=RATE, output="sos"), x), "fail"),
    ],
    ids=["60 Hz", "100 Hz", "moving average", "band-pass", "high-pass"],
)
@pytest.mark.parametrize("where", ["task.2", "mvic"])
def test_trials_filtered_before_are_found(change, level, where):
    found = ConsistentFiltering().look(view(changed(clean(1), FIRST, change, where)))
    prefix = f"mvic.{FIRST}" if where == "mvic" else where
    touched = {take.name for take in clean(1) if take.name.startswith(prefix)}
    assert {(one.kind, one.level) for one in found} == {("filtered_differently", level)}
    assert {one.trial for one in found} == touched
    assert {one.muscle for one in found} == {FIRST}


def test_a_session_that_is_filtered_throughout_is_consistent():
    assert ConsistentFiltering().look(view(changed(clean(1), FIRST, low_passed(100)))) == ()


def test_movement_in_some_trials_is_no_filter():
    def swing(samples: np.ndarray) -> np.ndarray:
        times = np.arange(samples.size) / RATE
        bumps = sum(np.exp(-0.5 * ((times - center) / 0.03) ** 2) for center in np.arange(0.5, times[-1], 0.7))
        return samples + 1e-3 * bumps

    assert ConsistentFiltering().look(view(changed(clean(1), FIRST, swing, "task"))) == ()


def test_one_file_under_two_names_is_found_whatever_its_gain():
    takes = clean(1)
    second = next(take for take in takes if take.name == "task.2")
    copied = [replace(take, samples=second.samples) if take.name == "task.3" else take for take in takes]
    found = SameSamples().look(view(copied))
    assert {(one.level, one.trial, one.muscle) for one in found} == {("fail", "task.2", ""), ("fail", "task.3", "")}
    one_channel = [
        replace(take, samples={**take.samples, FIRST: 1e-3 - 1000 * second.samples[FIRST]})
        if take.name == "task.3"
        else take
        for take in takes
    ]
    found = SameSamples().look(view(one_channel))
    assert {(one.trial, one.muscle) for one in found} == {("task.2", FIRST), ("task.3", FIRST)}


def test_rests_of_converter_steps_are_not_one_recording():
    rng = np.random.default_rng(2)
    takes = [rest(f"rest.{number}", rng) for number in (1, 2, 3)]
    coarse = changed(takes, FIRST, lambda x: np.round(x / 5e-6) * 5e-6)
    assert SameSamples().look(view(coarse)) == ()
