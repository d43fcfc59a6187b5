"""The simulated demo study: nothing is doubted but the sensor that was off."""

from __future__ import annotations

from emgpipe.quality import examine
from emgpipe.readers import read
from emgpipe.simulate.demo import write_recordings


def test_only_the_dead_sensor_is_found(tmp_path):
    write_recordings(tmp_path, participants=3, repetitions=2)
    found: set[tuple[str, str, str]] = set()
    labels: dict[str, str] = {}
    for path in sorted(tmp_path.rglob("P*")):
        if path.is_file():
            looked_at = examine(read(path))
            found |= {(finding.kind, finding.level, finding.channel) for finding in looked_at.findings}
            labels |= {channel.label: channel.muscle for channel in looked_at.channels if channel.kind == "emg"}
    assert {item for item in found if item[1] != "note"} == {("constant_channel", "fail", "ERECTOR SP RT")}
    assert set(labels.values()) == {
        "gluteus_maximus_upper", "gluteus_maximus_lower", "biceps_femoris", "erector_spinae", "vastus_lateralis",
    }  # fmt: skip
