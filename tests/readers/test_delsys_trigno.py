"""Trigno Discover and Delsys API text, written by hand after published exports of versions 1.4.2 to 2.1."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.errors import DamagedFileError
from emgpipe.readers import choose, read
from emgpipe.readers.delsys_trigno import DelsysTrignoOptions

EMG = np.round(0.1 * np.sin(0.9 * np.arange(60)), 6)
SLOW = np.round(np.cos(0.3 * np.arange(7)), 6)
TOP = ["Application:, Trigno Discover ({})", "Date/Time:, 2024/05/03 9:05:07", "Collection Length (seconds):, 0.0476"]


@pytest.fixture
def load(tmp_path):
    def write_and_read(lines, **options):
        path = tmp_path / "recording.csv"
        path.write_text("\n".join(lines) + "\n")
        assert choose(path)[0].name == "delsys_trigno"
        return read(path, [DelsysTrignoOptions(**options)])

    return write_and_read


def top(version):
    return [TOP[0].format(version), *TOP[1:]]


def body(*columns, right=()):
    cells = [[f"{column[i]:.7g}" if i < len(column) else "" for column in columns] for i in range(60)]
    return [", ".join([*row, *(right[i] if i < len(right) else [])]) for i, row in enumerate(cells)]


def check(recording, label, expected, rate, unit):
    channel = recording.channel(label)
    np.testing.assert_allclose(channel.read(), expected, rtol=1e-6)
    assert (channel.sampling_rate, channel.unit) == (rate, unit)


TIMED = "EMG 1 Time Series (s), EMG 1 (mV), ACC X Time Series (s), ACC X (G)"
T_EMG, T_SLOW = np.arange(60) / 1259.2593, np.arange(7) * 0.00675


def test_version_2_with_times_and_markers(load):
    lines = [
        *top("2.1.0.7"),
        "TrapDesc (76652), , , ",
        "sensor mode: 65, , , ",
        TIMED,
        ", 1259.2593 Hz, , 148.1481 Hz",
        ", 0.000794 s, , 0.00675 s, Type, Name, Label, Time (s), RMS",
        *body(
            T_EMG, EMG, T_SLOW, SLOW, right=[["General", "M1", "start", "0.01", ""], ["General", "M2", "", "0.03", "2"]]
        ),
    ]
    recording = load(lines)
    assert recording.labels == ("TrapDesc: EMG 1", "TrapDesc: ACC X")
    check(recording, "TrapDesc: EMG 1", 1e-3 * EMG, 1259.2593, "V")
    check(recording, "TrapDesc: ACC X", SLOW, 148.1481, "g")
    assert [channel.kind for channel in recording.channels] == ["emg", "acceleration"]
    assert [(event.label, event.start) for event in recording.events] == [("start", 0.01), ("M2", 0.03)]
    assert recording.acquisition.start_time == "2024-05-03T09:05:07"
    assert "Trigno Discover (2.1.0.7)" in recording.acquisition.device
    assert recording.findings == ()


def test_version_1_5_without_times(load):
    lines = [
        *top("1.5.0"),
        "EMG 01 04498 (54717), , FSR 13 (62202)",
        "sensor mode: 40, , sensor mode: 10",
        "EMG 1 (mV), ACC X (G), Analog ? (V)",
        "1259.2593 Hz, 148.1481 Hz, 148.1481 Hz",
        *body(EMG, SLOW, SLOW),
    ]
    recording = load(lines)
    check(recording, "EMG 01 04498: EMG 1", 1e-3 * EMG, 1259.2593, "V")
    check(recording, "EMG 01 04498: ACC X", SLOW, 148.1481, "g")
    check(recording, "FSR 13: Analog ?", SLOW, 148.1481, "V")


def test_version_1_4_with_rates_in_the_names(load):
    lines = [
        *top("1.4.2"),
        "Avanti Sensor 1 (11), , Avanti Sensor 1 (12)",
        "sensor mode: 40, , sensor mode: 40",
        "EMG 1 (mV) - (1259.2593 Hz), ACC X (G) - (148.1481 Hz), EMG 1 (mV) - (1259.2593 Hz)",
        *body(EMG, SLOW, -EMG),
    ]
    recording = load(lines)  # both sensors have the same name: their serial numbers tell them apart
    check(recording, "Avanti Sensor 1 (11): EMG 1", 1e-3 * EMG, 1259.2593, "V")
    check(recording, "Avanti Sensor 1 (12): EMG 1", -1e-3 * EMG, 1259.2593, "V")
    check(recording, "Avanti Sensor 1 (11): ACC X", SLOW, 148.1481, "g")


def test_semicolons_and_decimal_commas(load):
    lines = [
        *top("1.7.0"),
        "LoadCell_links (76998), , , ",
        "sensor mode: 65, , , ",
        TIMED,
        ", 1259.2593 Hz, , 148.1481 Hz",
        *body(T_EMG, EMG, T_SLOW, SLOW),
    ]
    turned = [line.replace(", ", ";").replace(".", ",") for line in lines]
    recording = load([turned[0].replace("1,7,0", "1.7.0"), *turned[1:]])
    check(recording, "LoadCell_links: EMG 1", 1e-3 * EMG, 1259.2593, "V")
    check(recording, "LoadCell_links: ACC X", SLOW, 148.1481, "g")
    assert recording.findings == ()


def test_link_device_without_a_rate_uses_its_stamps(load):
    stamps = np.arange(7) * 0.5
    lines = [
        *top("1.6.4"),
        "EMG 1 (1), , VO2 Master (0), ",
        "sensor mode: 40, , sensor mode: 0, ",
        "EMG 1 Time Series (s), EMG 1 (mV), Resp. Rate Time Series (s), Resp. Rate (BrPM)",
        ", 1259.2593 Hz, , -1 Hz",
        *body(T_EMG, EMG, stamps, np.arange(7)),
    ]
    recording = load(lines)
    check(recording, "VO2 Master: Resp. Rate", np.arange(7), 2.0, "unknown")
    assert recording.channel("VO2 Master: Resp. Rate").kind == "other"


def test_api_file(load):
    lines = [
        "(1)RF,,(2)VL,",
        "EMG 1 (1925.926),ACC X (148.148),EMG 1 (1925.926),ACC X (148.148)",
        *body(EMG, SLOW, -EMG, SLOW),
    ]
    recording = load(lines, unit="mV")
    check(recording, "RF: EMG 1", 1e-3 * EMG, 1925.926, "V")
    check(recording, "VL: EMG 1", -1e-3 * EMG, 1925.926, "V")
    check(recording, "VL: ACC X", SLOW, 148.148, "unknown")
    assert "unknown" in {channel.unit for channel in load(lines).channels if channel.kind == "emg"}


def test_api_file_with_times(load):
    lines = [
        "(1)RF,,,",
        "EMG 1 Time Series,EMG 1 (1925.926),ACC X Time Series,ACC X (148.148)",
        *body(np.arange(60) / 1925.926, EMG, np.arange(7) / 148.148, SLOW),
    ]
    recording = load(lines, units={"RF: EMG 1": "V"})
    check(recording, "RF: EMG 1", EMG, 1925.926, "V")
    check(recording, "RF: ACC X", SLOW, 148.148, "unknown")


def test_rates_in_the_names_alone(load):
    recording = load(["EMG 1 (1925.926),ACC X (148.148)", *body(EMG, SLOW)])
    check(recording, "EMG 1", EMG, 1925.926, "unknown")
    check(recording, "ACC X", SLOW, 148.148, "unknown")


def test_cut_short(load):
    lines = [*top("1.5.0"), "A (1)", "sensor mode: 40", "EMG 1 (mV)", "1259.2593 Hz", *body(EMG)]
    lines[2] = "Collection Length (seconds):, 412.5"
    (finding,) = load(lines).findings
    assert (finding.kind, finding.level) == ("declared_count", "warn")
    assert "412.5 s" in finding.reason


def test_stamps_against_the_stated_rate(load):
    lines = [*top("1.7.0"), "A (1), ", "sensor mode: 40, ", "EMG 1 Time Series (s), EMG 1 (mV)", ", 2148.1481 Hz"]
    recording = load([*lines, *body(T_EMG, EMG)])
    assert recording.channels[0].sampling_rate == 2148.1481
    assert ("sampling_rate_contradiction", "fail") in {(f.kind, f.level) for f in recording.findings}


@pytest.mark.parametrize("labels", ["time (s),EMG 1 (1000 Hz)", "Time Series,EMG 1", "t [s],EMG 1 (mV)"])
def test_other_csv_files_are_not_taken(tmp_path, labels):
    path = tmp_path / "other.csv"
    path.write_text("\n".join([labels, *body(np.arange(60) / 1000, EMG)]))
    assert choose(path)[0].name == "delimited"


def test_heading_alone(tmp_path):
    path = tmp_path / "cut.csv"
    path.write_text("\n".join([*top("1.7.0"), "A (1), ", "sensor mode: 40, "]))
    with pytest.raises(DamagedFileError, match="cut off before the first samples"):
        read(path)
