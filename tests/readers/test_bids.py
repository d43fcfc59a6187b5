"""EMG-BIDS: which metadata count, what they change, and what is said where they contradict the file."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from emgpipe.readers import choose, read
from emgpipe.readers.bids import BidsOptions
from emgpipe.readers.parts.bids.example import bids_example
from emgpipe.readers.parts.bids.files import companions_of, sidecars
from emgpipe.readers.parts.edf.example import edf_example

STEM = "sub-01_task-squat_"
CHANNELS = "name\ttype\tunits\nEMG GMAX RT\tEMG\tuV\nhip flexion\tMISC\tdeg\n"


@pytest.fixture
def dataset(tmp_path):
    """Write a dataset with one recording; returns a function that adds metadata and gives the recording's path."""
    folder = tmp_path / "data" / "sub-01" / "ses-1" / "emg"
    folder.mkdir(parents=True)
    root = tmp_path / "data"
    (root / "dataset_description.json").write_text("{}")
    path = folder / f"sub-01_ses-1_{STEM.removeprefix('sub-01_')}run-2_emg.edf"
    path.write_bytes(edf_example())

    def add(**files):
        for name, content in files.items():
            target = root / name
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return add


def beside(tmp_path, **files):
    """Write a recording with metadata files named by their endings; return its path."""
    path = tmp_path / f"{STEM}emg.edf"
    path.write_bytes(edf_example())
    for name, content in files.items():
        ending = {"channels": "channels.tsv", "events": "events.tsv", "facts": "emg.json"}[name]
        (tmp_path / f"{STEM}{ending}").write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def found(recording, kind):
    return [finding for finding in recording.findings if finding.kind == kind]


def test_example(tmp_path):
    for name, content in bids_example().items():
        (tmp_path / name).write_bytes(content)
    recording = read(tmp_path / f"{STEM}emg.edf")
    emg, angle = recording.channels
    assert (emg.muscle, emg.side, emg.guessed, emg.kind) == ("gluteus_maximus", "right", False, "emg")
    assert (angle.muscle, angle.kind) == ("", "angle")
    # The file has "squat" at 0.7 s as well; it counts once.
    assert [(event.label, event.start, event.duration) for event in recording.events] == [
        ("rest", 0.2, 0.1),
        ("squat", 0.7, 1.0),
    ]
    facts = recording.acquisition
    assert (facts.mains_frequency, facts.device) == (50.0, "Custom")
    assert (facts.reference_scheme, facts.electrode_placement) == ("bipolar", "SENIAM")
    assert facts.hardware_filters == "HP:10Hz"
    assert not recording.findings


def test_plain_files_stay_plain(tmp_path):
    lonely = beside(tmp_path)
    assert choose(lonely)[0].name == "edf"
    beside(tmp_path, channels=CHANNELS)
    assert choose(lonely)[0].name == "bids"
    other = tmp_path / "sub-02_task-squat_emg.edf"
    other.write_bytes(edf_example())
    assert choose(other)[0].name == "edf"
    unnamed = tmp_path / "recording.edf"
    unnamed.write_bytes(edf_example())
    assert choose(unnamed)[0].name == "edf"


def test_inheritance(dataset):
    session = "sub-01/ses-1/emg/sub-01_ses-1_task-squat_"
    path = dataset(
        **{
            "emg.json": json.dumps({"PowerLineFrequency": 60, "Manufacturer": "Root", "EMGReference": "bipolar"}),
            "task-squat_emg.json": json.dumps({"Manufacturer": "Task", "InterelectrodeDistance": 20}),
            "task-walk_emg.json": json.dumps({"Manufacturer": "Walk"}),
            "run-1_emg.json": json.dumps({"Manufacturer": "Run 1"}),
            f"{session}emg.json": json.dumps({"PowerLineFrequency": 50}),
            "task-squat_channels.tsv": CHANNELS.replace("MISC", "TRIG"),
            f"{session}channels.tsv": CHANNELS,
        }
    )
    assert [file.name for file in sidecars(path, "emg.json")] == [
        "emg.json",
        "task-squat_emg.json",
        "sub-01_ses-1_task-squat_emg.json",
    ]
    recording = read(path)
    facts = recording.acquisition
    assert (facts.mains_frequency, facts.device, facts.inter_electrode_distance) == (50.0, "Task", 0.02)
    assert recording.channels[1].kind == "angle"


def test_nothing_above_the_dataset_counts(dataset, tmp_path):
    (tmp_path / "emg.json").write_text(json.dumps({"Manufacturer": "Outside"}))
    path = dataset(**{"emg.json": "{}"})
    assert read(path).acquisition.device == ""
    assert all(file.is_relative_to(tmp_path / "data") for file in companions_of(path))


def test_recordings_of_two_devices_do_not_mix(tmp_path):
    path = tmp_path / "sub-01_task-squat_recording-left_emg.edf"
    path.write_bytes(edf_example())
    for side in ("left", "right"):
        (tmp_path / f"sub-01_task-squat_recording-{side}_emg.json").write_text(json.dumps({"Manufacturer": side}))
    assert read(path).acquisition.device == "left"


def test_other_units_warn_and_are_applied_on_request(tmp_path):
    path = beside(tmp_path, channels=CHANNELS.replace("uV", "mV"))
    header = read(path)
    (finding,) = found(header, "unit_contradiction")
    assert finding.level == "warn"
    assert "'uV'" in finding.reason
    assert "'mV'" in finding.reason
    sidecar = read(path, [BidsOptions(units="sidecar")])
    assert found(sidecar, "unit_contradiction")[0].level == "note"
    np.testing.assert_allclose(sidecar.channels[0].read(), 1000 * header.channels[0].read(), rtol=1e-12)
    np.testing.assert_array_equal(sidecar.channels[1].read(), header.channels[1].read())


def test_contradicting_numbers_warn(tmp_path):
    table = "name\ttype\tsampling_frequency\nEMG GMAX RT\tEMG\t2000\nhip flexion\tMISC\t100\n"
    facts = {"SamplingFrequency": 500, "EMGChannelCount": 4, "RecordingDuration": 60, "RecordingType": "discontinuous"}
    recording = read(beside(tmp_path, channels=table, facts=json.dumps(facts)))
    assert [finding.value for finding in found(recording, "sampling_rate_contradiction")] == [2000.0, 500.0]
    assert recording.channels[0].sampling_rate == 1000.0
    assert "counts 4 EMG channels, the recording has 1" in found(recording, "channel_count")[0].reason
    assert found(recording, "duration_contradiction")[0].value == 2.0
    assert found(recording, "time_gaps")[0].level == "warn"
    assert {finding.level for finding in recording.findings} == {"warn"}


def test_types_win_over_guesses(tmp_path):
    table = "name\ttype\nEMG GMAX RT\tMISC\nhip flexion\tTRIG\n"
    assert [channel.kind for channel in read(beside(tmp_path, channels=table)).channels] == ["other", "trigger"]


def test_bad_channels_are_marked(tmp_path):
    table = "name\ttype\tstatus\tstatus_description\nEMG GMAX RT\tEMG\tbad\tloose electrode\nhip flexion\tMISC\tgood\n"
    (finding,) = found(read(beside(tmp_path, channels=table)), "marked_bad")
    assert (finding.level, finding.channel) == ("warn", "EMG GMAX RT")
    assert "loose electrode" in finding.reason


def test_channels_are_matched_by_name(tmp_path):
    table = "type\tname\nMISC\thip flexion\nEMG\tEMG 7\nEMG\thip flexion\n"
    recording = read(beside(tmp_path, channels=table))
    reasons = " ".join(finding.reason for finding in found(recording, "channels_differ"))
    assert "not in channels.tsv: 'EMG GMAX RT'" in reasons
    assert "does not hold: 'EMG 7'" in reasons
    assert "more than once in channels.tsv, the first counts: 'hip flexion'" in reasons
    assert recording.channels[1].kind == "angle"


@pytest.mark.parametrize(
    ("text", "muscle", "side"),
    [
        ("Biceps femoris (left)", "biceps_femoris", "left"),
        ("right Gluteus Medius", "gluteus_medius", "right"),
        ("Rectus Femoris", "rectus_femoris", ""),
        ("muscle of joy", "", ""),
        ("gluteus maximus, biceps femoris", "", ""),
        ("n/a", "", ""),
    ],
)
def test_target_muscle(tmp_path, text, muscle, side):
    table = f"name\ttype\ttarget_muscle\nEMG GMAX RT\tEMG\t{text}\nhip flexion\tMISC\tn/a\n"
    recording = read(beside(tmp_path, channels=table))
    channel = recording.channels[0]
    stated = ("", "") if channel.guessed else (channel.muscle, channel.side)  # the label says GMAX RT
    assert stated == (muscle, side)
    assert bool(found(recording, "unknown_muscle")) == (not muscle and text != "n/a")


def test_events(tmp_path):
    table = "onset\tduration\tvalue\n1.5\tn/a\t3\n-0.5\t0\t1\nn/a\t1\t2\n0.1\t-4\t2\n99\t1\tn/a\n0.2\t0.3\t7\n"
    recording = read(beside(tmp_path, events=table, channels=CHANNELS))
    assert [(event.label, event.start, event.duration) for event in recording.events] == [
        ("1", -0.5, 0.0),
        ("7", 0.2, 0.3),
        ("squat", 0.7, 1.0),
        ("3", 1.5, 0.0),
        ("event", 99.0, 1.0),
    ]
    assert "2 of 6 rows" in found(recording, "events_damaged")[0].reason
    assert "2 of 4 events" in found(recording, "events_outside")[0].reason


DAMAGED = {
    "ragged": ({"channels": CHANNELS + "extra\n"}, "1 rows that are shorter or longer"),
    "no name": ({"channels": "type\tunits\nEMG\tuV\n"}, "no column name"),
    "commas": ({"channels": CHANNELS.replace("\t", ",")}, "commas instead of tabs"),
    "doubled": ({"channels": CHANNELS.replace("units", "type")}, "columns of the same name"),
    "empty": ({"channels": ""}, "is empty"),
    "binary": ({"channels": bytes(range(256))}, "not text"),
    "no onset": ({"events": "time\tlabel\n1\tx\n"}, "no column onset"),
    "broken": ({"facts": '{"SamplingFrequency": 1000,'}, "not valid JSON"),
    "a list": ({"facts": "[1, 2]"}, "no JSON object"),
    "deep": ({"facts": "[" * 100000}, "not valid JSON"),
    "long": ({"facts": '{"Gain": ' + "9" * 5000 + "}"}, "not valid JSON"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_metadata_are_said(tmp_path, name):
    files, message = DAMAGED[name]
    recording = read(beside(tmp_path, **files))
    assert recording.source.reader == "bids"
    assert recording.channels[0].n_samples == 2000
    assert any(message in finding.reason for finding in found(recording, "sidecar_damaged"))


def test_old_encodings(tmp_path):
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        recording = read(beside(tmp_path, channels=CHANNELS.replace("uV", "µV").encode(encoding)))
        assert not recording.findings


def test_odd_facts_are_harmless(tmp_path):
    facts = {
        "SamplingFrequency": "fast",
        "PowerLineFrequency": "n/a",
        "InterelectrodeDistance": True,
        "Gain": [1],
        "EMGChannelCount": {"a": 1},
        "Manufacturer": None,
        "SoftwareFilters": {"Notch": {"frequency": 50}},
        "HardwareFilters": [["x"], {"Lowpass": {"a": {"b": 1}}}],
        "RecordingDuration": -1,
    }
    recording = read(beside(tmp_path, facts=json.dumps(facts), channels=CHANNELS))
    assert [finding.kind for finding in recording.findings] == ["already_filtered"]
    assert recording.acquisition.mains_frequency is None


def test_participants_are_not_read(dataset):
    path = dataset(
        **{"participants.tsv": "participant_id\tage\tsex\tname\nsub-01\t44\tM\tJane\n", "emg.json": '{"TaskName": "x"}'}
    )
    recording = read(path)
    assert "Jane" not in repr(recording)
    assert recording.personal == ()


def test_real_datasets(data_folder):
    paths = sorted((data_folder / "bids").rglob("*_emg.edf"))
    assert len(paths) == 7
    for path in paths:
        recording = read(path)
        assert recording.source.reader == "bids"
        table = pd.read_csv(sidecars(path, "channels.tsv")[-1], sep="\t")
        assert list(recording.labels) == list(table["name"])
        assert {channel.kind for channel in recording.channels} == {"emg"}
        facts = json.loads(path.with_suffix(".json").read_text())
        assert recording.acquisition.mains_frequency == facts["PowerLineFrequency"]
        assert recording.acquisition.device.startswith(facts["Manufacturer"])
        assert {channel.sampling_rate for channel in recording.channels} == {facts["SamplingFrequency"]}
        # The headers say uV, the tables V: the same for all published examples.
        assert found(recording, "unit_contradiction")[0].level == "warn"
        short = recording.channels[0].duration < facts["RecordingDuration"]
        assert bool(found(recording, "duration_contradiction")) == short


def test_real_muscles_and_events(data_folder):
    folder = data_folder / "bids" / "emg_ConcurrentIndependentUnits" / "sub-01" / "emg"
    dense = read(folder / "sub-01_task-jumping_recording-highDensity_emg.edf")
    assert [channel.muscle for channel in dense.channels] == ["vastus_medialis"] * 64 + ["vastus_lateralis"] * 64
    assert dense.acquisition.inter_electrode_distance == 0.005
    table = pd.read_csv(folder / "sub-01_task-jumping_events.tsv", sep="\t")
    assert [(event.label, event.start, event.duration) for event in dense.events] == [
        (row.trial_type, row.onset, row.duration) for row in table.itertuples()
    ]
    companions = {file.name for file in choose(folder / "sub-01_task-jumping_recording-bipolar_emg.edf")[0].companions(
        folder / "sub-01_task-jumping_recording-bipolar_emg.edf"
    )}  # fmt: skip
    assert "sub-01_task-jumping_recording-bipolar_channels.tsv" in companions
    assert "sub-01_task-jumping_recording-highDensity_channels.tsv" not in companions
