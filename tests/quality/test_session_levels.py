"""Signal-to-noise, electrodes that shift, and trials on different scales."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgpipe.model import Finding
from emgpipe.quality.session.consistent_scale import ConsistentScale
from emgpipe.quality.session.electrode_shift import ElectrodeShift
from emgpipe.quality.session.places import in_order
from emgpipe.quality.session.signal_to_noise import SignalToNoise
from emgpipe.quality.session.steps import step_in
from emgpipe.simulate.emg import Spectrum, simulate_emg
from tests.quality.session_builder import MAXIMA, MUSCLES, RATE, SPECTRA, changed, clean, rest, task, view

FIRST = MUSCLES[0]


def about_first(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    assert {one.muscle for one in findings} <= {FIRST}
    return [(one.kind, one.level) for one in findings]


def noisy(decibels: float, *names: str):
    """Add noise so that the maximum lies this far above it, within the band of the chain."""
    rng = np.random.default_rng(7)
    rms = MAXIMA[0] / 10 ** (decibels / 20)
    return changed(clean(1), FIRST, lambda x: x + rms * simulate_emg(np.ones(x.size), RATE, rng, SPECTRA[0]), *names)


@pytest.mark.parametrize(("decibels", "level"), [(26, None), (17.5, "note"), (13, "warn"), (6, "fail")])
def test_signal_to_noise_has_levels(decibels, level):
    found = SignalToNoise().look(view(noisy(decibels)))
    assert about_first(found) == ([("low_signal_to_noise", level)] if level else [])
    if level:
        expected = 10 * np.log10(1 + 10 ** (decibels / 10))
        assert found[0].value == pytest.approx(expected, abs=1.0)
        assert (found[0].trial, found[0].unit) == ("", "dB")


def test_without_a_rest_trial_there_is_a_note_at_most():
    takes = [take for take in noisy(6) if take.role != "rest"]
    found = SignalToNoise().look(view(takes))
    assert about_first(found) == [("low_signal_to_noise", "note")]
    assert "no rest trial" in found[0].reason


def test_without_an_mvic_the_loudest_task_counts_and_never_fails():
    takes = [take for take in noisy(2) if take.role != "mvic"]
    found = SignalToNoise().look(view(takes))
    assert about_first(found) == [("low_signal_to_noise", "warn")]
    assert "the loudest task" in found[0].reason


def test_rest_noise_that_grows_is_found_and_good_noise_is_not_told():
    rng = np.random.default_rng(3)
    louder = changed(clean(1), FIRST, lambda x: x + 10e-6 * rng.standard_normal(x.size), "rest.2")
    found = ElectrodeShift().look(view(louder))
    assert about_first(found) == [("rest_noise_changed", "warn")]
    assert found[0].value > 3
    still_good = changed(clean(1), FIRST, lambda x: x + 3e-6 * rng.standard_normal(x.size), "rest.2")
    assert ElectrodeShift().look(view(still_good)) == ()
    falls = changed(clean(1), FIRST, lambda x: x + 10e-6 * rng.standard_normal(x.size), "rest.1")
    assert about_first(ElectrodeShift().look(view(falls))) == [("rest_noise_changed", "note")]


@pytest.mark.parametrize(("factor", "level"), [(0.95, None), (0.7, "note"), (0.5, "warn"), (1.7, "warn")])
def test_an_mvic_repeated_after_the_tasks_is_compared(factor, level):
    late = changed(clean(1), FIRST, lambda x: x * factor, f"mvic.{FIRST}.2")
    found = ElectrodeShift(mvic_warn=45).look(view(late))
    assert about_first(found) == ([("mvic_changed", level)] if level else [])
    if level:
        assert 1 + found[0].value / 100 == pytest.approx(factor, rel=0.07)


def shifted(factors: list[float]):
    """Six sets of one exercise whose spectrum is scaled by these factors."""
    rng = np.random.default_rng(5)
    takes = [rest("rest.1", rng)]
    for number, factor in enumerate(factors):
        take = task(f"task.{number}", rng, exercise="hip_thrust", order=str(number))
        course = np.abs(take.samples[FIRST])
        course = np.sqrt(np.convolve(course**2, np.ones(200) / 200, mode="same"))
        spectrum = Spectrum(SPECTRA[0].low * factor, SPECTRA[0].high * factor)
        takes.append(replace(take, samples={**take.samples, FIRST: simulate_emg(course, RATE, rng, spectrum)}))
    return takes


def test_a_step_of_the_spectrum_is_a_shift_and_a_slope_is_fatigue():
    stepped = ElectrodeShift().look(view(shifted([1, 1, 1, 0.65, 0.65, 0.65])))
    assert about_first(stepped) == [("spectrum_shifted", "warn")]
    assert stepped[0].value == pytest.approx(-35, abs=8)
    assert "task.2 and task.3" in stepped[0].reason
    assert ElectrodeShift().look(view(shifted([1, 0.92, 0.84, 0.76, 0.68, 0.6]))) == ()
    two = ElectrodeShift().look(view(shifted([1, 0.6])))
    assert about_first(two) == [("spectrum_shifted", "note")]


def test_the_place_of_a_step():
    assert step_in(np.array([1.0, 1.0, 0.0, 0.0])) == (2, -1.0)
    assert step_in(np.array([1.0, 0.75, 0.5, 0.25])) is None


def test_tasks_are_put_in_the_order_they_were_done():
    rng = np.random.default_rng(1)
    by_factor = view([task("late", rng, order="2"), rest("rest", rng), task("early", rng, order="1")])
    assert [one.id for one in in_order(by_factor)] == ["early", "rest", "late"]
    by_time = [
        replace(take, start_time=f"2026-03-02T10:{minute:02d}:00")
        for take, minute in zip([task("b", rng), rest("c", rng), task("a", rng)], (5, 9, 1), strict=True)
    ]
    assert [one.id for one in in_order(view(by_time))] == ["a", "b", "c"]
    mixed = [replace(by_time[0], start_time="2026-03-02T10:05:00+01:00"), *by_time[1:]]
    assert [one.id for one in in_order(view(mixed))] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("names", "factor"),
    [(("task.2",), 1e3), (("task.2",), 1e-3), (("mvic",), 1e3), (("mvic",), 1e-3), (("rest",), 1e3)],
)
def test_a_file_in_another_unit_is_found(names, factor):
    found = ConsistentScale().look(view(changed(clean(1), FIRST, lambda x: x * factor, *names)))
    assert set(about_first(found)) == {("scale_differs", "fail")}
    if names == ("task.2",):
        assert [one.trial for one in found] == ["task.2"]


def test_a_muscle_at_rest_in_a_set_is_no_other_scale():
    rng = np.random.default_rng(1)
    quiet = changed(clean(1), FIRST, lambda x: rest("x", rng, x.size / RATE).samples[FIRST], "task.2")
    assert ConsistentScale().look(view(quiet)) == ()


def test_a_rate_that_is_stated_wrongly_is_told_from_a_second_rate():
    takes = clean(1)
    wrong = [replace(take, rate=500.0 * 4, repetitions=()) if take.role == "mvic" else take for take in takes]
    found = ConsistentScale().look(view(wrong))
    assert {(one.kind, one.level) for one in found if one.muscle == FIRST} == {("sampling_rate_differs", "warn")}
