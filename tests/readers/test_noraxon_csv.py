"""Noraxon's single CSV: files written by hand from the published layout, in both locales and with their defects."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import choose, read
from emgpipe.readers.noraxon_csv import NoraxonCsvOptions

# Lines 1 to 5 as myoRESEARCH prints them on a computer set to decimal commas.
COMMA = (
    '"type";"begin_time";"frequency";"count";"created with version";"exported with version";"last_name";"first_name"'
    ';"born";"sex";"measurement_date";"record_name"\r\n'
    '"record";"0.00000";"2000.4";"6";"3.20.02";"3.20.02";"Mustermann";"Erika";"12.08.1964";"female"'
    ';"2025-08-26T17:29:12.325+07:00";"hip thrust 1"\r\n'
    "\r\n"
    '"time";"Activity";"Marker";"BICEPS BR. LT (uV)";"Ultium EMG.Internal Accel 1 Ax (mG)"\r\n'
    '0,00000;"Activity";;-9,373022054;1000,5\r\n'
    "0,00050;;;-8,25;1001\r\n"
    '0,00100;;"M1";7,5;998,25\r\n'
    "0,00150;;;6,125;1,0E+3\r\n"
    "0,00200;;;-5;999\r\n"
    "0,00250;;;4,0625;1000\r\n"
)
SAMPLES = [-9.373022054e-6, -8.25e-6, 7.5e-6, 6.125e-6, -5e-6, 4.0625e-6]

POINT = (
    "type,begin_time,frequency,count,created with version,exported with version,measurement_date,record_name\n"
    "record,0.00000,2000,6,Noraxon MR 4.0.22,4.0.22,2025-08-26T17:29:12.325+07:00,TREADMILL\n"
    "\n"
    "time,Activity,Marker,Pressure Platform-Velocity,LT Force,LT BICEPS FEM.,RT BICEPS FEM.\n"
    "0.00000,REST,,1.20,510.0,12.5,11.7\n"
    "0.00050,,,1.20,512.0,13.1,12.2\n"
    "0.00100,WALK,M1,1.20,515.0,12.8,12.0\n"
    "0.00150,,,1.20,516.0,12.9,12.1\n"
    "0.00200,,M2,1.20,517.0,12.7,12.3\n"
    "0.00250,,,1.20,518.0,12.6,12.4\n"
)


def write(tmp_path, text: str, encoding: str = "utf-8"):
    path = tmp_path / "recording.csv"
    path.write_bytes(text.encode(encoding))
    return path


def kinds(recording) -> dict[str, str]:
    return {finding.kind: finding.level for finding in recording.findings}


def table(n_rows: int, rate: float, header: str, *, count: int | None = None, stamp: str = "{:.5f}") -> str:
    """Return a file whose samples are row numbers."""
    rows = "".join(f"{stamp.format(row / rate)};;;{row}\n" for row in range(n_rows))
    top = f'"type";"begin_time";"frequency";"count"\n"record";"0.0";"{header}";"{count or n_rows}"\n\n'
    return f'{top}"time";"Activity";"Marker";"GLUT. MED. RT (uV)"\n{rows}'


def test_decimal_comma(tmp_path):
    path = write(tmp_path, COMMA)
    assert choose(path)[0].name == "noraxon_csv"
    recording = read(path)
    emg, acceleration = recording.channels
    assert (emg.label, emg.unit, emg.kind) == ("BICEPS BR. LT", "V", "emg")
    assert (acceleration.label, acceleration.unit, acceleration.kind) == (
        "Ultium EMG.Internal Accel 1 Ax", "g", "acceleration",
    )  # fmt: skip
    np.testing.assert_allclose(emg.read(), SAMPLES, rtol=1e-12)
    np.testing.assert_allclose(acceleration.read(), [1.0005, 1.001, 0.99825, 1.0, 0.999, 1.0], rtol=1e-12)
    assert emg.sampling_rate == 2000.4
    assert recording.acquisition.start_time == "2025-08-26T17:29:12.325000+07:00"
    assert recording.acquisition.device == "Noraxon 3.20.02"
    (activity, marker) = recording.events
    assert (activity.label, activity.start) == ("Activity", 0.0)
    assert activity.duration == pytest.approx(6 / 2000.4)
    assert (marker.label, marker.duration) == ("M1", 0.0)
    assert marker.start == pytest.approx(2 / 2000.4)


def test_decimal_point_and_activities_named_where_they_begin(tmp_path):
    recording = read(write(tmp_path, POINT))
    assert recording.labels == ("Pressure Platform-Velocity", "LT Force", "LT BICEPS FEM.", "RT BICEPS FEM.")
    np.testing.assert_array_equal(recording.channel("LT BICEPS FEM.").read(), [12.5, 13.1, 12.8, 12.9, 12.7, 12.6])
    assert {channel.unit for channel in recording.channels} == {"unknown"}
    assert kinds(recording) == {"activity_spans": "note", "unknown_unit": "note"}
    found = [(event.label, event.start, event.duration) for event in recording.events]
    assert found == [
        ("REST", 0.0, 0.001), ("WALK", 0.001, pytest.approx(0.002)), ("M1", 0.001, 0.0), ("M2", 0.002, 0.0),
    ]  # fmt: skip


def test_activities_on_every_row(tmp_path):
    text = COMMA.replace("0,00050;;;", '0,00050;"Activity";;').replace("0,00200;;;", '0,00200;"Rest";;')
    text = text.replace("0,00250;;;", '0,00250;"Rest";;')
    recording = read(write(tmp_path, text))
    spans = [(event.label, event.start, event.duration) for event in recording.events if event.label != "M1"]
    step = 1 / 2000.4
    assert spans == [("Activity", 0.0, pytest.approx(2 * step)), ("Rest", pytest.approx(4 * step), 2 * step)]
    assert "activity_spans" not in kinds(recording)


def test_semicolons_with_decimal_points(tmp_path):
    body = COMMA.replace(",", ".")
    recording = read(write(tmp_path, body))
    np.testing.assert_allclose(recording.channels[0].read(), SAMPLES, rtol=1e-12)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(tmp_path, encoding):
    recording = read(write(tmp_path, COMMA.replace("(uV)", "(µV)").replace('"M1"', '"Höhe"'), encoding))
    np.testing.assert_allclose(recording.channels[0].read(), SAMPLES, rtol=1e-12)
    assert recording.channels[0].label == "BICEPS BR. LT"
    assert [event.label for event in recording.events] == ["Activity", "Höhe"]


def test_personal_data_only_when_asked_for(tmp_path):
    path = write(tmp_path, COMMA)
    recording = read(path)
    assert recording.personal == ()
    assert not any(word in repr(recording) for word in ("Mustermann", "Erika", "1964", "female"))
    kept = read(path, [NoraxonCsvOptions(keep_personal_data=True)])
    assert dict(kept.personal) == {
        "last_name": "Mustermann", "first_name": "Erika", "born": "12.08.1964", "sex": "female",
    }  # fmt: skip


def test_unquoted_repeated_and_unknown_keys(tmp_path):
    head, values, rest = COMMA.split("\r\n", 2)
    keys = head.replace('"', "") + ";frequency;future vendor field"
    recording = read(write(tmp_path, "\r\n".join([keys, values.replace('"', "") + ";1000;x", rest])))
    np.testing.assert_allclose(recording.channels[0].read(), SAMPLES, rtol=1e-12)
    assert recording.channels[0].sampling_rate == 2000.4
    assert kinds(recording)["header_value"] == "warn"


@pytest.mark.parametrize(("stated", "level"), [("2000", None), ("1998", "note"), ("1980", "warn"), ("1000", "fail")])
def test_rate_against_time_stamps(tmp_path, stated, level):
    recording = read(write(tmp_path, table(4000, 2000.4, stated)))
    assert recording.channels[0].sampling_rate == float(stated)
    assert kinds(recording).get("sampling_rate_contradiction") == level
    if level:
        (finding,) = recording.findings
        assert finding.value == pytest.approx(2000.4, rel=1e-5)


def test_coarsely_printed_times_are_no_contradiction(tmp_path):
    recording = read(write(tmp_path, table(4000, 2000.3556, "2000.3556", stamp="{:.3f}")))
    assert recording.findings == ()


def test_rate_from_time_stamps_when_none_is_stated(tmp_path):
    recording = read(write(tmp_path, table(4000, 1500.0, "")))
    assert recording.channels[0].sampling_rate == pytest.approx(1500.0, rel=1e-6)
    assert kinds(recording) == {"sampling_rate_derived": "note"}


def test_recording_that_begins_later(tmp_path):
    text = table(50, 1000.0, "1000").replace("\n0.0", "\n7.0")
    assert read(write(tmp_path, text)).channels[0].start == pytest.approx(7.0)


def test_declared_count(tmp_path):
    recording = read(write(tmp_path, table(50, 1000.0, "1000", count=80)))
    (finding,) = recording.findings
    assert (finding.kind, finding.level, finding.value) == ("count_mismatch", "warn", 50)


def test_file_cut_inside_a_number(tmp_path):
    whole = table(50, 1000.0, "1000")
    cut = whole[: whole.index("0.03000;;;30") + len("0.03000;;;3")]  # 30 has become 3
    recording = read(write(tmp_path, cut))
    np.testing.assert_allclose(recording.channels[0].read(), np.arange(30) * 1e-6)
    assert kinds(recording) == {"cut_row": "note", "count_mismatch": "warn"}


def test_missing_cells_text_and_surplus_cells(tmp_path):
    text = COMMA.replace("-8,25;1001", ";1001").replace("6,125;1,0E+3", "OL;1,0E+3;;77")
    recording = read(write(tmp_path, text))
    expected = np.array(SAMPLES)
    expected[[1, 3]] = np.nan
    np.testing.assert_allclose(recording.channels[0].read(), expected)
    assert {"unusable_cells", "text_cells", "row_width"} <= set(kinds(recording))
    assert np.isfinite(recording.channels[1].read()).all()


def test_trailing_columns_and_rows(tmp_path):
    lines = COMMA.strip().split("\r\n")
    text = "\r\n".join([*lines[:3], *(line + ";" for line in lines[3:]), "", ""])
    recording = read(write(tmp_path, text))
    np.testing.assert_allclose(recording.channels[0].read(), SAMPLES, rtol=1e-12)
    assert len(recording.channels) == 2


def test_slow_sensor_on_the_shared_grid(tmp_path):
    rows = "".join(f"{row / 2000:.5f},,,{row},{row if row % 20 == 0 else ''}\n" for row in range(400))
    text = "type,begin_time,frequency,count\nrecord,0,2000,400\n\ntime,Activity,Marker,VMO RT (uV),Knee RT (deg)\n"
    fast, slow = read(write(tmp_path, text + rows)).channels
    assert (fast.sampling_rate, fast.n_samples) == (2000.0, 400)
    assert (slow.sampling_rate, slow.n_samples) == (100.0, 20)
    np.testing.assert_array_equal(slow.read(), np.arange(0, 400, 20))


def test_labels(tmp_path):
    labels = ["RT Foot Accel X,mG", "Ultium EMG.Internal Mag 1 Mx (mGauss)", "VAST (medial)", "VMO (uV)", "VMO (uV)"]
    header = ",".join(f'"{label}"' for label in ["time", *labels])
    rows = "".join(f"{row / 100:.2f}," + ",".join(["2"] * 5) + "\n" for row in range(20))
    text = f"type,begin_time,frequency,count\nrecord,0,100,20\n\n{header}\n{rows}"
    recording = read(write(tmp_path, text))
    found = [(channel.label, channel.unit, channel.kind, channel.read()[0]) for channel in recording.channels]
    assert found == [
        ("RT Foot Accel X", "g", "acceleration", pytest.approx(2e-3)),
        ("Ultium EMG.Internal Mag 1 Mx", "uT", "other", pytest.approx(0.2)),
        ("VAST (medial)", "unknown", "emg", 2.0),
        ("VMO", "V", "emg", pytest.approx(2e-6)),
        ("VMO (2)", "V", "emg", pytest.approx(2e-6)),
    ]


def test_agrees_with_the_csv_module(tmp_path):
    random = np.random.default_rng(5)
    values = random.normal(0, 100, (3000, 4))
    lines = ['"type";"begin_time";"frequency";"count"', '"record";"0.0";"2000.4";"3000"', ""]
    lines.append('"time";"Activity";"Marker";' + ";".join(f'"M{i} RT (uV)"' for i in range(4)))
    for row, cells in enumerate(values):
        numbers = [f"{row / 2000.4:.5f}", "", "", *(f"{cell:.9f}" for cell in cells)]
        lines.append(";".join(numbers).replace(".", ","))
    text = "\n".join(lines) + "\n"
    recording = read(write(tmp_path, text))
    rows = list(csv.reader(io.StringIO(text.split("\n", 4)[4]), delimiter=";"))
    for place, channel in enumerate(recording.channels, start=3):
        expected = np.array([float(cells[place].replace(",", ".")) * 1e-6 for cells in rows])
        np.testing.assert_allclose(channel.read(), expected, rtol=1e-15)


def test_header_without_rows(tmp_path):
    with pytest.raises(ReadError, match="no rows"):
        read(write(tmp_path, COMMA[: COMMA.index("0,00000;")]))


def test_one_file_of_a_separate_export(tmp_path):
    path = tmp_path / "Channel_Curves-Walk-GLUT._MED._RT.csv"
    head = '"type","name","time_units","begin_time","frequency","count","units"\n"signal","","s",0.0,100,3,"uV"\n\n'
    path.write_text(head + '"time","value"\n0.00,1\n0.01,2\n0.02,3\n', encoding="utf-8-sig")
    (channel,) = read(path).channels
    assert (channel.label, channel.unit) == ("GLUT. MED. RT", "V")
