"""The verb `read`: everything that can be wrong with a path, each in its own words."""

from __future__ import annotations

import os

import pytest

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.readers import READERS, read
from emgpipe.readers.kinds import guess_kind, rests_on_unit
from emgpipe.readers.parts.tables.options import DelimitedOptions


def test_missing_file_suggests_a_near_name(tmp_path):
    (tmp_path / "P01_squat.csv").touch()
    with pytest.raises(ReadError, match=r"no such file; did you mean 'P01_squat.csv'"):
        read(tmp_path / "P01_sqat.csv")


def test_endings_do_not_make_names_alike(tmp_path):
    for name in ("one.csv", "two.csv", "P01_squat.c3d"):
        (tmp_path / name).touch()
    with pytest.raises(ReadError, match="no such file; check the name"):
        read(tmp_path / "nope.csv")
    with pytest.raises(ReadError, match=r"did you mean 'P01_squat\.c3d'\?"):
        read(tmp_path / "P01_squat.csv")


def test_folder(tmp_path):
    with pytest.raises(ReadError, match="this is a folder"):
        read(tmp_path)


def test_broken_link_and_loop(tmp_path):
    broken, loop = tmp_path / "broken.csv", tmp_path / "loop.csv"
    broken.symlink_to(tmp_path / "nowhere.csv")
    loop.symlink_to(loop)
    with pytest.raises(ReadError, match="points to a file that does not exist"):
        read(broken)
    with pytest.raises(ReadError, match="leads back to itself"):
        read(loop)


def test_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(ReadError, match="not an ordinary file"):
        read(tmp_path / "pipe.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_no_permission(tmp_path):
    path = tmp_path / "locked.csv"
    path.write_text("1,2\n3,4\n")
    path.chmod(0)
    with pytest.raises(ReadError, match="no permission"):
        read(path)


def test_name_that_cannot_be(tmp_path):
    with pytest.raises(ReadError, match="too long"):
        read(tmp_path / ("x" * 300))
    with pytest.raises(ReadError):
        read(tmp_path / "a\0b.csv")


def test_library_failure_becomes_one_error(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("time,EMG\n0,1\n0.001,2\n")
    csv = READERS[-1]

    def fail(*_):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(type(csv), "read", fail)
    with pytest.raises(DamagedFileError, match=r"ZeroDivisionError.*export it again"):
        read(path)
    monkeypatch.setattr(type(csv), "read", lambda *_: (_ for _ in ()).throw(MemoryError))
    with pytest.raises(MemoryError):
        read(path)


def test_options_of_the_chosen_reader_are_used(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("EMG\n" + "1.5\n2.5\n" * 5)
    options = [*(reader.Options() for reader in READERS[:-1]), DelimitedOptions(sampling_rate=1500)]
    assert read(path, options).channels[0].sampling_rate == 1500


@pytest.mark.parametrize(
    ("label", "unit", "kind"),
    [
        ("GMAX RT", "V", "emg"),
        ("ECG", "V", "ecg"),
        ("Sync trigger", "V", "trigger"),
        ("EMG trigger finger", "V", "emg"),
        ("Forearm_EMG_Status1", "unknown", "trigger"),
        ("Sensor 1 Mag 1 Mx", "unknown", "other"),
        ("hip flexion", "deg", "angle"),
        ("ACC.X 10", "unknown", "acceleration"),
        ("GYRO.Z 10", "unknown", "angular_velocity"),
        ("Fz1", "N", "force"),
        ("My1", "Nm", "force"),
        ("Ultium EMG.EMG 1", "unknown", "emg"),
        ("LT GLUT MED", "unknown", "emg"),
        ("column 3", "unknown", "other"),
        ("rectal", "degC", "other"),
        ("Temporalis R", "V", "emg"),
        ("Trapezius trigger point", "V", "emg"),
        ("Knee extensor", "V", "emg"),
        ("Analog 7", "V", "emg"),
        ("Voltage.3", "V", "emg"),
        ("Knee angle", "V", "angle"),
        ("Knee", "V", "angle"),
        ("Goniometer_hip", "V", "angle"),
        ("GONI", "V", "angle"),
        ("ACC X", "V", "acceleration"),
        ("R_GAST_ACC_Y", "V", "acceleration"),
        ("Trigno EMG ACC.Z 3", "V", "acceleration"),
        ("Gyro.X", "V", "angular_velocity"),
        ("Accelerometer X", "mV", "acceleration"),
        ("Load cell", "mV", "force"),
        ("Force plate Fz", "V", "force"),
        ("Fz1", "V", "force"),
        ("F2X", "V", "force"),
        ("Torque", "V", "force"),
        ("Dynamometer", "V", "force"),
        ("FSR heel", "V", "force"),
        ("TTL", "V", "trigger"),
        ("Stim", "V", "trigger"),
        ("Foot switch", "V", "trigger"),
        ("Speed", "V", "other"),
        ("Velocity", "V", "other"),
        ("Position", "V", "other"),
        ("LVDT", "V", "other"),
        ("Displacement", "V", "other"),
        ("GSR", "V", "other"),
        ("EDA", "V", "other"),
        ("PPG", "V", "other"),
        ("SpO2", "V", "other"),
        ("Pulse", "V", "other"),
        ("Pressure", "V", "other"),
        ("Temperature", "V", "other"),
        ("EOG", "V", "other"),
        ("EEG Cz", "V", "other"),
    ],
)
def test_kind_from_unit_and_label(label, unit, kind):
    assert guess_kind(label, unit) == kind


@pytest.mark.parametrize(
    ("label", "unit", "rests"),
    [
        ("Analog 7", "V", True),
        ("Voltage.3", "mV", True),
        ("CH2", "V", True),
        ("EMG 3", "V", False),
        ("GMAX RT", "V", False),
        ("Rectus abdominis", "V", False),
        ("Sync", "V", False),
        ("Analog 7", "unknown", False),
        ("Analog 7", "N", False),
    ],
)
def test_emg_by_unit_alone(label, unit, rests):
    assert rests_on_unit(label, unit) is rests
