from __future__ import annotations

import pytest
from pydantic import ValidationError

from emgpipe.errors import SegmentationError
from emgpipe.segmentation import Events, find_repetitions
from tests.segmentation.angles import kinds, make_trial


def spans(found):
    return [(rep.start, rep.stop) for rep in found.repetitions]


def test_one_label_cuts_from_each_marker_to_the_next():
    found = find_repetitions(Events(start="rep"), make_trial(events=[("Rep", 4), ("rep", 1), ("other", 2), ("REP", 6)]))
    assert spans(found) == [(1, 4), (4, 6)]
    assert kinds(found) == ["last_marker"]


def test_last_marker_to_the_end_only_when_asked():
    trial = make_trial(events=[("rep", 1), ("rep", 4)])
    found = find_repetitions(Events(start="rep", last_to_end=True), trial)
    assert spans(found) == [(1, 4), (4, 10)]
    assert kinds(found) == []


def test_one_marker_alone_is_no_repetition():
    assert kinds(find_repetitions(Events(start="rep"), make_trial(events=[("rep", 1)]))) == [
        "last_marker",
        "no_repetition",
    ]


def test_pairs_in_order_and_unpaired_markers_are_said():
    events = [("down", 0.5), ("up", 1), ("down", 2), ("up", 3), ("up", 4), ("down", 5), ("up", 9)]
    found = find_repetitions(Events(start="up", stop="down"), make_trial(events=events))
    assert spans(found) == [(1, 2), (4, 5)]
    assert [(one.kind, one.start) for one in found.findings] == [("event_left_out", t) for t in (0.5, 3, 9)]
    assert "no start marker before it" in found.findings[0].reason


def test_a_stop_and_a_start_at_one_time_end_one_and_begin_the_next():
    events = [("up", 1), ("up", 2), ("down", 2), ("down", 3)]
    assert spans(find_repetitions(Events(start="up", stop="down"), make_trial(events=events))) == [(1, 2), (2, 3)]


def test_durations():
    events = [("rep 1", 1, 1.5), ("rep 2", 4, 0), ("rep 3", 5, 2), ("rep 4", 9, 5), ("rest", 7, 1)]
    found = find_repetitions(Events(start="rep*", use_durations=True), make_trial(events=events))
    assert spans(found) == [(1, 2.5), (5, 7)]
    assert [one.start for one in found.findings] == [4, 9]


def test_markers_outside_the_span_belong_to_other_trials():
    events = [("rep", t) for t in (1, 3, 5, 7, 9)]
    assert spans(find_repetitions(Events(start="rep"), make_trial(events=events, start=2.0, stop=8.0))) == [
        (3, 5),
        (5, 7),
    ]


def test_error_says_that_there_are_other_events_and_does_not_repeat_free_text():
    trial = make_trial(events=[("repp", 1), ("sync", 2)])
    with pytest.raises(SegmentationError, match=r"no event is called 'rep'\. It has events with 2 other labels"):
        find_repetitions(Events(start="rep"), trial)
    with pytest.raises(SegmentationError, match="It has no events"):
        find_repetitions(Events(start="rep"), make_trial())


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"start": "rep", "stop": "REP"}, "same label"),
        ({"start": "a", "stop": "b", "last_to_end": True}, "cannot be combined"),
        ({"start": "a", "use_durations": True, "last_to_end": True}, "cannot be combined"),
    ],
)
def test_contradicting_settings(parts, message):
    with pytest.raises(ValidationError, match=message):
        Events(**parts)
