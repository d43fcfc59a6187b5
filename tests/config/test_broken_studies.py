"""Each mistake in a study file: its place, the phrase that helps."""

from __future__ import annotations

import pytest

from emgpipe.config import load_study
from emgpipe.errors import ConfigError, StudyFileError

# (what is replaced, by what, line:column of the error, a phrase); an empty first entry appends to the good file.
CASES = [
    ("", "chan: 3\n", (10, 1), "unknown key 'chan'; did you mean 'chain' or 'channels'?"),
    ("", "chain:\n  - {kind: bandpass, hihg: 400}\n", (11, 22), "unknown key 'hihg'; did you mean 'high'?"),
    ("", "chain:\n  - {kind: bandpas}\n", (11, 12), "unknown kind 'bandpas'; did you mean 'bandpass'?"),
    ("", "chain:\n  - {low: 10}\n", (11, 5), "'kind' is missing in chain, entry 1"),
    ("", "chain:\n  - {kind: bandpass, low: -3}\n", (11, 27), "bandpass: low: must be greater than 0, but -3 is given"),
    ("", "chain:\n  - {kind: rms, window: no}\n", (11, 25), "rms: window: must be a number such as 0.5, but 'no'"),
    ("", "chain:\n  - {kind: bandpass, low: 30, high: 20}\n", (11, 5), "low = 30 Hz must be smaller than high = 20 Hz"),
    ("", "chain:\n  - {kind: rms}\n  - {kind: bandpass}\n", (12, 5), "bandpass works on a signal that is"),
    ("", "chain:\n  - {kind: bandpass}\n", (11, 5), "end it with rms or linear_envelope"),
    ("", "chain:\n", (10, 7), "chain: nothing is given after the colon"),
    ("", "chain: []\n", (10, 8), "chain: needs at least 1 in the list"),
    ("", "chain: rms\n", (10, 8), "chain: must be a list, such as [a, b], but 'rms' is given"),
    ("", "chain:\n  - {kind: rms, muscles: [vastus_lateralis]}\n", (11, 27), "no channel measures 'vastus_lateralis'"),
    ("", "metrics: [mean, peek]\n", (10, 17), "unknown kind 'peek'; did you mean 'peak'?"),
    ("", "metrics: [mean, peak, mean]\n", (10, 23), "the metric 'mean' is already measured by another entry"),
    ("", "normalization: mvic\n", (10, 16), "must be a mapping, such as {kind: mvic}, but 'mvic' is given"),
    (
        "", "normalization: {kind: mvic, rule: {kind: sliding_mean, window: 0}}\n",
        (10, 64), "sliding_mean: window: must be greater than 0, but 0 is given",
    ),
    ("", "output: {envelope_rate: 010}\n", (10, 25), "'010' is a text here; write the number 10, without quotes"),
    ("", "comparisons: [{kind: ranking, factor: exercize}]\n", (10, 39), "did you mean 'exercise'?"),
    (
        "", "comparisons: [{kind: ranking, factor: exercise, at: {head_position: neutrall}}]\n",
        (10, 69), "did you mean 'neutral'?",
    ),
    ("", "comparisons: [{kind: ranking, factor: load, within: load}]\n", (10, 53), "'load' is named twice"),
    ("", "comparisons: [{kind: ranking, factor: load, metrics: [mean, p95]}]\nmetrics: [mean]\n", (10, 61), "is not"),
    ("", "derived: [{kind: difference, name: n, channels: [hip_angle, trunk]}]\n", (10, 61), "channel named 'trunk'"),
    ("", "derived: [{kind: difference, name: hip_angle, channels: [hip_angle, hip_angle]}]\n", (10, 36), "is already"),
    ("", "zeroing: {channels: [hip_angel]}\n", (10, 22), "channel named 'hip_angel'; did you mean 'hip_angle'?"),
    ("", "zeroing: {channels: [hip_angle], window: 0}\n", (10, 42), "window: must be greater than 0, but 0 is given"),
    ("", "zeroing: {window: 2}\n", (10, 1), "'channels' is missing in zeroing"),
    ("", "overrides: [{participant: P1, channels: [{label: A, use: false}]}]\n", (10, 13), "'reason' is missing"),
    ("", "comparisons: [{kind: rank, factor: exercise}]\n", (10, 22), "unknown kind 'rank'; did you mean 'ranking'?"),
    ("", "variants: [{name: main, drop_repetitions: last}]\n", (10, 12), "'main' stands for the analysis itself"),
    ("", "variants: [{name: a b, drop_repetitions: last}]\n", (10, 19), "must consist of letters, digits, - and _"),
    ("", "variants: [{name: a}]\n", (10, 12), "variant 'a' changes nothing"),
    ("", "variants: [{name: a, drop_repetitions: lats}]\n", (10, 40), "'lats' is not allowed; did you mean 'last'?"),
    (
        "", "variants: [{name: a, drop_repetitions: last}, {name: A, drop_repetitions: first}]\n",
        (10, 54), "the name 'A' is already used by entry 1",
    ),
    (
        "", "variants: [{name: a, chain: [{kind: rms}], replace: [{kind: rms, window: 0.2}]}]\n",
        (10, 12), "both `chain` and `replace` are given",
    ),
    ("", "variants: [{name: a, chain: [{kind: rms}, {kind: bandpass}]}]\n", (10, 43), "bandpass works on a signal"),
    ("", "variants: [{name: a, replace: [{kind: highpass}]}]\n", (10, 32), "the chain has no highpass to replace. Its"),
    (
        "", "variants: [{name: a, replace: [{kind: rms, window: 0.2, muscles: [gluteus_maximus_upper]}]}]\n",
        (10, 32), "the chain has no rms limited to gluteus_maximus_upper to replace",
    ),
    (
        "", "variants: [{name: a, replace: [{kind: rms, window: 0.2}, {kind: rms, window: 0.3}]}]\n",
        (10, 58), "rms is replaced twice",
    ),
    (
        "", "variants: [{name: a, replace: [{kind: bandpass, low: 460}]}]\n",
        (10, 32), "low = 460 Hz must be smaller than high = 450 Hz",
    ),
    ("  folder: raw\n", "  folder: raw\n  participants_sheet: a\n", (3, 3), "is given without `participants`"),
    ("", "vocabulary: {exercises: [{id: wall thrust}]}\n", (10, 31), "id: must consist of small letters, digits and _"),
    ("name: small", "name: my study", (1, 7), "must consist of letters, digits, - and _"),
    ("name: small\n", "", (1, 1), "'name' is missing; add a line `name: ...`"),
    ("  folder: raw\n", "", (2, 1), "'folder' is missing in recordings"),
    ("  folder: raw\n", "  folder: raw\n  trials: t.csv\n", (3, 3), "both `trials` and `files` are given"),
    ("{exercise}", "{exersise}", (5, 16), "'{exersise}' is not a known field; did you mean '{exercise}'?"),
    ("{exercise}_", "", (5, 7), "has no field {exercise}"),
    ("{exercise}_{", "{exercise}{", (5, 16), "need a character between them"),
    ("gluteus_maximus_upper", "gluteus_maximus_uper", (7, 24), "did you mean 'gluteus_maximus_upper'"),
    ("muscle: gluteus_maximus_upper, ", "", (7, 5), "channel 'A' has no muscle"),
    ("side: right", "side: rigth", (7, 53), "'rigth' is not allowed; did you mean 'right'? Allowed: left, right"),
    ("side: right", "side: right, use: no", (7, 65), "'no' is a text here; write false, without quotes"),
    ("label: A", "label: b", (8, 13), "the label 'b' is already used in entry 1"),
    ("[B, b], kind: angle, name: hip_angle", "B, muscle: gluteus_maximus_upper, side: right", (8, 5), "is already"),
    ("channel: hip_angle", "channel: hip_angel", (9, 37), "did you mean 'hip_angle'?"),
    ("kind: angle, channel: hip_angle", "kind: envelope, muscle: soleus", (9, 39), "no channel measures 'soleus'"),
    (
        "{kind: angle, channel: hip_angle}", "[{exercises: [back_squat], detector: {kind: whole}}]",
        (9, 15), "the last entry, and only the last one, is for all other exercises",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "phrase"), CASES, ids=[case[3][:40] for case in CASES])
def test_mistake(old: str, new: str, place: tuple[int, int], phrase: str, good: str, write) -> None:
    assert old in good
    path = write(good.replace(old, new, 1) if old else good + new)
    with pytest.raises(StudyFileError) as caught:
        load_study(path)
    problems = {(problem.line, problem.column): problem.message for problem in caught.value.problems}
    assert phrase in problems.get(place, ""), str(caught.value)
    assert f"{path}:{place[0]}:{place[1]}: " in str(caught.value)


def test_all_mistakes_are_told_at_once_in_file_order(good: str, write) -> None:
    text = good.replace("side: right", "side: rihgt") + "metrics: [meen]\nfoo: 1\n"
    with pytest.raises(StudyFileError) as caught:
        load_study(write(text))
    assert [problem.line for problem in caught.value.problems] == [7, 10, 11]
    assert len(str(caught.value).splitlines()) == 3


def test_several_missing_keys_are_told_one_by_one(write) -> None:
    with pytest.raises(StudyFileError) as caught:
        load_study(write("title: nothing else\n"))
    assert [problem.message.split("'")[1] for problem in caught.value.problems] == ["name", "recordings", "channels"]


def test_error_crosses_process_borders(write) -> None:
    import pickle

    with pytest.raises(StudyFileError) as caught:
        load_study(write("title: nothing else\n"))
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert str(copy) == str(caught.value)
    assert len(copy.problems) == 3
    assert isinstance(copy, ConfigError)
