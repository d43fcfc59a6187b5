"""What every detector must do; a new one joins by its line in `DETECTORS` and an entry in `example`."""

from __future__ import annotations

import pickle
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from emgpipe.model import TrialFile
from emgpipe.segmentation import DETECTORS, AnyDetector, Found, find_repetitions
from tests.segmentation.angles import Move, burst_envelope, emg_signal, length, make_signal, make_trial, position

RATE = 100.0
MOVES = [Move(1.0, 0.6, 1.2, 0.8)] * 4


def example(kind, folder):
    """Return the settings of a detector and a trial in which it finds four repetitions."""
    times = np.arange(round(length(MOVES) * RATE)) / RATE
    values, marks = position(MOVES, times)
    table = folder / "spans.csv"
    table.write_text("start,stop\n" + "".join(f"{row[0]},{row[3]}\n" for row in marks))
    spans = marks[:, [0, 3]]
    trial = make_trial(
        make_signal("hip", 60 * (1 - values), RATE),
        emg_signal("gluteus_maximus", burst_envelope(spans, length(MOVES), 1000.0), 1000.0),
        events=[("rep", first, last - first) for first, last in spans],
        files=(TrialFile(folder / "a.csv"),),
    )
    parts = {
        "windows": {"length": length(MOVES) / 4},
        "events": {"start": "rep", "use_durations": True},
        "table": {"path": str(table), "clock": "file"},
        "angle": {"channel": "hip"},
        "envelope": {"muscle": "gluteus_maximus"},
        "emg_activation": {"muscle": "gluteus_maximus"},
    }
    return {"kind": kind} | parts.get(kind, {}), trial


def shift(trial, by):
    """Move everything about a trial on its clock."""
    return replace(
        trial,
        trial=replace(trial.trial, files=tuple(replace(one, offset=one.offset + by) for one in trial.trial.files)),
        signals=tuple(replace(signal, start=signal.start + by) for signal in trial.signals),
        events=tuple(replace(event, start=event.start + by) for event in trial.events),
        start=trial.start + by,
        stop=trial.stop + by,
    )


def all_times(found: Found):
    return np.array(
        [
            time
            for rep in found.repetitions
            for time in (rep.start, rep.stop, *(t for phase in rep.phases for t in (phase.start, phase.stop)))
        ]
    )


@pytest.fixture(params=DETECTORS, ids=lambda detector: detector.model_fields["kind"].default)
def case(request, tmp_path):
    given_settings, trial = example(request.param.model_fields["kind"].default, tmp_path)
    detector = TypeAdapter(AnyDetector).validate_python(given_settings)
    assert type(detector) is request.param
    return SimpleNamespace(detector=detector, trial=trial)


def test_finds_ordered_repetitions_inside_the_span(case):
    found = find_repetitions(case.detector, case.trial)
    assert len(found.repetitions) == (1 if case.detector.kind == "whole" else 4)
    edges = [edge for rep in found.repetitions for edge in (rep.start, rep.stop)]
    assert edges == sorted(edges)
    assert case.trial.start <= edges[0]
    assert edges[-1] <= case.trial.stop


def test_the_same_twice_and_through_pickle(case):
    found = find_repetitions(case.detector, case.trial)
    assert find_repetitions(pickle.loads(pickle.dumps(case.detector)), case.trial) == found  # noqa: S301 - our own bytes


def test_samples_are_left_alone(case):
    before = [signal.raw.copy() for signal in case.trial.signals]
    for signal in case.trial.signals:
        signal.raw.flags.writeable = False
    find_repetitions(case.detector, case.trial)
    for signal, values in zip(case.trial.signals, before, strict=True):
        np.testing.assert_array_equal(signal.raw, values)


@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by=st.floats(-500, 500))
def test_shifting_the_clock_shifts_repetitions_and_nothing_else(case, by):
    found = find_repetitions(case.detector, case.trial)
    shifted = find_repetitions(case.detector, shift(case.trial, by))
    np.testing.assert_allclose(all_times(shifted), all_times(found) + by, rtol=0, atol=1e-6)
    names = [[phase.name for phase in rep.phases] for rep in found.repetitions]
    assert [[phase.name for phase in rep.phases] for rep in shifted.repetitions] == names
    assert [one.kind for one in shifted.findings] == [one.kind for one in found.findings]


def test_expected_count_is_compared(case):
    wrong = case.detector.model_copy(update={"expected": 7})
    found = find_repetitions(wrong, case.trial)
    (finding,) = [one for one in found.findings if one.kind == "repetition_count"]
    assert finding.level == "warn"
    assert (finding.participant, finding.trial) == ("P01", case.trial.trial.id)
    assert "7 were expected" in finding.reason
    # The trials table goes before the detector.
    right = replace(case.trial, trial=replace(case.trial.trial, repetitions=len(found.repetitions)))
    assert "repetition_count" not in [one.kind for one in find_repetitions(wrong, right).findings]


def test_unknown_settings_are_refused(case):
    with pytest.raises(ValidationError, match="Extra inputs"):
        type(case.detector).model_validate(case.detector.model_dump() | {"thresold": 1})


def test_every_setting_is_described(case):
    for name, field in type(case.detector).model_fields.items():
        assert name == "kind" or field.description
