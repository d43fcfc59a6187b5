"""What every step promises, tried on each member of the catalogue."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from emgpipe.chain import STEPS, Step

RATES = (1000.0, 1259.259, 2148.148)


NEEDED = {kind: {"frequency": 50} for kind in ("mains_notch", "mains_interpolation", "mains_sine_fit")}
"""Settings without a default."""


def example(member: type[Step]) -> Step:
    return member(**NEEDED.get(member.model_fields["kind"].default, {}))


@pytest.fixture(params=STEPS, ids=lambda step: step.__name__)
def step(request: pytest.FixtureRequest) -> Step:
    return example(request.param)


@pytest.fixture
def samples() -> np.ndarray:
    return np.random.default_rng(5).normal(size=(2, 6000))


def test_keeps_shape_and_leaves_its_input_alone(step, samples):
    before = samples.copy()
    result = step.apply(samples, 1000.0)
    assert result.shape == samples.shape
    assert np.isfinite(result).all()
    assert np.array_equal(samples, before)
    assert not np.shares_memory(result, samples)


def test_works_over_the_last_axis(step, samples):
    both = step.apply(samples, 1000.0)
    for row in range(2):
        assert np.allclose(both[row], step.apply(samples[row], 1000.0), rtol=0, atol=1e-12)


@pytest.mark.parametrize("rate", RATES)
def test_filtering_then_cutting_equals_cutting_with_margins(step, samples, rate):
    margin = step.margin(rate)
    if math.isinf(margin):
        pytest.skip("the step states that it needs the whole recording")
    start, stop = 2500, 3500
    left = max(start - int(margin), 0)
    right = min(stop + int(margin), samples.shape[-1])
    whole = step.apply(samples[0], rate)[start:stop]
    cut = step.apply(samples[0, left:right], rate)[start - left : stop - left]
    assert np.max(np.abs(whole - cut)) <= 1e-9 * np.max(np.abs(samples))


def test_is_frozen_and_refuses_unknown_keys(step):
    with pytest.raises(ValidationError):
        step.kind = "other"
    with pytest.raises(ValidationError):
        type(step)(**step.model_dump(), colour="red")


def test_says_what_it_does(step):
    assert step.kind in step.describe(1000.0)
    assert type(step).__doc__
    undocumented = [name for name, field in type(step).model_fields.items() if name != "kind" and not field.description]
    assert undocumented == []


def test_needs_no_more_than_it_can_be_given(step, samples):
    needed = step.needs(1000.0)
    assert 1 <= needed < 2000
    assert step.apply(samples[0, :needed], 1000.0).size == needed
