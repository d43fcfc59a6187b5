"""Findings and decisions -> which numbers count: through the signal, through the reference, who beats whom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emgpipe.comparison.shared.rows import task_rows
from emgpipe.config.quality import Quality
from emgpipe.model import Decision, make_finding
from emgpipe.session_tables import findings_table
from emgpipe.verdicts import counting_references, judge, needs_run, only_measured, stop_words, stored_decisions
from tests.comparison.tables import row, table

EXCLUDE = Quality(on_fail="exclude")
SQUAT, THRUST = "A/1/back_squat.neutral.10RM.1", "A/1/barbell_hip_thrust.neutral.10RM.1"
MVIC = "A/1/mvic.1"
MUSCLE = {"participant": "A", "session": "1", "muscle": "gluteus_maximus", "side": "right"}
SIGNAL = make_finding("clipped", "fail", "cut off", trial=SQUAT, **MUSCLE)
REFERENCE = make_finding("clipped", "fail", "MVIC cut off", trial=MVIC, **MUSCLE)


def metrics(*, squat=(), everywhere=()):
    """Two conditions of A and B; A's numbers carry findings."""
    rows = []
    for person in "AB":
        for exercise, amplitude in (("back_squat", 1e-4), ("barbell_hip_thrust", 2e-4)):
            own = [*everywhere, *(squat if exercise == "back_squat" else ())] if person == "A" else []
            rows += [
                row(person, exercise, amplitude, onset=onset, repetition=number)
                | {"findings": " ".join(one.id for one in own), "worst": "fail" if own else ""}
                for number, onset in enumerate((2.0, 5.0), start=1)
            ]
    return table(rows)


def decide(action, **place):
    return Decision(action=action, who="A. Lee", when="2025-03-31", reason="looked at", **place)


def left_out(verdict, column="excluded"):
    return set(verdict.metrics.loc[verdict.metrics[column], "trial"])


def test_without_a_rule_nothing_is_left_out_and_nothing_is_decided():
    verdict = judge(metrics(squat=[SIGNAL]), findings_table([SIGNAL]), (), Quality())
    assert not verdict.metrics["excluded"].any()
    assert verdict.decisions.empty


def test_a_failed_signal_is_left_out_everywhere_with_a_decision():
    verdict = judge(metrics(squat=[SIGNAL]), findings_table([SIGNAL]), (), EXCLUDE)
    assert left_out(verdict) == {SQUAT}
    assert left_out(verdict, "value_excluded") == set()
    (rule,) = verdict.decisions.to_dict("records")
    assert (rule["source"], rule["who"], rule["numbers"], rule["reason"]) == (
        "rule", "quality: on_fail: exclude", 2, "cut off",
    )  # fmt: skip
    assert set(verdict.metrics.loc[verdict.metrics["excluded"], "decisions"]) == {rule["id"]}


def test_a_failed_reference_costs_the_normalized_value_only():
    verdict = judge(metrics(everywhere=[REFERENCE]), findings_table([REFERENCE]), (), EXCLUDE)
    assert left_out(verdict) == set()
    assert left_out(verdict, "value_excluded") == {SQUAT, THRUST}
    rows = task_rows(verdict.metrics)
    mine = rows.table[rows.table["participant"] == "A"]
    assert mine["value"].isna().all()
    assert mine["amplitude"].notna().all()
    assert rows.table.loc[rows.table["participant"] == "B", "value"].notna().all()
    assert "4 numbers in 2 trials of A, whose value in %MVIC alone is left out by a decision (exclude-" in rows.excluded


@pytest.mark.parametrize("kind", ["no_mvic", "mvic_clipped", "reference_through_other_chain"])
def test_a_finding_about_a_reference_needs_no_trial(kind):
    finding = make_finding(kind, "fail", "weak", **MUSCLE)
    verdict = judge(metrics(everywhere=[finding]), findings_table([finding]), (), EXCLUDE)
    assert left_out(verdict) == set()
    assert left_out(verdict, "value_excluded") == {SQUAT, THRUST}


def test_a_decision_to_keep_beats_the_rule_and_to_exclude_beats_both():
    numbers, findings = metrics(squat=[SIGNAL]), findings_table([SIGNAL])
    keep = decide("keep", trial=SQUAT, finding="clipped")
    kept = judge(numbers, findings, (keep,), EXCLUDE)
    assert left_out(kept) == set()
    assert kept.decisions["effect"].tolist() == ["2 numbers kept in comparisons though a check failed"]
    out = judge(numbers, findings, (keep, decide("exclude", trial=SQUAT)), EXCLUDE)
    assert left_out(out) == {SQUAT}


def test_keeping_a_task_trial_does_not_keep_its_reference():
    findings = findings_table([REFERENCE])
    for finding, expected in (("clipped", {SQUAT, THRUST}), ("", {THRUST})):
        keep = decide("keep", trial=SQUAT, finding=finding)
        verdict = judge(metrics(everywhere=[REFERENCE]), findings, (keep,), EXCLUDE)
        assert left_out(verdict, "value_excluded") == expected
    mvic = judge(metrics(everywhere=[REFERENCE]), findings, (decide("keep", trial=MVIC, finding="clipped"),), EXCLUDE)
    assert left_out(mvic, "value_excluded") == set()


def test_one_repetition_is_named_by_the_time_it_begins_at():
    verdict = judge(metrics(), findings_table(()), (decide("exclude", trial=SQUAT, onset=2.1),), Quality())
    assert verdict.metrics.loc[verdict.metrics["excluded"], "onset"].tolist() == [2.0]


def test_an_empty_place_means_all():
    verdict = judge(
        metrics(), findings_table(()), (decide("exclude", muscle="gluteus_maximus", side="right"),), EXCLUDE
    )
    assert verdict.metrics["excluded"].all()
    other = judge(metrics(), findings_table(()), (decide("exclude", muscle="biceps_femoris"),), EXCLUDE)
    assert not other.metrics["excluded"].any()
    assert other.decisions["effect"].tolist() == ["touches no number"]


def test_to_stop_is_stopped_by_a_decision_only():
    stop = Quality(on_fail="stop")
    numbers, findings = metrics(squat=[SIGNAL]), findings_table([SIGNAL])
    assert [one.id for one in judge(numbers, findings, (), stop).stopped] == [SIGNAL.id]
    for action in ("keep", "exclude"):
        assert judge(numbers, findings, (decide(action, trial=SQUAT, finding=SIGNAL.id),), stop).stopped == ()
    assert judge(numbers, findings, (decide("keep", trial=THRUST, finding="clipped"),), stop).stopped != ()


def test_one_check_can_have_a_rule_of_its_own():
    quality = Quality.model_validate({"on_fail": "exclude", "checks": [{"kind": "clipping", "on_fail": "keep"}]})
    other = make_finding("trial_failed", "fail", "odd", trial=SQUAT, participant="A", session="1")
    verdict = judge(metrics(squat=[SIGNAL]), findings_table([SIGNAL, other]), (), quality)
    assert left_out(verdict) == set()
    verdict = judge(metrics(squat=[SIGNAL, other]), findings_table([SIGNAL, other]), (), quality)
    assert left_out(verdict) == {SQUAT}


def test_what_the_study_file_decided_is_listed_and_not_applied():
    override = decide("exclude", participant="A", source="study file")
    verdict = judge(metrics(), findings_table(()), (override,), EXCLUDE)
    assert not verdict.metrics["excluded"].any()
    assert verdict.decisions["effect"].tolist() == ["not measured"]


def test_decisions_come_back_from_their_table():
    both = (decide("exclude", trial=SQUAT, onset=2.0), decide("reference", participant="A", value=4e-4))
    back = stored_decisions(judge(metrics(), findings_table(()), both, Quality()).decisions)
    assert back == both
    assert [needs_run(one, {SQUAT}) for one in back] == [False, True]
    assert needs_run(decide("exclude", trial=MVIC), {SQUAT})


def test_no_number_at_all_is_survived():
    verdict = judge(pd.DataFrame(), findings_table([SIGNAL]), (decide("exclude", trial=SQUAT),), EXCLUDE)
    assert verdict.metrics.empty
    assert len(verdict.decisions) == 1
    strange = metrics().assign(onset=np.nan)
    assert not judge(strange, findings_table(()), (), EXCLUDE).metrics["excluded"].any()


def test_a_decision_to_exclude_that_excludes_nothing_is_told():
    wrong = [
        decide("exclude", participant="A", muscle="vastus_lateralis"),
        decide("exclude", trial=SQUAT, onset=40.0),
        decide("exclude", trial=SQUAT, finding="cliped"),
    ]
    right = decide("exclude", trial=SQUAT, onset=2.0)
    verdict = judge(metrics(squat=[SIGNAL]), findings_table([SIGNAL]), (*wrong, right), Quality())
    assert verdict.decisions["effect"].tolist() == [*["touches no number"] * 3, "1 number left out of comparisons"]
    assert [text.partition(" to exclude ")[2].partition(" touches")[0] for text in verdict.idle] == [
        "participant A, muscle vastus_lateralis",
        f"trial {SQUAT}, repetition at 40 s",
        f"trial {SQUAT}, finding cliped",
    ]


def mvics():
    """Two MVIC trials of two muscles of A and B, as the references table has them."""
    return pd.DataFrame(
        {"participant": who, "session": "1", "muscle": muscle, "side": "right", "placement": "",
         "trial": f"{who}/1/mvic.{n}", "value": 1e-4, "rank": n}
        for who in "AB" for muscle in ("gluteus_maximus", "biceps_femoris") for n in (1, 2)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("place", "gone"),
    [
        ({"participant": "A"}, 4),
        ({"participant": "A", "muscle": "gluteus_maximus"}, 2),
        ({"muscle": "gluteus_maximus"}, 4),
        ({"trial": MVIC}, 2),
        ({"trial": SQUAT}, 0),
        ({"participant": "A", "finding": "clipped"}, 1),
        ({"participant": "B", "finding": "clipped"}, 0),
        ({"participant": "A", "onset": 2.0}, 0),
    ],
)
def test_mvic_trials_are_left_out_as_numbers_are(place, gone):
    left = counting_references(mvics(), findings_table([REFERENCE]), [decide("exclude", **place)])
    assert len(mvics()) - len(left) == gone
    kept = counting_references(mvics(), findings_table([REFERENCE]), [decide("keep", **place)])
    assert len(kept) == len(mvics())


def test_a_rule_leaves_out_the_mvic_trial_that_failed():
    rules = judge(metrics(everywhere=[REFERENCE]), findings_table([REFERENCE]), (), EXCLUDE).decisions
    left = counting_references(mvics(), findings_table([REFERENCE]), stored_decisions(rules))
    gone = mvics().drop(left.index)
    assert gone[["trial", "muscle"]].to_numpy().tolist() == [[MVIC, "gluteus_maximus"]]


def test_trials_that_are_references_as_well_need_a_run():
    numbers = metrics()
    mvic = pd.DataFrame({"trial": [MVIC], "noise_removed": [np.nan]})
    assert only_measured(numbers, mvic) == {SQUAT, THRUST, SQUAT.replace("A", "B", 1), THRUST.replace("A", "B", 1)}
    assert SQUAT not in only_measured(numbers, mvic.assign(trial=SQUAT))
    rest = numbers.head(1).assign(trial="A/1/rest.1", role="rest")
    with_rest = pd.concat([numbers, rest])
    assert "A/1/rest.1" in only_measured(with_rest, mvic)
    assert "A/1/rest.1" not in only_measured(with_rest, mvic.assign(noise_removed=1e-6))


def test_what_is_missing_of_the_protocol_stops_and_is_accepted_or_kept():
    gap = make_finding(
        "protocol_missing", "fail", "the protocol asks for this: rest trial", participant="A", session="1"
    )
    stop = Quality(on_fail="stop")
    (stopped,) = judge(metrics(), findings_table([gap]), (), stop).stopped
    first, second = stop_words([stopped])
    assert "protocol: accepted" in first
    assert second == "protocol_missing (A): the protocol asks for this: rest trial"
    assert "protocol: accepted" not in stop_words([SIGNAL])[0]
    kept = decide("keep", participant="A", finding="protocol_missing")
    assert judge(metrics(), findings_table([gap]), (kept,), stop).stopped == ()
    one = Quality.model_validate({"checks": [{"kind": "clipping", "on_fail": "stop"}]})
    assert judge(metrics(), findings_table([gap]), (), one).stopped == ()
