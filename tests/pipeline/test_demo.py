"""The demo study end to end: its ranking against its truth, its promises, and the example study files on it."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import emgpipe
from emgpipe.simulate import load_truth, write_recordings, write_study
from emgpipe.simulate.truth import true_lockout_angles

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = {"mean": 0.03, "peak": 0.05}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_study(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def result(study):
    return emgpipe.run_study(study)


@pytest.fixture(scope="module")
def cells(result):
    """Participants' own amplitudes beside their expected values, in V."""
    table = result.metrics
    chosen = (table["role"] == "task") & (table["phase"] == "repetition") & (table["kind"] == "emg")
    chosen &= table["variant"] == "main"
    keys = ["participant", "exercise", "head_position", "muscle", "metric"]
    own = table[chosen & table["metric"].isin(["mean", "peak"])].groupby(keys)["amplitude"].mean().reset_index()
    joined = own.merge(load_truth(), on=keys)
    assert len(joined) == len(own)
    return joined.assign(condition=joined["exercise"] + " " + joined["head_position"])


def test_everything_is_processed_with_the_stories_as_findings(result):
    assert result.failed == ()
    assert not (result.findings["level"] == "fail").any()
    warnings = result.findings[result.findings["level"] == "warn"]
    strong = warnings["kind"] == "above_mvic"  # some of the invented people work harder in the task than in the MVIC
    assert set(zip(*warnings.loc[strong, ["participant", "muscle"]].to_numpy().T, strict=True)) == {
        *((person, "gluteus_maximus_lower") for person in ("P02", "P04", "P06", "P08")),
        ("P06", "vastus_lateralis"),
        ("P08", "gluteus_maximus_upper"),
    }
    assert warnings.loc[~strong, ["kind", "participant", "muscle"]].to_numpy().tolist() == [
        ["protocol_missing", "P04", ""],
        ["protocol_missing", "P07", ""],
        ["no_mvic", "P07", "vastus_lateralis"],
    ]
    assert len(result.sessions) == 8


def test_recordings_are_small_and_of_three_formats(study):
    files = [path for path in (study.parent / "raw").iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 80e6
    assert {path.suffix for path in files} >= {".csv", ".c3d"}
    assert {path.suffix for path in files} & {".edf", ".bdf"}


@pytest.mark.parametrize("metric", ["mean", "peak"])
def test_ratios_of_geometric_means_agree_with_the_truth(cells, metric):
    worst = 0.0
    for _, own in cells[cells["metric"] == metric].groupby("muscle"):
        found = np.log(own.pivot(index="participant", columns="condition", values="amplitude"))
        truth = np.log(own.pivot(index="participant", columns="condition", values="expected"))
        for first, second in combinations(found.columns, 2):
            ratio = (found[first] - found[second]).mean() - (truth[first] - truth[second]).mean()
            worst = max(worst, abs(np.expm1(ratio)))
    assert worst <= TOLERANCE[metric]


@pytest.mark.parametrize("metric", ["mean", "peak"])
def test_order_is_right_wherever_the_truth_differs_by_ten_percent(result, cells, metric):
    compared = 0
    for comparison in (one for one in result.comparisons if one.kind == "ranking"):
        table = comparison.table[comparison.table["metric"] == metric]
        for muscle, ranked in table.groupby("muscle"):
            truth = _true_levels(
                cells[(cells["metric"] == metric) & (cells["muscle"] == muscle)], table["factor"].iloc[0]
            )
            rank = ranked.set_index("level")["rank"]
            for first, second in combinations(rank.index, 2):
                if abs(np.log(truth[first] / truth[second])) >= np.log(1.1):
                    compared += 1
                    assert (rank[first] < rank[second]) == (truth[first] > truth[second]), (muscle, first, second)
    assert compared > 50


def _true_levels(own, factor):
    """Geometric means of the truth over the participants who have all conditions."""
    held = own["head_position"] == "neutral" if factor == "exercise" else own["exercise"] == "barbell_hip_thrust"
    wide = np.log(own[held].pivot(index="participant", columns=factor, values="expected")).dropna()
    return np.exp(wide.mean())


def test_bias_against_the_underlying_activation_is_stated():
    bias = load_truth().groupby("metric")["bias"].mean()
    assert -0.06 < bias["mean"] < 0.0
    assert 0.05 < bias["peak"] < 0.30


def test_neck_angle_at_lock_out_follows_the_head_position(result):
    angle = result.metrics[(result.metrics["muscle"] == "neck_angle") & (result.metrics["metric"] == "lockout")]
    means = angle[angle["exercise"] == "barbell_hip_thrust"].groupby("head_position")["value"].mean()
    order = ["hyperextension", "neutral", "slight_flexion", "moderate_flexion", "hyperflexion"]
    assert means[order].is_monotonic_increasing
    assert means["hyperextension"] < -15
    assert means["hyperflexion"] > 35


def test_angles_at_lock_out_agree_with_the_truth(result):
    table = result.metrics[(result.metrics["metric"] == "lockout") & (result.metrics["role"] == "task")]
    keys = ["participant", "exercise", "head_position", "channel"]
    found = table.rename(columns={"muscle": "channel"}).groupby(keys)["value"].mean().reset_index()
    joined = found.merge(true_lockout_angles(), on=keys)
    assert len(joined) == 3 * 71
    assert (joined["value"] - joined["expected"]).abs().max() < 0.5


def test_no_participant_shows_zero_in_the_own_neutral(result):
    neutral = result.findings[result.findings["kind"] == "neutral_found"]
    assert len(neutral) == 8 * 3
    assert neutral.groupby("muscle")["value"].std().min() > 2.0


@pytest.fixture(scope="module")
def small_demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    write_recordings(folder / "raw" / "demo", participants=2)
    shutil.copytree(ROOT / "configs", folder / "configs")
    return folder


@pytest.mark.parametrize("name", ["exercise_comparison", "neck_position"])  # demo.yaml is `study`, but for its folder
def test_example_study_files_run_on_the_demo_recordings(small_demo, name):
    result = emgpipe.run_study(small_demo / "configs" / f"{name}.yaml")
    assert result.failed == ()
    assert not (result.findings["level"] == "fail").any()
    assert result.comparisons
    assert result.folder == (small_demo / "configs" / ".." / "processed" / name)
    first = result.comparisons[0].table
    gluteus = first[(first["muscle"] == "gluteus_maximus_lower") & (first["metric"] == "mean") & (first["rank"] == 1)]
    expected = "moderate_flexion" if name == "neck_position" else "barbell_hip_thrust"
    assert gluteus["level"].tolist() == [expected]
