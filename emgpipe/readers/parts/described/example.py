"""The same small recording in emgpipe's own layouts, made from their descriptions in `docs/convert.md`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIRST: dict[str, Any] = {
    "label": "GMAX RT", "sampling_rate": 1000.0, "unit": "V", "kind": "emg", "muscle": "gluteus_maximus",
    "side": "right", "guessed": 1.0, "placement": "", "start": 0.0, "copy_of": "",
}  # fmt: skip
CHANNELS: tuple[dict[str, Any], ...] = (
    _FIRST,
    _FIRST | {"label": "GMED RT", "muscle": "gluteus_medius"},
    _FIRST | {"label": "hip flexion", "sampling_rate": 148.148, "unit": "deg", "kind": "angle", "muscle": "",
              "side": "", "guessed": 0.0, "start": 0.002},
)  # fmt: skip
EVENTS = (("squat", 0.05, 0.2), ("stop", 0.35, 0.0))
NAME = "emgpipe recording"


def _samples() -> list[NDArray[np.float64]]:
    time = np.arange(400) / 1000.0
    emg, angle = 1e-4 * np.sin(500 * time), 45 + 40 * np.cos(6 * np.arange(59) / 148.148)
    return [emg, -emg, angle]


def hdf5_example() -> bytes:
    """Return the recording as HDF5."""
    import h5py

    content, text = io.BytesIO(), h5py.string_dtype("utf-8")
    with h5py.File(content, "w", track_order=True) as file:
        file.attrs.update({"layout": NAME, "version": 1, "read_from": "delimited"})
        for number, (channel, samples) in enumerate(zip(CHANNELS, _samples(), strict=True), start=1):
            dataset = file.create_dataset(f"channels/{number:03d}", data=samples)
            dataset.attrs.update(channel)
        labels, starts, durations = zip(*EVENTS, strict=True)
        file["events/start"], file["events/duration"] = np.array(starts), np.array(durations)
        file.create_dataset("events/label", data=list(labels), dtype=text)
        file.create_group("acquisition").attrs["device"] = "example"
        file.create_dataset("findings", shape=(0,), dtype=text)
    return content.getvalue()


def mat_example() -> bytes:
    """Return the recording as a MAT-file."""
    from scipy.io import savemat

    channels = np.empty((1, len(CHANNELS)), dtype=[(name, object) for name in [*_FIRST, "samples"]])
    for index, (channel, samples) in enumerate(zip(CHANNELS, _samples(), strict=True)):
        channels[0, index] = (*channel.values(), samples.reshape(-1, 1))
    labels, starts, durations = (np.array(one, dtype=object).reshape(-1, 1) for one in zip(*EVENTS, strict=True))
    struct = {
        "layout": NAME, "version": 1.0, "read_from": "delimited", "channels": channels,
        "events": {"start": starts.astype(float), "duration": durations.astype(float), "label": labels},
        "acquisition": {"device": "example"},
        "findings": np.empty((0, 1), dtype=object), "personal": np.empty((0, 2), dtype=object),
    }  # fmt: skip
    content = io.BytesIO()
    savemat(content, {"emgpipe": struct})  # type: ignore[arg-type]  # any file object will do
    return content.getvalue()


def csv_example() -> bytes:
    """Return the recording as CSV."""
    channel = (
        '# channel {"column": %d, "time_column": %d, "written_in": "%s", "label": "%s", "unit": "%s", "kind": "%s", '
        '"n_samples": %d, "sampling_rate": %r, "start": %r}'
    )
    lines = [
        f"# {NAME} 1",
        '# source {"read_from": "delimited"}',
        '# acquisition {"device": "example"}',
        channel % (2, 1, "uV", "GMAX RT", "V", "emg", 400, 1000.0, 0.0),
        channel % (3, 1, "uV", "GMED RT", "V", "emg", 400, 1000.0, 0.0),
        channel % (5, 4, "deg", "hip flexion", "deg", "angle", 59, 148.148, 0.002),
        '# event {"label": "squat", "start": 0.05, "duration": 0.2}',
        '# event {"label": "stop", "start": 0.35}',
        "time at 1000 Hz (s),GMAX RT (uV),GMED RT (uV),time at 148.148 Hz (s),hip flexion (deg)",
    ]
    first, second, angle = _samples()
    for i in range(first.size):
        slow = f"{0.002 + i / 148.148:.9f},{angle[i]:.3f}" if i < angle.size else ","
        lines.append(f"{i / 1000:.9f},{first[i] * 1e6:.4f},{second[i] * 1e6:.4f},{slow}")
    return ("\n".join(lines) + "\n").encode()
