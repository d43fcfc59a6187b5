"""Noraxon's separate CSV export: folders written by hand from the published layout."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import choose, read
from emgpipe.readers.noraxon_folder import NoraxonFolderOptions

BEGIN = "Channel_Curves-Analyzed_Work_Activities-"
RATE = 2000.3556


def signal(values, rate=RATE, unit="uV", *, begin=0.0, count=None, name="") -> bytes:
    """Return a file as myoMETRICS writes it: a mark, times with four decimals, data from line 5 on."""
    lines = [
        '"type","name","time_units","begin_time","frequency","count","units"',
        f'"signal","{name}","s",{begin:.4f},{rate},{len(values) if count is None else count},"{unit}"',
        "",
        '"time","value"',
        *(f"{begin + row / rate:.4f},{value}" for row, value in enumerate(values)),
        "",
    ]
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


@pytest.fixture
def folder(tmp_path):
    """A walking trial: two muscles at 2000.3556 Hz, one angle at 100 Hz that begins later."""
    path = tmp_path / "EMG-with Electrode"
    path.mkdir()
    (path / f"{BEGIN}BICEPS_FEM._RT.csv").write_bytes(signal(np.arange(4000) / 8))
    (path / f"{BEGIN}GLUT._MED._RT.csv").write_bytes(signal(-np.arange(4000) / 4))
    (path / f"{BEGIN}Knee_Flexion_RT.csv").write_bytes(signal(np.arange(150), 100, "deg", begin=0.25))
    (path / f"{BEGIN}events.csv").write_bytes(b'"Begin (%)","End (%)"\r\n0.0000,1.9996\r\n')
    (path / "Subject_info.csv").write_text('"last_name","first_name","born","sex"\n"Mustermann","Erika","1964","f"\n')
    (path / "Record_info.csv").write_text('"measurement_date","record_name"\n"2026-04-13T10:00:00","walk"\n')
    return path


def kinds(recording) -> dict[str, str]:
    return {finding.kind: finding.level for finding in recording.findings}


def test_signals(folder):
    assert choose(folder)[0].name == "noraxon_folder"
    recording = read(folder)
    assert recording.labels == ("BICEPS FEM. RT", "GLUT. MED. RT", "Knee Flexion RT")
    biceps, gluteus, knee = recording.channels
    np.testing.assert_allclose(biceps.read(), np.arange(4000) / 8e6, rtol=1e-12)
    np.testing.assert_allclose(gluteus.read(), -np.arange(4000) / 4e6, rtol=1e-12)
    np.testing.assert_array_equal(knee.read(), np.arange(150))
    assert [channel.sampling_rate for channel in recording.channels] == [RATE, RATE, 100.0]
    assert [channel.start for channel in recording.channels] == [0.0, 0.0, 0.25]
    assert [(channel.unit, channel.kind) for channel in recording.channels] == [("V", "emg")] * 2 + [("deg", "angle")]
    assert recording.acquisition.start_time == "2026-04-13T10:00:00"


def test_percent_means_seconds(folder):
    recording = read(folder)
    (event,) = recording.events
    assert (event.label, event.start, event.duration) == ("events", 0.0, 1.9996)
    assert kinds(recording) == {"event_unit": "note"}


def test_events_that_may_really_be_percent(folder):
    (folder / f"{BEGIN}events.csv").write_bytes(b'"Begin (%)","End (%)"\r\n0.0,100.0\r\n')
    assert kinds(read(folder)) == {"event_unit": "warn", "event_outside": "warn"}


def test_named_events(folder):
    (folder / f"{BEGIN}events.csv").write_text('"name";"time"\n"step 1";0,5\n"step 2";1,25\n')
    found = [(event.label, event.start, event.duration) for event in read(folder).events]
    assert found == [("step 1", 0.5, 0.0), ("step 2", 1.25, 0.0)]


def test_personal_data_only_when_asked_for(folder):
    assert "Mustermann" not in repr(read(folder))
    kept = read(folder, [NoraxonFolderOptions(keep_personal_data=True)])
    assert dict(kept.personal) == {"last_name": "Mustermann", "first_name": "Erika", "born": "1964", "sex": "f"}


def test_other_files_are_named(folder):
    (folder / "Multi-Period_Analysis-Mean_Value-GLUT.csv").write_text('"name","value"\n"mean",12.5\n')
    (folder / "notes.docx").write_bytes(b"PK")
    (finding,) = [f for f in read(folder).findings if f.kind == "other_files"]
    assert "Multi-Period_Analysis-Mean_Value-GLUT.csv, notes.docx" in finding.reason


def test_one_damaged_file_does_not_stop_the_others(folder):
    path = folder / f"{BEGIN}GLUT._MED._RT.csv"
    path.write_bytes(signal([]))
    recording = read(folder)
    assert recording.labels == ("BICEPS FEM. RT", "Knee Flexion RT")
    (finding,) = [f for f in recording.findings if f.kind == "file_unreadable"]
    assert finding.level == "fail"
    assert path.name in finding.reason


def test_counts_are_compared_per_file(folder):
    (folder / f"{BEGIN}GLUT._MED._RT.csv").write_bytes(signal(np.arange(100), count=146960))
    (finding,) = [f for f in read(folder).findings if f.kind == "count_mismatch"]
    assert f"{BEGIN}GLUT._MED._RT.csv" in finding.reason


def test_sides_are_not_cut_off_by_the_common_beginning(tmp_path):
    for name in ("Curves-BICEPS_FEM._LT", "Curves-BICEPS_FEM._RT"):
        (tmp_path / f"{name}.csv").write_bytes(signal([1, 2, 3]))
    assert read(tmp_path).labels == ("BICEPS FEM. LT", "BICEPS FEM. RT")


def test_name_in_the_file_goes_first(tmp_path):
    (tmp_path / "a-b.csv").write_bytes(signal([1, 2, 3], name="Ultium EMG-VMO RT"))
    assert read(tmp_path).labels == ("Ultium EMG-VMO RT",)


def test_points_have_several_columns(tmp_path):
    rows = "".join(f"{row / 100:.4f},{row},{2 * row}\n" for row in range(20))
    head = '"type","name","time_units","begin_time","frequency","count","units"\n"signal_2d","","s",0.0,100,20,"mm"\n\n'
    (tmp_path / "Pressure-COP_LT.csv").write_text(f'{head}"time","x","y"\n{rows}')
    x, y = read(tmp_path).channels
    assert (x.label, y.label, x.unit) == ("COP LT x", "COP LT y", "mm")
    np.testing.assert_array_equal(y.read(), 2.0 * np.arange(20))


def test_a_folder_of_single_csv_files_is_no_recording(tmp_path):
    text = '"type";"begin_time";"frequency";"count"\n"record";"0";"100";"2"\n\n'
    text += '"time";"Activity";"Marker";"GLUT. MED. RT (uV)"\n0,00;;;1\n0,01;;;2\n'
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(text)
    with pytest.raises(ReadError, match="folder"):
        read(tmp_path)
