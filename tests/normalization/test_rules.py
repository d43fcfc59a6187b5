"""What one trial, or all trials together, give under each rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.normalization import RULES, EnvelopePeak, MiddleMean, Mvic, Percentile, SlidingMean, TopSamples
from tests.normalization.builder import KEY, candidate, find, plateau

EVERY_RULE = [*(rule() for rule in RULES), TopSamples(over="all_trials"), Percentile(percent=50)]


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (SlidingMean(window=0.5), 5.0),
        (SlidingMean(window=1.0), (501 * 5 + 500) / 1001),
        (EnvelopePeak(), 9.0),
        (MiddleMean(duration=0.1), 5.0),
        (TopSamples(duration=1.0), (9 + 501 * 5 + 498) / 1000),
        (TopSamples(duration=0.5), (9 + 499 * 5) / 500),
        (Percentile(percent=90), 5.0),
        (Percentile(percent=80), 1.0),
    ],
)
def test_rules(rule, value):
    envelope = plateau(5.0, start=1250, width=501)
    envelope[100] = 9.0
    reference = find(Mvic(rule=rule), [candidate(envelope)])[0][KEY]
    assert reference.value == pytest.approx(value)
    assert rule.describe() in reference.rule


def test_window_of_scattered_samples_is_their_span():
    envelope = plateau(5.0, start=100, width=300)
    envelope[2000:2300] = 6.0
    attempt = find(Mvic(rule=TopSamples(duration=0.6)), [candidate(envelope)])[0][KEY].attempts[0]
    assert (attempt.start, attempt.stop) == pytest.approx((2.1, 4.3))
    assert not attempt.is_contiguous
    assert attempt.value == pytest.approx(5.5)


def test_top_second_over_all_trials_is_sorted_over_all_of_them():
    trials = [candidate(plateau(4.0, width=600), 1), candidate(plateau(6.0, width=600), 2), candidate(plateau(2.0), 3)]
    reference = find(Mvic(rule=TopSamples(over="all_trials")), trials)[0][KEY]
    assert reference.value == pytest.approx((600 * 6 + 400 * 4) / 1000)
    assert [one.trial for one in reference.used] == ["P01/1/mvic.prone.2", "P01/1/mvic.prone.1"]
    assert "maximum" not in reference.rule


def test_trials_shorter_than_the_duration_are_pooled_too():
    rule = Mvic(rule=TopSamples(over="all_trials"))
    short, long = candidate(np.full(800, 3.0), 1), candidate(np.full(3000, 2.0), 2)
    references, findings = find(rule, [short, long])
    assert references[KEY].value == pytest.approx(0.8 * 3 + 0.2 * 2)
    assert "mvic_trial_unusable" not in {one.kind for one in findings}
    assert find(rule, [short, candidate(np.full(800, 1.0), 2)])[0][KEY].value == pytest.approx(0.8 * 3 + 0.2 * 1)


def test_too_few_samples_of_all_trials_together_are_told():
    trials = [candidate(np.full(400, 3.0), number) for number in (1, 2)]
    references, findings = find(Mvic(rule=TopSamples(over="all_trials")), trials)
    assert references == {}
    assert [one.kind for one in findings] == ["mvic_trial_unusable"] * 2 + ["no_mvic"]


def test_seconds_not_samples_are_pooled():
    fast, slow = plateau(6.0, size=6000, width=1200), plateau(4.0, width=600)
    trials = [candidate(fast, 1, rate=2000.0), candidate(slow, 2, rate=1000.0)]
    value = find(Mvic(rule=TopSamples(over="all_trials")), trials)[0][KEY].value
    assert value == pytest.approx(0.6 * 6 + 0.4 * 4)


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.describe())
@pytest.mark.parametrize(
    "envelope",
    [[], [1.0], [np.nan] * 3000, np.zeros(3000), np.full(10, 1.0), np.full(3000, np.inf)],
    ids=["empty", "one sample", "all missing", "all zero", "ten samples", "infinite"],
)
def test_degenerate_trials_give_no_reference_or_the_constant(rule, envelope):
    reference = find(Mvic(rule=rule), [candidate(envelope)])[0].get(KEY)
    assert reference is None or reference.value == 1.0


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.describe())
@settings(max_examples=10, deadline=None)
@given(level=st.floats(1e-9, 1e6), rate=st.sampled_from([100.0, 1000.0, 2148.148]), seconds=st.floats(1.2, 6.0))
def test_constant_envelope_gives_the_constant_under_every_rule(rule, level, rate, seconds):
    trials = [candidate(np.full(round(seconds * rate), level), number, rate=rate) for number in (1, 2)]
    assert find(Mvic(rule=rule), trials)[0][KEY].value == pytest.approx(level)


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.describe())
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(1e-6, 1e6))
def test_reference_scales_with_the_signal_and_does_not_hang_on_the_order(rule, seed, factor):
    rng = np.random.default_rng(seed)
    envelopes = [np.abs(rng.standard_normal(1500)).cumsum() % 7 + 0.1 for _ in range(3)]
    there = [candidate(one, number) for number, one in enumerate(envelopes)]
    value = find(Mvic(rule=rule), there)[0][KEY].value
    assert find(Mvic(rule=rule), there[::-1])[0][KEY].value == pytest.approx(value)
    larger = [candidate(one * factor, number) for number, one in enumerate(envelopes)]
    assert find(Mvic(rule=rule), larger)[0][KEY].value == pytest.approx(factor * value)
