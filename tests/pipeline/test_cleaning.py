"""Cleaning steps in a study: the same for all roles, told in cleaning.csv and on the report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emgpipe.config import list_trials, load_study
from emgpipe.preparation import prepare_session
from emgpipe.run import run_study
from emgpipe.vocabulary import load_vocabulary
from tests.pipeline.small import write_recording, write_small_study

CHAIN = """
chain:
  - {kind: dc_offset}
  - {kind: mains_sine_fit, frequency: 50}
  - {kind: bandpass}
  - {kind: ecg_template, muscles: [biceps_femoris]}
  - {kind: artifact_blanking}
  - {kind: rectify}
  - {kind: rms}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cleaning")
    path = write_small_study(folder, participants=1, more=CHAIN)
    path.write_text(
        path.read_text("utf-8").replace("  files:\n", '  files:\n    - {pattern: "{participant}_rest.*", role: rest}\n')
    )
    write_recording(folder / "raw" / "P01_rest.csv", 0.0, seed=9)
    spoil(folder / "raw")
    return path


def spoil(raw):
    """Add hum to every recording and one spike to one."""
    for number, path in enumerate(sorted(raw.glob("*.csv"))):
        head, *_ = path.read_text("utf-8").splitlines()
        table = np.loadtxt(path, delimiter=",", skiprows=1)
        table[:, 1:3] += 20 * np.sin(2 * np.pi * 50.03 * table[:, :1] + number)
        if "squat" in path.name:
            table[500:503, 1] += 30000
        np.savetxt(path, table, delimiter=",", fmt="%.4f", header=head, comments="")


def test_rest_mvic_and_task_of_a_channel_pass_the_same_chain(study):
    loaded, vocabulary = load_study(study), load_vocabulary()
    steps = prepare_session(loaded, vocabulary, list_trials(loaded, vocabulary).trials).steps
    assert {step.trial.role for step in steps} == {"rest", "mvic", "task"}
    hashes = {}
    for step in steps:
        for signal in step.loaded.signals.signals:
            if signal.kind == "emg":
                hashes.setdefault(signal.muscle, set()).add(signal.chain_hash)
    assert {muscle: len(found) for muscle, found in hashes.items()} == dict.fromkeys(hashes, 1)
    assert len(set.union(*hashes.values())) == 2  # one muscle has a step more


def test_what_was_removed_is_a_table_and_a_part_of_the_report(study):
    result = run_study(study)
    table = pd.read_csv(result.folder / "cleaning.csv", keep_default_na=False)
    assert set(table["role"]) == {"rest", "mvic", "task"}
    assert set(table["step"]) == {"mains_sine_fit", "ecg_template", "artifact_blanking"}
    assert set(table.loc[table["step"] == "ecg_template", "muscle"]) == {"biceps_femoris"}
    hum = table[(table["step"] == "mains_sine_fit") & (table["role"] == "rest")]
    assert np.allclose(hum["rms_removed"], 20e-6 / np.sqrt(2), rtol=0.03)
    assert np.allclose(hum["percent"], 100 * hum["rms_removed"] / hum["rms_before"])
    assert (table.loc[table["step"] == "ecg_template", "rms_removed"] == 0).all()
    (spike,) = table[table["blanked"] > 0].to_dict("records")
    assert (spike["step"], spike["muscle"]) == ("artifact_blanking", "gluteus_maximus_lower")
    assert "squat" in spike["trial"]
    (finding,) = result.findings[result.findings["kind"] == "samples_blanked"].to_dict("records")
    assert (finding["trial"], finding["level"]) == (spike["trial"], "note")
    page = (result.folder / "report.html").read_text("utf-8")
    assert '<h2 id="cleaning">Cleaning</h2>' in page
    assert "mains_<wbr>sine_<wbr>fit" in page


def test_a_study_without_cleaning_steps_has_neither(tmp_path):
    result = run_study(write_small_study(tmp_path, participants=1))
    assert not (result.folder / "cleaning.csv").exists()
    assert 'id="cleaning"' not in (result.folder / "report.html").read_text("utf-8")
