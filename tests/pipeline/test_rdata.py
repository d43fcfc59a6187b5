"""Raw gluteus maximus and medius of a walking trial, cut by its cycles table, normalized to the task itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

import emgpipe

CODES = {
    "ME": "gluteus_medius", "MA": "gluteus_maximus", "FL": "tensor_fasciae_latae", "RF": "rectus_femoris",
    "VM": "vastus_medialis", "VL": "vastus_lateralis", "ST": "semitendinosus", "BF": "biceps_femoris",
    "TA": "tibialis_anterior", "PL": "peroneus_longus", "GM": "gastrocnemius_medialis",
    "GL": "gastrocnemius_lateralis", "SO": "soleus",
}  # fmt: skip
STUDY = """
name: walking
recordings:
  folder: {folder}
  files:
    - pattern: "{{participant}}_TW_{{trial}}_emg.derived.csv"
      factors: {{exercise: walking}}
  reading: [{{kind: delimited, unit: uV}}]
channels:
{channels}
normalization: {{kind: task_peak}}
repetitions:
  kind: table
  path: {folder}/ID0012_TW_01_cycles.derived.csv
  start: V1
  next_start: true
  phases: {{stance: V1, swing: V2}}
  expected: 5
comparisons:
  - {{kind: ranking, factor: muscle}}
"""


@pytest.fixture(scope="module")
def folder(request):
    return request.getfixturevalue("data_folder") / "rdata"


@pytest.fixture(scope="module")
def result(folder, tmp_path_factory):
    channels = "\n".join(f"  - {{label: {code}, muscle: {muscle}}}" for code, muscle in CODES.items())
    study = tmp_path_factory.mktemp("walking") / "study.yaml"
    study.write_text(STUDY.format(folder=folder.as_posix(), channels=channels), "utf-8")
    return emgpipe.run_study(study)


@pytest.fixture(scope="module")
def envelopes(folder):
    """The default chain by hand: scipy, with the band the chain says each pass is designed to."""
    table = np.loadtxt(folder / "ID0012_TW_01_emg.derived.csv", delimiter=",", skiprows=1)
    rate = (len(table) - 1) / (table[-1, 0] - table[0, 0])
    sections = butter(2, emgpipe_edges(rate), "bandpass", fs=rate, output="sos")
    result = {}
    for column, muscle in enumerate(CODES.values(), start=1):
        samples = 1e-6 * table[:, column]
        squared = np.pad(sosfiltfilt(sections, samples - samples.mean()) ** 2, 50, constant_values=np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(squared, 101)
        result[muscle] = np.sqrt(np.nanmean(windows, axis=1))
    return table[:, 0], result


def emgpipe_edges(rate):
    """Edges for which two passes are at -3 dB at 20 and 450 Hz: same center, wider band, in the warped domain."""
    low, high = (np.tan(np.pi * edge / rate) for edge in (20, 450))
    widened = (high - low) / (np.sqrt(2) - 1) ** 0.25 / 2
    upper = widened + np.sqrt(widened**2 + low * high)
    return [rate / np.pi * np.arctan(edge) for edge in (low * high / upper, upper)]


def test_five_full_cycles_of_thirteen_muscles(result):
    assert result.failed == ()
    means = result.metrics[(result.metrics["metric"] == "mean") & (result.metrics["phase"] == "repetition")]
    assert len(means) == 5 * 13
    assert sorted(means["onset"].unique()) == [1.414, 2.448, 3.488, 4.515, 5.549]
    assert set(means["unit"]) == {"%task_peak"}
    assert set(result.metrics["phase"]) == {"repetition", "stance", "swing"}


def test_mean_and_peak_of_every_cycle_agree_with_scipy(result, envelopes):
    times, by_muscle = envelopes
    cycles = [1.414, 2.448, 3.488, 4.515, 5.549, 6.596]
    spans = list(pairwise(cycles))
    for muscle, envelope in by_muscle.items():
        cuts = [envelope[(times >= start - 1e-9) & (times < stop - 1e-9)] for start, stop in spans]
        top = max(cut.max() for cut in cuts)
        own = result.metrics[(result.metrics["muscle"] == muscle) & (result.metrics["phase"] == "repetition")]
        for metric, figure in (("mean", np.mean), ("peak", np.max)):
            found = own[own["metric"] == metric].sort_values("onset")
            expected = [figure(cut) for cut in cuts]
            assert found["amplitude"].to_numpy() == pytest.approx(expected, rel=1e-3)
            assert found["value"].to_numpy() == pytest.approx([100 * one / top for one in expected], rel=1e-3)


def test_thirteen_muscles_are_ranked_by_mean_and_by_peak(result):
    table = result.comparisons[0].table
    assert set(table["unit"]) == {"%task_peak"}
    for metric in ("mean", "peak"):
        ranked = table[table["metric"] == metric].sort_values("rank")
        assert sorted(ranked["level"]) == sorted(CODES.values())
        assert ranked["rank"].tolist() == list(range(1, 14))
        own = result.metrics[(result.metrics["metric"] == metric) & (result.metrics["phase"] == "repetition")]
        order = own.groupby("muscle")["value"].mean().sort_values(ascending=False).index.tolist()
        assert ranked["level"].tolist() == order
    assert "references of both muscles" in result.comparisons[0].basis["scale"]


def test_normalization_to_the_task_is_said_everywhere(result):
    page = (result.folder / "report.html").read_text("utf-8")
    assert "%task_peak" in page
    assert "not an MVIC" in page
    assert "%MVIC" not in page.replace("not %MVIC", "")
