"""The stored truth is what the simulator and the default chain give."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.chain import DEFAULT_CHAIN, Rms
from emgpipe.simulate import load_truth
from emgpipe.simulate.demo import REPETITIONS, SEED
from emgpipe.simulate.people import participant
from emgpipe.simulate.tables import CONDITIONS, MUSCLES
from emgpipe.simulate.truth import METRICS, cells, compute_truth, expected_metrics, summarize

KEY = ["participant", "exercise", "head_position", "muscle", "metric"]


def test_every_cell_is_there_once() -> None:
    truth = load_truth()
    assert len(truth) == 8 * len(CONDITIONS) * len(MUSCLES) * len(METRICS)
    assert not truth[KEY].duplicated().any()
    assert truth["seeds"].min() >= 200
    assert (truth["expected"] > 0).all()
    np.testing.assert_allclose(truth["bias"], truth["expected"] / truth["underlying"] - 1, atol=2e-5)


@pytest.mark.parametrize("number", [1, 6])
def test_short_computation_agrees_with_the_stored_table(number: int) -> None:
    short = compute_truth(range(1000, 1012), [number], muscles=["gluteus_maximus_upper"])
    both = short.merge(load_truth(), on=KEY, suffixes=("", "_stored"))
    assert len(both) == len(short) == 2 * len(CONDITIONS)
    np.testing.assert_allclose(both["underlying"], both["underlying_stored"], rtol=1e-5)
    deviation = np.abs(both["expected"] / both["expected_stored"] - 1)
    assert deviation[both["metric"] == "mean"].max() < 0.015
    assert deviation[both["metric"] == "peak"].max() < 0.03


def test_underlying_is_read_off_the_true_activation() -> None:
    truth = load_truth().set_index(KEY)["underlying"]
    task = participant(2, REPETITIONS, SEED).tasks[3]
    where = ("P02", task.exercise, task.head_position, "vastus_lateralis")
    assert truth[(*where, "peak")] == pytest.approx(np.mean(task.peaks["vastus_lateralis"]), rel=1e-4)


def test_bias_is_small_for_the_mean_and_upwards_for_the_peak() -> None:
    bias = load_truth().groupby("metric")["bias"]
    assert bias.min()["mean"] > -0.06  # the band-pass takes a little power, RMS averages squares
    assert bias.max()["mean"] < 0.02
    assert bias.min()["peak"] > 0.05
    assert bias.max()["peak"] < 0.35


def test_truth_follows_the_stated_smoother() -> None:
    group = list(cells([1], "erector_spinae"))[:1]
    longer = (*DEFAULT_CHAIN[:-1], Rms(window=0.5))
    short, long = (expected_metrics(group, range(6), chain) for chain in (DEFAULT_CHAIN, longer))
    assert long["peak"][0] < short["peak"][0]


def test_summary_is_per_repetition_then_averaged() -> None:
    signal = np.array([9.0, 1.0, 3.0, 9.0, 5.0, 5.0])
    assert summarize(signal, [slice(1, 3), slice(4, 6)]) == {"mean": 3.5, "peak": 4.0}
