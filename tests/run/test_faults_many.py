"""Very many trials, in one session and in many: all there, with time and memory in proportion."""

from __future__ import annotations

import time

import pytest

from emgpipe.run import bring_up_to_date, run_study
from tests.run.crowded import write_crowded


def check(study, sessions: int, trials: int) -> None:
    result = run_study(study)
    outcomes = [one for one in result.outcomes if one.what == "trial"]
    assert len(outcomes) == sessions * trials
    assert {one.status for one in outcomes} == {"processed"}
    assert result.metrics["trial"].nunique() == sessions * trials
    assert len(result.sessions) == sessions
    assert bring_up_to_date(study).result is None


@pytest.mark.parametrize(("sessions", "trials"), [(1, 200), (10, 20)])
def test_many_trials(tmp_path, sessions, trials):
    check(write_crowded(tmp_path, sessions=sessions, trials=trials), sessions, trials)


def test_a_trial_keeps_its_own_part_of_a_long_recording(tmp_path):
    """So that a file of a session does not grow with the square of the trials in its recording."""
    sizes = []
    for trials in (50, 200):
        result = run_study(write_crowded(tmp_path / str(trials), sessions=1, trials=trials))
        (path,) = result.sessions.values()
        sizes.append(path.stat().st_size)
    assert sizes[1] < 6 * sizes[0]


@pytest.mark.slow
@pytest.mark.parametrize(("sessions", "trials"), [(1, 10_000), (100, 100)])
def test_ten_thousand_trials_take_ten_times_as_long_as_one_thousand(tmp_path, sessions, trials):
    seconds = []
    for share in (10, 1):
        size = (1, trials // share) if sessions == 1 else (sessions // share, trials)
        study = write_crowded(tmp_path / str(share), sessions=size[0], trials=size[1])
        start = time.process_time()
        check(study, *size)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 20 * seconds[0]
