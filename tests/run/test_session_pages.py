"""Pages of single sessions: drawn with the session, drawn again only where they are missing, gone when not needed."""

from __future__ import annotations

import json

import pytest

from emgpipe.run import bring_up_to_date, run_study
from emgpipe.run.session_pages import draw_session
from tests.pipeline.small import write_small_study


@pytest.fixture
def many(monkeypatch):
    """Let two sessions count as many; give the number above which a session has its own page."""

    def above(number: int) -> None:
        monkeypatch.setattr("emgpipe.run.todo.SEPARATE", number)
        monkeypatch.setattr("emgpipe.run.gathering.SEPARATE", number)

    above(1)
    return above


def outputs(folder):
    return json.loads((folder / "run.json").read_text("utf-8"))["outputs"]


def test_pages_come_and_go_with_the_number_of_sessions(tmp_path, many):
    study = write_small_study(tmp_path)
    result = run_study(study)
    folder = result.folder
    pages = sorted(folder.glob("sessions/*.html"))
    assert [page.name for page in pages] == ["P01_1.html", "P02_1.html"]
    assert {f"sessions/{page.name}" for page in pages} <= set(outputs(folder))
    report = (folder / "report.html").read_text("utf-8")
    assert 'href="sessions/P01_1.html"' in report
    assert 'class="traces"' not in report

    drawn, stamp = pages[0].read_bytes(), pages[1].stat().st_mtime_ns
    assert bring_up_to_date(study).result is None
    pages[0].write_bytes(drawn.replace(b"P01", b"P99"))
    assert bring_up_to_date(study).result is not None  # an output is not what the run wrote
    assert pages[0].read_bytes() == drawn
    assert pages[1].stat().st_mtime_ns == stamp

    many(2)
    pages[0].unlink()
    run_study(study)
    assert not list(folder.glob("sessions/*.html"))
    assert 'class="traces"' in (folder / "report.html").read_text("utf-8")


@pytest.mark.usefixtures("many")
def test_a_page_is_drawn_from_the_file_alone(tmp_path):
    study = write_small_study(tmp_path)
    folder = run_study(study).folder
    page = folder / "sessions" / "P02_1.html"
    before = page.read_bytes()
    page.unlink()
    draw_session(page.with_suffix(".h5"))
    assert page.read_bytes() == before
