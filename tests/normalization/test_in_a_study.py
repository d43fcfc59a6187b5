"""Book-keeping of references through whole sessions: study file to metrics table."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.config import list_trials, load_study
from emgpipe.model import Decision
from emgpipe.pipeline import process_session
from emgpipe.vocabulary import load_vocabulary
from tests.pipeline.small import RATE, write_small_study

NOISE = 6e-6
REST = '    - {pattern: "{participant}_rest_{trial}.*", role: rest}\n'
SUBTRACT = "normalization: {kind: mvic, noise: {kind: subtract_rest}}"
MUSCLE = "gluteus_maximus_lower"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The small study with baseline noise on every channel, and a rest trial."""
    path = write_small_study(tmp_path_factory.mktemp("mvic"), participants=1)
    rng = np.random.default_rng(8)
    raw = path.parent / "raw"
    rest = np.column_stack([np.arange(5000) / RATE, np.zeros((5000, 2)), np.full(5000, 80.0)])
    np.savetxt(
        raw / "P01_rest_1.csv", rest, delimiter=",", fmt="%.4f",
        header="time (s),GMAX (uV),BF (uV),hip (deg)", comments="",
    )  # fmt: skip
    for file in sorted(raw.glob("*.csv")):
        head = file.read_text("utf-8").splitlines()[0]
        table = np.loadtxt(file, delimiter=",", skiprows=1)
        table[:, 1:3] += 1e6 * NOISE * rng.standard_normal((len(table), 2))
        np.savetxt(file, table, delimiter=",", fmt="%.4f", header=head, comments="")
    text = path.read_text("utf-8").replace("  files:\n", "  files:\n" + REST)
    path.write_text(text, "utf-8")
    return path


def session_of(study, more="", decisions=(), old="", new=""):
    """Process the session of P01 with further settings."""
    path = study.with_name("other.yaml")
    path.write_text(study.read_text("utf-8").replace(old, new) + f"\n{more}\n", "utf-8")
    changed = load_study(path)
    vocabulary = load_vocabulary(changed.vocabulary)
    return process_session(changed, vocabulary, list_trials(changed, vocabulary).trials, decisions)


@pytest.fixture(scope="module")
def plain(study):
    return session_of(study)


def means(table, variant="main"):
    chosen = (table["variant"] == variant) & (table["metric"] == "mean") & (table["role"] == "task")
    chosen &= (table["phase"] == "repetition") & (table["muscle"] == MUSCLE)
    return table[chosen].reset_index(drop=True)


def kinds(session):
    return [one.kind for one in session.findings]


def test_noise_is_subtracted_from_task_mvic_and_rest_and_it_is_told(study, plain):
    less = session_of(study, SUBTRACT)
    reference, before = less.references[0], plain.references[0]
    assert reference.noise_removed == before.rest_noise == reference.rest_noise
    assert reference.noise_removed == pytest.approx(NOISE * np.sqrt(430 / 500), rel=0.05)
    assert "baseline noise" in reference.rule
    assert (means(less.metrics)["amplitude"] < means(plain.metrics)["amplitude"]).all()
    rest = less.metrics[(less.metrics["role"] == "rest") & (less.metrics["metric"] == "mean")]
    assert (rest["amplitude"] < 0.6 * NOISE).all()
    assert kinds(less).count("noise_subtracted") == 2
    assert "noise_subtracted" not in kinds(plain)
    history = next(iter(less.trials[-1].history.values()))
    assert "subtracted in power" in history[-1]


def test_a_variant_corrects_with_the_noise_of_its_own_chain(study, plain):
    variants = """
metrics: [mean, peak]
variants:
  - {name: high, replace: [{kind: bandpass, low: 100}]}
  - {name: plain, normalization: {kind: mvic}}
"""
    both = session_of(study, SUBTRACT + variants)
    chain = "chain: [{kind: dc_offset}, {kind: bandpass, low: 100}, {kind: rectify}, {kind: rms}]"
    high = session_of(study, f"{SUBTRACT}\n{chain}")
    assert high.references[0].noise_removed < both.references[0].noise_removed
    assert means(both.metrics, "high")["value"].to_list() == means(high.metrics)["value"].to_list()
    assert means(both.metrics, "plain")["value"].to_list() == means(plain.metrics)["value"].to_list()


def test_noise_can_be_subtracted_as_a_variant(study):
    as_variant = session_of(study, "variants: [{name: less, " + SUBTRACT + "}]")
    alone = session_of(study, SUBTRACT)
    assert means(as_variant.metrics, "less")["value"].to_list() == means(alone.metrics)["value"].to_list()


def test_muscles_are_named_as_in_the_vocabulary(study):
    some = session_of(study, "normalization: {kind: mvic, noise: {kind: subtract_rest, muscles: [Gluteus maximus]}}")
    assert {one.muscle: one.noise_removed is not None for one in some.references} == {
        MUSCLE: True,
        "biceps_femoris": False,
    }


def test_without_a_rest_trial_it_is_a_warning(study):
    session = session_of(study, SUBTRACT, old=REST, new="")
    lost = [one for one in session.findings if one.kind == "noise_not_subtracted"]
    assert [one.level for one in lost] == ["warn", "warn"]
    assert means(session.metrics)["findings"].str.contains("noise_not_subtracted").all()


def test_decision_reaches_the_numbers(study, plain):
    value = 2 * plain.references[0].value
    decision = Decision("reference", "A. Reader", "2026-03-02", "weak MVIC", "P01", muscle=MUSCLE, value=value)
    session = session_of(study, decisions=(decision,))
    assert means(session.metrics)["value"].to_numpy() == pytest.approx(means(plain.metrics)["value"].to_numpy() / 2)
    assert means(session.metrics)["findings"].str.contains("reference_decided").all()
    assert session.references[0].decision == decision


def test_damaged_mvic_is_told_on_the_reference(study):
    path = study.parent / "raw" / "P01_mvic_gluteus-maximus_prone_2.csv"
    path.write_text("time (s),GMAX (uV),BF (uV),hip (deg)\n", "utf-8")
    try:
        session = session_of(study)
    finally:
        path.unlink()
    (told,) = (one for one in session.findings if one.kind == "mvic_trial_lost")
    assert (told.level, told.muscle) == ("warn", MUSCLE)
    assert means(session.metrics)["findings"].str.contains("mvic_trial_lost").all()
    assert [one.trial for one in session.references[0].left_out] == ["P01/1/mvic.gluteus_maximus.prone.2"]


TASKS = '{pattern: "{participant}_{exercise}_{head_position}_{trial}.*"}'


def test_more_than_one_placement_in_a_session_leaves_no_reference_and_the_rest_of_the_numbers(study):
    there = TASKS[:-1] + ", factors: {placement: lateral}}"
    mvic = "role: mvic}"
    both = session_of(study, old=TASKS, new=there)  # the MVICs state none: they agree
    assert len(both.references) == 2
    assert set(both.metrics["placement"]) == {""}
    path = study.with_name("placed.yaml")
    path.write_text(study.read_text("utf-8").replace(mvic, "role: mvic, factors: {placement: medial}}"), "utf-8")
    session = session_of(path, old=TASKS, new=there)
    refused = [one for one in session.findings if one.kind == "placement_differs"]
    assert {(one.level, one.muscle) for one in refused} == {("fail", MUSCLE), ("fail", "biceps_femoris")}
    assert session.references == ()
    numbers = means(session.metrics)
    assert numbers["value"].isna().all()
    assert (numbers["amplitude"] > 0).all()
    assert numbers["findings"].str.contains("placement_differs").all()


def test_what_checks_found_stands_beside_the_numbers_of_variants_it_is_true_of(study):
    variants = """
variants:
  - {name: inner, drop_repetitions: both}
  - {name: slow, replace: [{kind: rms, window: 0.3}]}
"""
    table = session_of(study, variants).metrics
    carries = {name: means(table, name)["findings"].str.contains("mvic_few_trials") for name in ("inner", "slow")}
    assert carries["inner"].all()
    assert not carries["slow"].any()
