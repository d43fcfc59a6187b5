"""Repetitions unlike the others, and fatigue over a set or a hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgpipe.model import Finding, Repetition
from emgpipe.quality import look_at_trial
from emgpipe.quality.trial.fatigue_drift import FatigueDrift
from emgpipe.quality.trial.repetition_outliers import RepetitionOutliers
from emgpipe.simulate.emg import Spectrum, simulate_emg
from tests.quality.session_builder import MUSCLES, RATE, SPECTRA, Take, mvic, task, view

FIRST = MUSCLES[0]


def look(check: RepetitionOutliers | FatigueDrift, take: Take) -> list[Finding]:
    (trial,) = view([take]).trials
    return list(look_at_trial((check,), trial))


def one_set(heights: tuple[float, ...]) -> Take:
    """Only the first muscle follows the heights."""
    rng = np.random.default_rng(8)
    loud, even = task("task.1", rng, heights), task("task.1", rng, (0.6,) * len(heights))
    return replace(even, samples={**even.samples, FIRST: loud.samples[FIRST]})


@pytest.mark.parametrize("factor", [0.4, 2.0])
def test_one_repetition_unlike_the_others_is_found_with_its_onset(factor):
    found = look(RepetitionOutliers(), one_set((0.6, 0.6, 0.6 * factor, 0.6, 0.6, 0.6)))
    (outlier,) = [one for one in found if one.kind == "repetition_outlier"]
    assert (outlier.level, outlier.muscle, outlier.stage) == ("warn", FIRST, "envelope")
    assert outlier.onset == pytest.approx(0.5 + 2 * 1.6)
    assert outlier.value == pytest.approx(100 * (factor - 1), abs=12)


def test_a_set_that_rises_throughout_has_no_outlier():
    found = look(RepetitionOutliers(), one_set((0.3, 0.4, 0.5, 0.6, 0.7, 0.8)))
    assert [(one.kind, one.level) for one in found] == [("repetitions_vary", "note")]


def test_three_repetitions_are_too_few_to_tell():
    assert look(RepetitionOutliers(), one_set((0.6, 0.6, 1.8))) == []


def test_a_repetition_of_another_length_is_about_all_muscles():
    take = one_set((0.6,) * 6)
    first, second, *others = take.repetitions
    merged = replace(take, repetitions=(Repetition(first.start, second.stop), *others))
    (found,) = [one for one in look(RepetitionOutliers(), merged) if one.kind == "repetition_length"]
    assert (found.muscle, found.onset, found.unit) == ("", first.start, "s")
    assert found.value == pytest.approx(3.2)


def tired(fall: float, rise: float, count: int = 8) -> Take:
    """Median frequency falls and amplitude rises from repetition to repetition."""
    rng = np.random.default_rng(6)
    take = task("task.1", rng, (0.6,) * count, length=2.5)
    samples = take.samples[FIRST].copy()
    for index, repetition in enumerate(take.repetitions):
        share = index / (count - 1)
        span = slice(round(repetition.start * RATE), round(repetition.stop * RATE))
        spectrum = Spectrum(SPECTRA[0].low * (1 - fall * share), SPECTRA[0].high * (1 - fall * share))
        bump = 2e-4 * (0.1 + np.sin(np.pi * np.linspace(0, 1, span.stop - span.start)) ** 2)
        samples[span] = simulate_emg(bump * (1 + rise * share), RATE, rng, spectrum)
    return replace(take, samples={**take.samples, FIRST: samples})


@pytest.mark.parametrize(
    ("fall", "rise", "level"), [(0.0, 0.3, None), (0.25, 0.3, "note"), (0.5, 0.3, "warn"), (0.25, -0.4, None)]
)
def test_fatigue_is_a_falling_spectrum_under_a_rising_amplitude(fall, rise, level):
    found = look(FatigueDrift(note_above=10, warn_above=38), tired(fall, rise))
    assert [(one.kind, one.level, one.muscle) for one in found] == ([("fatigue", level, FIRST)] if level else [])
    if level:
        assert found[0].value == pytest.approx(-100 * fall / 7, abs=1.5)


def test_a_long_hold_tires_by_the_second():
    rng = np.random.default_rng(6)
    take = mvic("mvic.1", FIRST, rng, seconds=13.0)
    share = np.linspace(0.0, 1.0, take.samples[FIRST].size)
    fresh, slow = (
        simulate_emg(np.full(share.size, 3e-4), RATE, rng, Spectrum(SPECTRA[0].low * one, SPECTRA[0].high * one))
        for one in (1.0, 0.4)
    )
    samples = np.sqrt(1 - share) * fresh + np.sqrt(share) * slow * (1 + 0.3 * share)
    (found,) = look(FatigueDrift(), replace(take, samples={**take.samples, FIRST: samples}))
    assert (found.kind, found.level) == ("fatigue", "warn")
    assert "per second" in found.reason
    assert look(FatigueDrift(), mvic("mvic.1", FIRST, rng, seconds=13.0)) == []
