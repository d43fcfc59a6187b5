"""The demo's raw files: the draft runs and ranks as the demo's own study does, with its trials table and without."""

from __future__ import annotations

import csv
import os
import re
import shutil

import numpy as np
import pandas as pd
import pytest

import emgpipe
from emgpipe.drafting import draft_study, write_draft
from emgpipe.reading import read_supervised
from emgpipe.simulate import write_recordings
from emgpipe.simulate.demo import study_text

PEOPLE = 8 if os.environ.get("EMGPIPE_LONG") else 3
RATIOS = ("ratio_to_first", "ci_low", "ci_high", "model_ratio_to_first", "mean", "geometric_mean")
KEYS = ["factor", "scope", "muscle", "side", "metric", "level"]


def overrides():
    """What only the people who were there know: a swap and a dead sensor; the demo's study file states it."""
    text = study_text()
    return "\n" + text[text.index("overrides:") : text.index("# The filter chain")]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The demo's own study; with three participants there are two devices, one of them with two files per trial."""
    folder = tmp_path_factory.mktemp("demo")
    write_recordings(folder / "raw", participants=PEOPLE)
    text = re.sub(r"\nvariants:\n(  .*\n)+", "\n", study_text())  # which change no ranking and take half of the time
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


@pytest.fixture(scope="module")
def expected(study):
    return ranking(study)


def ranking(path):
    result = emgpipe.run_study(path)
    assert result.failed == ()
    tables = [comparison.table for comparison in result.comparisons if comparison.kind == "ranking"]
    return pd.concat(tables).set_index(KEYS).sort_index()


def assert_same_ranking(found, expected):
    assert list(found.index) == list(expected.index)
    assert len(found) == 100
    assert (found["rank"] == expected["rank"]).all()
    for column in RATIOS:
        np.testing.assert_allclose(found[column], expected[column], rtol=1e-9)


def test_with_the_trials_table_that_lies_there(study, expected, tmp_path):
    written = write_draft(draft_study(study.parent / "raw"), tmp_path / "study.yaml")
    with written.study.open("a", encoding="utf-8") as handle:
        handle.write(overrides())
    assert_same_ranking(ranking(written.study), expected)


def test_from_the_names_alone(study, expected, tmp_path):
    raw = tmp_path / "names"
    shutil.copytree(study.parent / "raw", raw)
    (raw / "trials.csv").unlink()
    with (study.parent / "raw" / "trials.csv").open(encoding="utf-8-sig", newline="") as handle:
        truth = {row["file"]: row for row in csv.DictReader(handle, delimiter=";")}
    written = write_draft(draft_study(raw, read=read_supervised), tmp_path / "study.yaml")
    with written.trials.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter=";"))
    shared = ("participant", "session", "trial", "role", "file", "file_2", "target", "position", "exercise")
    assert {row["file"] for row in rows} == set(truth)
    for row in rows:
        own = dict(truth[row["file"]])
        if own["role"] == "calibration":
            own["position"] = ""  # the name does not tell the pose
        assert {name: row[name] for name in (*shared, "head_position")} == {
            name: own[name] for name in (*shared, "head_position")
        }
        assert row["include"] == "yes"
        assert row["confirm"].startswith("CONFIRM: offset_2") == bool(own["file_2"])
        row["offset_2"] = own["offset_2"]  # no name tells it: a person has to
    with written.trials.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    with written.study.open("a", encoding="utf-8") as handle:
        handle.write(overrides())
    assert_same_ranking(ranking(written.study), expected)
