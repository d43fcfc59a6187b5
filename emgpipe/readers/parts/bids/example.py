"""A small EMG-BIDS recording with its metadata files, for the contract tests and the docs."""

from __future__ import annotations

from emgpipe.readers.parts.edf.example import edf_example

STEM = "sub-01_task-squat_"


def bids_example() -> dict[str, bytes]:
    """Return an EDF+C file of two signals and four metadata files, one of them inherited from the dataset."""
    channels = (
        "name\ttype\tunits\ttarget_muscle\tstatus\n"
        "EMG GMAX RT\tEMG\tuV\tright gluteus maximus\tgood\n"
        "hip flexion\tMISC\tdeg\tn/a\tgood\n"
    )
    facts = (
        '{"EMGPlacementScheme": "Other", "EMGPlacementSchemeDescription": "SENIAM", "EMGReference": "bipolar", '
        '"SamplingFrequency": 1000, "PowerLineFrequency": 50, "RecordingType": "continuous"}'
    )
    texts = {
        f"{STEM}channels.tsv": channels,
        f"{STEM}events.tsv": "onset\tduration\ttrial_type\n0.2\t0.1\trest\n0.7\t1.0\tsquat\n",
        f"{STEM}emg.json": facts,
        "task-squat_emg.json": '{"TaskName": "squat", "Manufacturer": "Custom", "PowerLineFrequency": 60}',
        "dataset_description.json": '{"Name": "example", "BIDSVersion": "1.11.0"}',
    }
    return {f"{STEM}emg.edf": edf_example(), **{name: text.encode() for name, text in texts.items()}}
