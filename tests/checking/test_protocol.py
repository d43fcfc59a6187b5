"""What is missing: inferred from the other participants, or stated in the study file."""

from __future__ import annotations

from pathlib import Path

import pytest

from emgpipe.checking.protocol import Usable, findings_of_protocol, missing_words
from emgpipe.config import load_study
from emgpipe.errors import ConfigError
from emgpipe.model import Trial, TrialFile
from emgpipe.vocabulary import load_vocabulary

STUDY = """
name: planned
recordings: {folder: raw, trials: trials.csv}
channels:
  - {label: A, muscle: gluteus_maximus_upper, side: left}
  - {label: B, muscle: gluteus_maximus_upper, side: right}
  - {label: C, muscle: biceps_femoris}
"""


def trial(person, role, *, session="1", number=1, **given):
    factors = {key: given[key] for key in ("exercise", "head_position", "working_side", "load") if key in given}
    target, position = given.get("target", ""), given.get("position", "")
    name = ".".join(part for part in (role, target, position, *factors.values(), str(number)) if part)
    targets = tuple(part for part in target.split("+") if part)
    file = TrialFile(Path(f"{person}_{name}.csv"))
    return Trial(f"{person}/{session}/{name}", person, session, role, (file,), None, None, targets, position, factors)


def full(person, session="1"):
    heads = ("neutral", "hyperflexion")
    return [
        trial(person, "rest", session=session),
        trial(person, "mvic", session=session, target="gluteus_maximus", position="prone"),
        trial(person, "mvic", session=session, target="gluteus_maximus", position="prone", number=2),
        trial(person, "mvic", session=session, target="biceps_femoris", position="seated"),
        *(trial(person, "task", session=session, exercise="barbell_hip_thrust", head_position=head) for head in heads),
        trial(person, "task", session=session, exercise="back_squat", head_position="neutral"),
    ]


@pytest.fixture
def missing(tmp_path):
    (tmp_path / "raw").mkdir()

    def find(trials, more="", usable=None):
        path = tmp_path / "study.yaml"
        path.write_text(STUDY + more, "utf-8")
        study = load_study(path)
        return findings_of_protocol(study, load_vocabulary(study.vocabulary), trials, usable)

    return find


def words(findings):
    return [(one.participant, one.level, missing_words(one)) for one in findings]


def without(trials, *ids):
    return [one for one in trials if not any(part in one.id for part in ids)]


def test_nothing_is_missing(missing):
    assert missing([*full("P1"), *full("P2"), *full("P3")]) == ()


def test_a_cell_that_others_have(missing):
    found = missing([*full("P1"), *full("P2"), *without(full("P3"), "hyperflexion", "rest")])
    assert words(found) == [("P3", "warn", "rest trial"), ("P3", "warn", "barbell hip thrust, hyperflexion")]
    assert all(one.kind == "protocol_missing" and one.session == "1" and one.remedy for one in found)


def test_what_only_a_minority_has_is_not_asked_of_others(missing):
    extra = trial("P1", "task", exercise="split_squat", head_position="neutral")
    assert missing([*full("P1"), extra, *full("P2"), *full("P3")]) == ()


def test_second_mvic_trial(missing):
    found = missing([*full("P1"), *full("P2"), *without(full("P3"), "prone.2")])
    assert words(found) == [("P3", "warn", "MVIC of gluteus maximus (prone), 1 of 2 trials there")]


def test_positions_of_one_muscle_are_told_together(missing):
    def both(person):
        return [*full(person), trial(person, "mvic", target="biceps_femoris", position="prone knee 45")]

    found = missing([*both("P1"), *both("P2"), *without(both("P3"), "biceps")])
    assert words(found) == [("P3", "warn", "MVIC of biceps femoris (seated, prone knee 45)")]


def test_muscle_without_any_mvic_is_missing_though_nobody_has_it(missing):
    found = missing(without(full("P1"), "biceps"))
    assert words(found) == [("P1", "warn", "MVIC of biceps femoris")]


def test_mvic_of_one_side(missing):
    def sided(one):
        side = trial("P1", "mvic", target="gluteus_maximus", position="prone", working_side="left")
        return side if "gluteus" in one.id else one

    found = missing([sided(one) for one in without(full("P1"), "prone.2")])
    assert words(found) == [("P1", "warn", "MVIC of right gluteus maximus upper")]


def test_no_mvic_is_asked_for_where_none_is_needed(missing):
    assert missing(without(full("P1"), "mvic"), "normalization: {kind: task_peak}\n") == ()


def test_trial_that_failed_is_missing(missing):
    trials = [*full("P1"), *full("P2")]
    squat = next(one for one in trials if "back_squat" in one.id)
    (found,) = missing(trials, usable=Usable({squat.id: "the file is empty"}))
    assert words([found]) == [("P1", "warn", "back squat, neutral; recorded, but it cannot be used: the file is empty")]


def test_session_of_others(missing):
    trials = [*full("P1"), *full("P1", "2"), *full("P2"), *full("P2", "2"), *full("P3")]
    assert words(missing(trials)) == [("P3", "warn", "all of session 2")]


def test_sessions_with_names_of_their_own_are_compared_all_the_same(missing):
    trials = [*full("P1", "may-3"), *full("P2", "may-4"), *without(full("P3", "june-1"), "back_squat")]
    assert words(missing(trials)) == [("P3", "warn", "back squat, neutral")]


STATED = """
protocol:
  rest: 2
  mvic: [{muscles: [biceps_femoris], positions: [Seated, prone knee 90], trials: 1}]
  tasks:
    - {exercises: barbell hip thrusts, head_positions: [neutral, hyperflexion], repetitions: 5}
    - {exercises: back squat, factors: {load: 60}}
"""


def test_what_is_stated_is_asked_for(missing):
    found = missing(full("P1"), STATED)
    assert words(found) == [
        ("P1", "fail", "rest trial, 1 of 2 trials there"),
        ("P1", "fail", "MVIC of biceps femoris (prone knee 90)"),
        ("P1", "fail", "back squat, load 60"),
    ]


def test_sets_with_too_few_repetitions(missing):
    trials = full("P1")
    thrust = next(one.id for one in trials if "hyperflexion" in one.id)
    found = missing(trials, "protocol: {tasks: [{exercises: barbell_hip_thrust, repetitions: 5}]}\n",
                    Usable(repetitions={thrust: 3}))  # fmt: skip
    assert words(found) == [("P1", "fail", f"barbell hip thrust: 3 of 5 repetitions in {thrust}")]


def test_an_empty_list_asks_for_nothing(missing):
    assert missing(without(full("P1"), "mvic"), "protocol: {mvic: []}\n") == ()


def test_only_in_some_sessions(missing):
    stated = "protocol: {sessions: [1, 2], tasks: [{exercises: split squat, sessions: [2]}]}\n"
    found = missing([*full("P1"), *full("P1", "2"), *full("P2")], stated)
    assert words(found) == [("P2", "fail", "all of session 2"), ("P1", "fail", "split squat")]
    assert found[1].session == "2"


def test_accepted_gaps_are_notes_with_their_reason(missing):
    trials = [*full("P1"), *full("P2"), *without(full("P3"), "hyperflexion")]
    accepted = "{participant: P3, exercise: Barbell Hip-Thrust, head_position: hyperflexion, reason: neck pain}"
    (found,) = missing(trials, f"protocol: {{accepted: [{accepted}]}}\n")
    assert (found.kind, found.level) == ("protocol_accepted", "note")
    assert "neck pain" in found.reason
    other = accepted.replace("P3", "P2")
    assert [one.level for one in missing(trials, f"protocol: {{accepted: [{other}]}}\n")] == ["warn"]


def test_a_whole_session_can_be_accepted(missing):
    trials = [*full("P1"), *full("P1", "2"), *full("P2")]
    for stated, level in (("", "warn"), ("sessions: ['1', '2'], ", "fail")):
        found = missing(trials, f"protocol: {{{stated}accepted: []}}\n")
        assert words(found) == [("P2", level, "all of session 2")]
        gap = "{participant: P2, session: '2', reason: moved away}"
        (one,) = missing(trials, f"protocol: {{{stated}accepted: [{gap}]}}\n")
        assert (one.kind, one.level) == ("protocol_accepted", "note")
        assert "moved away" in one.reason
        of_mvics = gap.replace("reason", "role: mvic, reason")
        assert [one.level for one in missing(trials, f"protocol: {{{stated}accepted: [{of_mvics}]}}\n")] == [level]


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("mvic: [{muscles: gluteus_maximuss_upperr}]", "is not in the vocabulary"),
        ("tasks: [{exercises: [squatt thrust]}]", "is not in the vocabulary"),
        ("accepted: [{participant: P1, head_position: sideways, reason: x}]", "is not in the vocabulary"),
        ("tasks: [{exercises: back squat, sessions: [3]}], sessions: [1, 2]", "session '3' is not among"),
        ("rest: -1", "must be 0 or more"),
    ],
)
def test_mistakes_are_told_with_their_place(missing, stated, said):
    with pytest.raises(ConfigError, match=r"study\.yaml:") as caught:
        missing(full("P1"), f"protocol: {{{stated}}}\n")
    assert said in str(caught.value)
