"""Write the demo study: recordings of eight simulated participants whose true activation is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.errors import ConfigError, StoreError
from emgpipe.simulate import stories
from emgpipe.simulate.devices import DEVICES, Device
from emgpipe.simulate.emg import simulate_emg
from emgpipe.simulate.faults import Fault, baseline_noise
from emgpipe.simulate.movement import Posture, Schedule
from emgpipe.simulate.people import Participant, TaskTruth, participant, smooth_course, stream
from emgpipe.simulate.tables import CONDITIONS, MUSCLES, MVIC_POSITIONS, MVIC_TRIALS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SEED: Final = 20240501
"""Of the demo study that `emgpipe.simulate.truth.load_truth` describes."""
REPETITIONS: Final = 5

_COLUMNS: Final = (
    "participant", "session", "trial", "role", "file", "file_2", "offset_2", "target", "position", "exercise",
    "head_position", "load_basis", "working_side", "order", "include", "comment", "repetitions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Take:
    """One recording to simulate: its row of the trials table and the truth behind it.

    `activation` is in V RMS by muscle; `posture` and `plan` give the angles, where there are any.
    """

    row: dict[str, str]
    stem: str
    activation: dict[str, NDArray[np.float64]]
    posture: Posture | None = None
    plan: Schedule = field(default_factory=lambda: Schedule((), 0.0))
    offset: float = 0.0
    faults: tuple[Fault, ...] = ()


def write_recordings(
    folder: Path,
    *,
    participants: int = 8,
    repetitions: int = REPETITIONS,
    seed: int = SEED,
    faults: Sequence[Fault] = (),
) -> None:
    """Write the recordings of the demo study and its trials table into a folder.

    The same arguments give the same files; files of the same names are replaced.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    participants : int
        1 to 8.
    repetitions : int
        Per set, 1 to 20.
    seed : int
        Not below 0.
    faults : sequence of Fault
        Applied to every EMG channel of the task trials, in order; see `emgpipe.simulate.faults`.

    Raises
    ------
    ConfigError
        A number is outside its limits.
    StoreError
        The folder cannot be written.
    """
    _check_limits(participants, repetitions, seed)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        rows = []
        for number in range(1, participants + 1):
            person, device = participant(number, repetitions, seed), DEVICES[number - 1]
            for take in _takes(person, device, stream(seed, number, "plan"), tuple(faults)):
                _write_take(folder, take, person, device, stream(seed, take.stem))
                rows.append(take.row)
        (folder / "trials.csv").write_bytes(_trials_table(rows))
    except OSError as error:
        raise StoreError(
            f"the demo recordings cannot be written to {folder}: {error}; choose another folder"
        ) from error


def write_study(folder: Path) -> Path:
    """Write the demo study, recordings (``raw/``) and study file, and return the path of ``study.yaml``.

    Repeating it is safe: nothing but the study's own files is touched.

    Raises
    ------
    StoreError
        The folder holds another ``study.yaml``, or cannot be written.
    """
    path = folder / "study.yaml"
    try:
        if path.exists() and path.read_bytes() != study_text().encode():
            raise StoreError(
                f"{path} exists and is not the demo's study file; choose another folder, or rename that file first"
            )
        write_recordings(folder / "raw")
        path.write_bytes(study_text().encode())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error}; choose another folder") from error
    return path


def study_text() -> str:
    """Return the commented study file of the demo."""
    return resources.files("emgpipe.simulate").joinpath("demo.yaml").read_text(encoding="utf-8")


def _check_limits(participants: int, repetitions: int, seed: int) -> None:
    limits = (("participants", participants, 1, len(DEVICES)), ("repetitions", repetitions, 1, 20))
    for name, value, lowest, highest in limits:
        if not lowest <= value <= highest:
            raise ConfigError(f"{name} = {value} must lie between {lowest} and {highest} for the demo study")
    if seed < 0:
        raise ConfigError(f"seed = {seed} must not be below 0")


def _takes(person: Participant, device: Device, rng: np.random.Generator, faults: tuple[Fault, ...]) -> Iterator[_Take]:
    yield from _still_takes(person, device)
    yield from _mvic_takes(person, device)
    order = rng.permutation(len(CONDITIONS)) + 1
    for task, place in sorted(zip(person.tasks, order, strict=True), key=lambda pair: int(pair[1])):
        offset = round(float(rng.uniform(-1.5, 0.5)), 3) if device.second_file else 0.0
        if (person.id, task.head_position) != stories.MISSING_CELL:
            yield _task_take(person, device, task, (int(place), offset, faults))


def _row(person: Participant, device: Device, stem: str, **columns: str) -> dict[str, str]:
    defaults = {"participant": person.id, "session": "1", "trial": "1", "include": "yes"}
    return {**defaults, "file": stem + device.ending, **columns}


def _still_takes(person: Participant, device: Device) -> Iterator[_Take]:
    """Rest, and a calibration trial in the participant's own neutral pose: upright, gaze level."""
    for role, seconds in (("rest", 10), ("calibration", 5)):
        stem = f"{person.id}_{role}_1"
        silence = np.zeros(round(seconds * device.emg_rate))
        offset = 0.25 if device.second_file and role == "calibration" else 0.0
        row = _row(person, device, stem, role=role, **_second_file(device, stem, offset, needed=role == "calibration"))
        row |= {"position": "upright_gaze_level"} if role == "calibration" else {}
        posture = Posture((0.0, 0.0), (0.0, 0.0), 0.0) if role == "calibration" else None
        yield _Take(row, stem, dict.fromkeys(MUSCLES, silence), posture, Schedule((), float(seconds)), offset)


def _mvic_takes(person: Participant, device: Device) -> Iterator[_Take]:
    for target, positions in MVIC_POSITIONS.items():
        if (person.id, target) == stories.MISSING_MVIC:
            continue
        for position in positions:
            for trial in range(1, MVIC_TRIALS[target] + 1):
                stem = f"{person.id}_mvic_{_dashed(target)}_{_dashed(position)}_{trial}"
                row = _row(person, device, stem, role="mvic", trial=str(trial), target=target, position=position)
                yield _Take(row, stem, _mvic_activation(person, device, target, position, trial))


def _mvic_activation(
    person: Participant, device: Device, target: str, position: str, trial: int
) -> dict[str, NDArray[np.float64]]:
    """Return a ramp and hold of 5 s inside 7 s; a second trial reaches a little less, other muscles work along."""
    effort = 1.0 if trial == 1 else 0.97
    course = smooth_course([1.0, 1.8, 5.2, 6.0], [0.0, 1.0, 0.98, 0.0], round(7 * device.emg_rate), device.emg_rate)
    activation = {}
    for name, muscle in MUSCLES.items():
        share = person.position_factor[name, position] if muscle.target == target else 0.2
        activation[name] = effort * share * person.maxima[name] * course
    return activation


def _task_take(
    person: Participant, device: Device, task: TaskTruth, circumstances: tuple[int, float, tuple[Fault, ...]]
) -> _Take:
    """Return the take of a set; `circumstances` are its place in the order, the offset and the faults."""
    place, offset, faults = circumstances
    stem = f"{person.id}_{_dashed(task.exercise)}_{_dashed(task.head_position)}_1"
    row = _row(
        person,
        device,
        stem,
        role="task",
        exercise=task.exercise,
        head_position=task.head_position,
        load_basis="10RM",
        working_side="right" if task.exercise == "split_squat" else "both",
        order=str(place),
        repetitions=str(len(task.plan.repetitions)),
        comment=stories.COMMENTS.get((person.id, task.exercise), ""),
        **_second_file(device, stem, offset, needed=True),
    )
    activation = {name: task.activation(name, device.emg_rate) for name in MUSCLES}
    return _Take(row, stem, activation, task.posture, task.plan, offset, faults)


def _second_file(device: Device, stem: str, offset: float, *, needed: bool) -> dict[str, str]:
    """Return the columns of a second file; a spreadsheet with a decimal comma writes the offset."""
    if not (device.second_file and needed):
        return {}
    return {"file_2": f"{stem}_angles.csv", "offset_2": f"{offset:g}".replace(".", ",")}


def _write_take(folder: Path, take: _Take, person: Participant, device: Device, rng: np.random.Generator) -> None:
    emg = {}
    for name, activation in take.activation.items():
        samples = simulate_emg(activation, device.emg_rate, rng, MUSCLES[name].spectrum)
        samples = baseline_noise(samples, device.emg_rate, rng, rms=person.baseline[name])
        for fault in take.faults:
            samples = fault(samples, device.emg_rate, rng)
        emg[name] = samples
    _tell_stories(take, person, emg)
    angles: dict[str, NDArray[np.float64]] = {}
    if take.posture is not None:
        times = take.offset + np.arange(int(take.plan.duration * device.angle_rate)) / device.angle_rate
        true = take.posture.angles(take.plan, times, rng)
        angles = {name: angle + person.neutral_reading.get(name, 0.0) for name, angle in true.items()}
    device.write(folder / f"{take.stem}{device.ending}", emg, angles)


def _tell_stories(take: _Take, person: Participant, emg: dict[str, NDArray[np.float64]]) -> None:
    """Change what the sensors recorded, as `emgpipe.simulate.stories` says."""
    swapped, first, second = stories.SWAPPED
    if person.id == swapped:
        emg[first], emg[second] = emg[second], emg[first]
    dead, exercise, muscle = stories.DEAD_SENSOR
    if person.id == dead and take.row.get("exercise") == exercise:
        emg[muscle] = np.zeros_like(emg[muscle])


def _trials_table(rows: Sequence[dict[str, str]]) -> bytes:
    """Return the table as a spreadsheet program saves it: semicolons, UTF-8 with byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS, delimiter=";", restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _dashed(name: str) -> str:
    """Names inside file names use hyphens, so that underscores only part the fields."""
    return name.replace("_", "-")
