"""Derived channels: the difference of two, and the inclination of a segment."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from emgpipe.derived import AnyDerived, Difference, Inclination, derive
from emgpipe.errors import SignalError, UnitError
from emgpipe.model import channel_from_array


def channel(label, values, rate=100.0, *, unit="deg", kind="angle", start=0.0):
    return channel_from_array(label, np.asarray(values, float), rate, unit=unit, kind=kind, start=start)


def by_label(*channels):
    return {one.label: one for one in channels}


NECK = Difference(name="neck", channels=("head", "trunk"))


def test_difference_on_one_clock_is_exact():
    rng = np.random.default_rng(0)
    head, trunk = rng.normal(size=(2, 200))
    neck = derive(NECK, by_label(channel("head", head, start=0.3), channel("trunk", trunk, start=0.3)))
    np.testing.assert_array_equal(neck.read(), head - trunk)
    assert (neck.label, neck.kind, neck.unit, neck.sampling_rate, neck.start) == ("neck", "angle", "deg", 100.0, 0.3)


def test_different_rates_give_the_slower_clock():
    def true(times):
        return 20 * np.sin(2 * np.pi * 0.5 * times)

    fast, slow = np.arange(1000) / 148.148, 0.5 + np.arange(500) / 100
    head = channel("head", true(fast), 148.148)
    trunk = channel("trunk", np.full(500, 5.0), 100.0, start=0.5)
    neck = derive(NECK, by_label(head, trunk))
    assert neck.sampling_rate == 100.0
    assert neck.start == 0.5
    assert neck.n_samples == 500
    np.testing.assert_allclose(neck.read(), true(slow) - 5, atol=0.01)


def test_only_the_time_in_common_is_kept():
    head = channel("head", np.arange(100.0), start=0.0)
    trunk = channel("trunk", np.arange(100.0), start=0.5)
    neck = derive(NECK, by_label(head, trunk))
    assert (neck.start, neck.n_samples) == (0.5, 50)
    np.testing.assert_allclose(neck.read(), 50.0)
    with pytest.raises(SignalError, match=r"no time in common: 'head' 0\.000 to 1\.000 s, 'trunk' 9\.000"):
        derive(NECK, by_label(head, channel("trunk", np.arange(100.0), start=9.0)))


def test_gaps_stay_gaps():
    head = np.zeros(50)
    head[10:20] = np.nan
    neck = derive(NECK, by_label(channel("head", head), channel("trunk", np.ones(50))))
    np.testing.assert_array_equal(np.isnan(neck.read()), np.isnan(head))


def test_units_are_converted_or_refused():
    head, trunk = channel("head", [90.0, 90.0]), channel("trunk", [np.pi / 6] * 2, unit="rad")
    np.testing.assert_allclose(derive(NECK, by_label(head, trunk)).read(), 60.0)
    with pytest.raises(UnitError, match=r"'head' is in deg and 'trunk' in g.*cannot be converted"):
        derive(NECK, by_label(head, channel("trunk", [0, 0], unit="g")))
    with pytest.raises(UnitError, match="state the unit of both"):
        derive(NECK, by_label(head, channel("trunk", [0, 0], unit="unknown")))
    both = by_label(channel("head", [3, 3], unit="unknown"), channel("trunk", [1, 1], unit="unknown"))
    assert derive(NECK, both).unit == "unknown"


def test_wrap():
    wrapped = Difference(name="neck", channels=("head", "trunk"), wrap=True)
    channels = by_label(channel("head", [179, -179, 10]), channel("trunk", [-179, 179, 30]))
    np.testing.assert_allclose(derive(wrapped, channels).read(), [-2, 2, -20])


def test_missing_channel_is_named_with_suggestions():
    with pytest.raises(SignalError, match=r"no channel 'trunk'; did you mean 'trunc'\? The channels are: head, trunc"):
        derive(NECK, by_label(channel("head", [0]), channel("trunc", [0])))


def sensor(angle, lean=0.0, unit="g", size=1.0):
    """Accelerations of a segment `angle` degrees from upright, leaning sideways by `lean` degrees."""
    pitch, roll = np.radians(angle), np.radians(lean)
    up = size * np.cos(pitch) * np.cos(roll)
    return by_label(
        channel("y", up, unit=unit, kind="acceleration"),
        channel("z", size * np.sin(pitch) * np.ones_like(up), unit=unit, kind="acceleration"),
        channel("x", size * np.cos(pitch) * np.sin(roll), unit=unit, kind="acceleration"),
    )


TRUNK = Inclination(name="trunk", channels=("y", "z"), axis="y", plane="z")


@pytest.mark.parametrize(("unit", "size"), [("g", 1.0), ("m/s^2", 9.80665), ("unknown", 1234.0)])
def test_inclination_in_the_plane_has_a_sign(unit, size):
    angle = np.linspace(-179, 179, 300)
    trunk = derive(TRUNK, sensor(angle, unit=unit, size=size))
    np.testing.assert_allclose(trunk.read(), angle, atol=1e-9)
    assert (trunk.kind, trunk.unit, trunk.label) == ("angle", "deg", "trunk")


def test_inclination_in_space_counts_the_sideways_lean():
    spec = Inclination(name="trunk", channels=("x", "y", "z"), axis="y")
    angle = np.linspace(-170, 170, 50)
    np.testing.assert_allclose(derive(spec, sensor(angle)).read(), np.abs(angle), atol=1e-6)
    np.testing.assert_allclose(derive(spec, sensor(np.zeros(5), lean=40.0 * np.ones(5))).read(), 40.0)
    two = Inclination(name="trunk", channels=("y", "z"), axis="y")
    np.testing.assert_allclose(derive(two, sensor(angle)).read(), np.abs(angle), atol=1e-9)


def test_inclination_low_pass_takes_the_shaking_out():
    angle = np.full(1000, 30.0)
    shaken = sensor(angle)
    noise = np.random.default_rng(0).normal(0, 0.05, 1000)
    shaken["z"] = channel("z", shaken["z"].read() + noise, unit="g", kind="acceleration")
    raw = derive(TRUNK, shaken).read()
    smooth = derive(TRUNK.model_copy(update={"low_pass": 3.0}), shaken).read()
    assert np.std(smooth) < np.std(raw) / 3
    assert np.mean(smooth) == pytest.approx(30.0, abs=0.3)


def test_a_dead_sensor_gives_gaps_and_not_an_angle():
    dead = by_label(channel("y", np.zeros(5), unit="g"), channel("z", np.zeros(5), unit="g"))
    assert np.isnan(derive(TRUNK, dead).read()).all()


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"channels": ("y", "y"), "axis": "y"}, "must differ"),
        ({"channels": ("y", "z"), "axis": "x"}, r"one of the channels \(y, z\), not 'x'"),
        ({"channels": ("x", "y", "z"), "axis": "y", "plane": "z"}, "must be the two named in axis and plane"),
        ({"channels": ("y",), "axis": "y"}, "at least 2 items"),
    ],
)
def test_inclination_settings(parts, message):
    with pytest.raises(ValidationError, match=message):
        Inclination(name="trunk", **parts)


def test_told_apart_by_kind():
    adapter = TypeAdapter(AnyDerived)
    assert adapter.validate_python({"kind": "difference", "name": "neck", "channels": ["head", "trunk"]}) == NECK
    given = {"kind": "inclination", "name": "trunk", "channels": ["y", "z"], "axis": "y", "plane": "z"}
    assert adapter.validate_python(given) == TRUNK
