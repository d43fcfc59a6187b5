"""The worked example of the documentation: means as published, order as published, mean and peak apart."""

from __future__ import annotations

import pytest

from benchmarks.published_example import (
    PARTICIPANTS,
    PUBLISHED,
    SQUAT,
    THRUST,
    beside_published,
    metrics_table,
    ranking,
)


@pytest.fixture(scope="module")
def metrics():
    return metrics_table()


def test_the_invented_group_has_exactly_the_published_means(metrics):
    means = metrics.groupby(["muscle", "metric", "exercise"])["value"].mean()
    for muscle, metric, thrust, squat, _ in PUBLISHED:
        assert means[muscle, metric, THRUST] == pytest.approx(thrust, rel=1e-12)
        assert means[muscle, metric, SQUAT] == pytest.approx(squat, rel=1e-12)
    assert metrics["participant"].nunique() == PARTICIPANTS
    assert metrics["value"].max() > 244


def test_ranks_are_those_of_the_paper_for_mean_and_for_peak(metrics):
    table = ranking(metrics).table
    assert len(table) == 16
    firsts = table[table["rank"] == 1].set_index(["muscle", "metric"])["level"]
    for muscle, metric, thrust, squat, _ in PUBLISHED:
        assert firsts[muscle, metric] == (THRUST if thrust > squat else SQUAT)


def test_what_the_paper_calls_significant_is_separated(metrics):
    shown = beside_published(ranking(metrics))
    assert shown["separated"].tolist() == shown["significant"].tolist()
    assert (shown["published ratio"] - shown["published thrust"] / shown["published squat"]).abs().max() == 0
    assert ((shown["low"] < shown["ratio"]) & (shown["ratio"] < shown["high"])).all()
    assert (shown["ratio"] / shown["published ratio"]).to_numpy() == pytest.approx([1] * 8, abs=0.1)
