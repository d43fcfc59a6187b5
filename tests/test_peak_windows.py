"""Windows of a study, and the note where peaks are compared over a mean of another window."""

from __future__ import annotations

import math

import pytest
import yaml

from emgpipe.chain import DEFAULT_CHAIN, Bandpass, LinearEnvelope, Rms, smoothing_window
from emgpipe.config import load_study
from emgpipe.peak_windows import peak_windows, windows_of

BASE = {
    "name": "small",
    "recordings": {"folder": "raw", "files": [{"pattern": "{participant}_{exercise}.*"}]},
    "channels": [{"label": "GMAX", "muscle": "gluteus_maximus"}],
    "comparisons": [{"kind": "ranking", "factor": "exercise"}],
}


def study(folder, **changes):
    (folder / "raw").mkdir(exist_ok=True)
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(BASE | changes))
    return load_study(path)


def test_default_windows_differ_and_it_is_said_once(tmp_path):
    (finding,) = peak_windows(study(tmp_path))
    assert (finding.kind, finding.level) == ("peak_window_differs", "note")
    assert "averages 0.1 s" in finding.reason
    assert "mean over 0.5 s" in finding.reason


@pytest.mark.parametrize(
    "changes",
    [
        {"comparisons": [{"kind": "ranking", "factor": "exercise", "metrics": ["mean"]}]},
        {"comparisons": []},
        {"normalization": {"kind": "none"}},
        {"normalization": {"kind": "task_peak"}},
        {"normalization": {"kind": "mvic", "rule": {"kind": "envelope_peak"}}},
        {"normalization": {"kind": "mvic", "rule": {"kind": "sliding_mean", "window": 0.1}}},
        {"chain": [{"kind": "bandpass"}, {"kind": "rms", "window": 0.5}]},
    ],
)
def test_nothing_is_said_where_they_do_not_matter(tmp_path, changes):
    assert peak_windows(study(tmp_path, **changes)) == ()


@pytest.mark.parametrize(
    ("rule", "window", "is_searched"),
    [
        ({"kind": "sliding_mean", "window": 1.0}, 1.0, True),
        ({"kind": "middle_mean", "duration": 2.0}, 2.0, False),
        ({"kind": "envelope_peak"}, 0.0, True),
        ({"kind": "top_samples"}, math.nan, True),
    ],
)
def test_windows_of_the_rules(tmp_path, rule, window, is_searched):
    found = windows_of(study(tmp_path, normalization={"kind": "mvic", "rule": rule}), {"gluteus_maximus": 1000.0})
    assert found.reference == pytest.approx(window, nan_ok=True)
    assert found.is_searched == is_searched
    assert found.smoother == {"gluteus_maximus": 0.1}


def test_smoothing_window():
    assert smoothing_window(DEFAULT_CHAIN, "", 1000.0) == 0.1
    chain = (Bandpass(), Rms(window=0.2, muscles=("erector_spinae",)), LinearEnvelope(high=6, muscles=("other",)))
    assert smoothing_window(chain, "erector_spinae", 1000.0) == 0.2
    # 1 / (2 times the integral of 1 / (1 + (f / fd)^4)^2), fd = 6 / 0.8022: 8 sqrt(2) / (6 pi fd)
    assert smoothing_window(chain, "other", 2000.0) == pytest.approx(0.0803, rel=0.01)
    assert smoothing_window(chain, "other", 1000.0) == pytest.approx(smoothing_window(chain, "other", 2000.0), rel=1e-3)
    assert math.isnan(smoothing_window(chain, "third", 1000.0))
    assert math.isnan(smoothing_window(chain, "other", 10.0))
