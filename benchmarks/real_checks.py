"""What the checks find in recordings of other laboratories: every EMG channel, raw and after the default chain.

Run from the root of the repository, after any change of a check; docs/real-recordings.md judges each finding:
    python -m benchmarks.real_checks [FOLDER] [--role ROLE] [--level LEVEL] [--each] [--plot FOLDER] [--only PART]
FOLDER holds the recordings (default: $EMGPIPE_DATA, or ../shared/data beside the repository). `--plot` draws every
channel with a finding (all channels with `--all`): the whole of it, a second around the place, and the spectrum.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.chain import DEFAULT_CHAIN, run_chain
from emgpipe.errors import EmgpipeError
from emgpipe.model import Finding
from emgpipe.quality import DEFAULT_CHECKS, ChannelView, TrialView, check_samples, look_at_trial
from emgpipe.readers import read
from emgpipe.readers.parts.tables.options import DelimitedOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from emgpipe.model import Channel, Recording

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("EMGPIPE_DATA", ROOT.parent / "shared" / "data"))
NO_RECORDINGS = frozenset({".json", ".md", ".tsv", ".gz", ".dat"})
GRAVITY = {"note": 0, "warn": 1, "fail": 2}

EMG_OF: dict[str, tuple[str, ...]] = {
    "csv_generic/emg.csv": ("*",),
    "rdata/ID0012_TW_01_emg.derived.csv": ("*",),
    "rdata/ID0012_TW_01_cycles.derived.csv": (),
    "motionanalysis_anc/Gait.anc": ("L *", "R *"),
    "opensignals_txt/signal_sample_single_hub_RAW_2018_7_4.txt": ("CH*",),
    "opensignals_h5/emg_1000_hz_16_bits.h5": ("PORT6*",),  # the other port holds ten samples per second
}
"""What a mapping in the study file would say where labels alone do not tell what is EMG."""
IMAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "real_right.png": (
        ("delsys_emgworks_csv/truncated_trigno_sample.csv", "Mini sensor 10: EMG 10"),
        ("opensignals_h5/emg_fatigue.h5", "CH2"),
        ("rdata/ID0012_TW_01_emg.derived.csv", "ST"),
    ),
    "real_no_electrode.png": (
        ("c3d/HC002D06.c3d", "Voltage.R Hams"),
        ("c3d/HC002D06.c3d", "Voltage.L Hams"),
        ("c3d/HC002D06.c3d", "Voltage.L Spare"),
    ),
    "real_mended.png": (
        ("wfdb/emg_healthy.hea", "EMG"),
        ("c3d/1123x01EMG.c3d", "Right Gastrocnemius Lateralis"),
        ("c3d/markers_analogs.c3d", "Voltage.4"),
    ),
    "real_missed.png": (
        ("c3d/Gait.c3d", "LJUM"),
        ("csv_generic/emg.csv", "column 2"),
        ("c3d/markers_analogs.c3d", "Subscap.EMG11"),
    ),
}
"""The pictures of docs/real-recordings.md."""
MYO_RATE = 200.0
PER_PICTURE = 8


@dataclass(frozen=True)
class Looked:
    """What was found in one recording: with the chain, and in the raw samples alone."""

    name: str
    trial: TrialView
    found: tuple[Finding, ...]
    found_raw: tuple[Finding, ...]


def recordings(folder: Path) -> Iterator[tuple[str, Recording]]:
    """Yield every recording a reader can read, by its path below the folder."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in NO_RECORDINGS or not path.is_file() or name.startswith("LICENSES"):
            continue
        try:
            given = (DelimitedOptions(sampling_rate=MYO_RATE),) if name.startswith("myo") else ()
            yield name, read(path, given)
        except EmgpipeError:
            continue  # tests/readers say which ones, and why


def emg_channels(name: str, recording: Recording) -> tuple[Channel, ...]:
    """Return the channels that hold EMG, as the mapping or else the reader says."""
    patterns = ("*",) if name.startswith("myo") else EMG_OF.get(name)
    if patterns is None:
        return tuple(one for one in recording.channels if one.kind == "emg" and not one.copy_of)
    return tuple(one for one in recording.channels if any(fnmatchcase(one.label, pattern) for pattern in patterns))


def view_of(channel: Channel, recording: Recording, role: str, *, with_chain: bool = True) -> ChannelView:
    """Return a channel as the checks look at it."""
    raw = channel.read()
    filtered = envelope = None
    if with_chain:
        try:
            result = run_chain(DEFAULT_CHAIN, raw, channel.sampling_rate, label=channel.label)
            filtered, envelope = result.filtered, result.envelope
        except EmgpipeError:
            pass  # too slow or too short for the chain: a study stops there
    return ChannelView(
        label=channel.label, raw=raw, sampling_rate=channel.sampling_rate, unit=channel.unit, muscle=channel.label,
        start=channel.start, role=role, filtered=filtered, envelope=envelope, acquisition=recording.acquisition,
    )  # fmt: skip


def look(name: str, recording: Recording, role: str = "") -> Looked:
    """Make all checks on all EMG channels of a recording."""
    channels = emg_channels(name, recording)
    views = [tuple(view_of(one, recording, role, with_chain=with_chain) for one in channels) for with_chain in (1, 0)]
    trials = [TrialView(one, stop=max((view.duration for view in one), default=0.0)) for one in views]
    dead = tuple(found for view in trials[0].channels for found in check_samples(view.raw, view.label))
    found, found_raw = (look_at_trial(DEFAULT_CHECKS, trial) for trial in trials)
    return Looked(name, trials[0], (*dead, *found), (*dead, *found_raw))


def looked_at(folder: Path, role: str = "", only: str = "") -> Iterator[Looked]:
    """Yield what is found in each recording with EMG."""
    for name, recording in recordings(folder):
        if only in name and emg_channels(name, recording):
            yield look(name, recording, role)


def grave(found: Iterable[Finding], level: str = "warn") -> tuple[Finding, ...]:
    """Return the findings of a level or graver."""
    return tuple(one for one in found if GRAVITY[one.level] >= GRAVITY[level])


def kinds(found: Iterable[Finding], level: str = "warn") -> dict[str, tuple[str, ...]]:
    """Return, by kind, the channels with a finding of a level or graver."""
    places: dict[str, dict[str, None]] = {}
    for one in grave(found, level):
        places.setdefault(one.kind, {})[one.channel] = None
    return {kind: tuple(channels) for kind, channels in sorted(places.items())}


def _rows(looked: Looked, level: str, *, each: bool) -> Iterator[str]:
    raw, chain = ({_what(one): one for one in grave(found, level)} for found in (looked.found_raw, looked.found))
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for what, one in {**raw, **chain}.items():
        where = "both" if what in raw and what in chain else "chain" if what in chain else "raw"
        if each:
            yield f"  {one.level} | {one.kind} | {one.channel} | {_values([one])} | {where} | {one.reason}"
        groups.setdefault((one.level, one.kind, where), []).append(one)
    if not each:
        for (grade, kind, where), found in sorted(groups.items(), key=lambda item: (-GRAVITY[item[0][0]], item[0])):
            channels = ", ".join(one.channel for one in found)
            yield f"  {grade} | {kind} | {len(found)}: {channels} | {_values(found)} | {where}"


def _what(finding: Finding) -> tuple[str, str, str]:
    return finding.kind, finding.channel, finding.level


def _values(found: Sequence[Finding]) -> str:
    values = [one.value for one in found if one.value is not None]
    if not values:
        return ""
    low, high = f"{min(values):.3g}", f"{max(values):.3g}"
    return f"{low if low == high else f'{low} to {high}'} {found[0].unit}".strip()


def draw(looked: Looked, folder: Path, level: str, *, draw_all: bool = False) -> None:
    """Draw each channel with a finding of a level or graver, or all channels, a few to a picture."""
    found = list({_what(one): one for one in (*looked.found_raw, *looked.found)}.values())
    folder.mkdir(parents=True, exist_ok=True)
    shown = []
    for view in looked.trial.channels:
        mine = grave((one for one in found if one.channel == view.label), level)
        if mine or draw_all:
            shown.append((view, mine))
    name = re.sub(r"\W+", "_", looked.name)
    for page in range(0, len(shown), PER_PICTURE):
        picture(shown[page : page + PER_PICTURE], folder / f"{name}_{page // PER_PICTURE:02d}.png", looked.name)


def write_images(folder: Path, data: Path) -> None:
    """Write the pictures of the manual."""
    wanted = {name for rows in IMAGES.values() for name, _ in rows}
    shown = {}
    for name, recording in recordings(data):
        if name in wanted:
            looked = look(name, recording)
            found = {
                view.label: [one for one in looked.found if one.channel == view.label] for view in looked.trial.channels
            }
            shown.update({(name, view.label): (view, found[view.label]) for view in looked.trial.channels})
    for image, rows in IMAGES.items():
        picture([shown[row] for row in rows], folder / image, dpi=58)


def picture(rows: Sequence[tuple[ChannelView, Sequence[Finding]]], path: Path, title: str = "", dpi: int = 70) -> None:
    """Draw channels below each other: the whole of each, a second of it, and its spectrum."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(
        len(rows), 3, figsize=(14, 2.0 * len(rows) + 0.4), layout="constrained", squeeze=False, width_ratios=(3, 2, 2)
    )
    for row, (view, found) in zip(axes, rows, strict=True):
        _courses(row[0], row[1], view, found)
        _spectra(row[2], view)
        words = "; ".join(f"{one.level} {one.kind}" for one in found) or "nothing found"
        row[0].set_title(f"{view.label}: {words}"[:150], fontsize=8, loc="left")
    figure.suptitle(title, fontsize=9)
    figure.savefig(path, dpi=dpi)
    plt.close(figure)


def _courses(whole: Axes, second: Axes, view: ChannelView, found: Sequence[Finding]) -> None:
    factor, unit = (1e6, "uV") if view.unit == "V" else (1.0, view.unit)
    time = view.start + np.arange(view.raw.size) / view.sampling_rate
    place = next((one.start for one in found if one.start is not None), None)
    middle = _loudest(view) if place is None else place
    for axis, shown in ((whole, np.ones(time.size, dtype=bool)), (second, np.abs(time - middle) < 0.5)):
        axis.plot(time[shown], factor * view.raw[shown], lw=0.5, color="0.3")
        if view.filtered is not None:
            axis.plot(time[shown], factor * view.filtered[shown], lw=0.4, color="C0", alpha=0.7)
        axis.set_ylabel(unit, fontsize=7)
    for one in found:
        if one.start is not None and one.stop is not None:
            whole.axvspan(one.start, max(one.stop, one.start + 0.002 * view.duration), color="C3", alpha=0.2)


def _spectra(axis: Axes, view: ChannelView) -> None:
    for figures, color, label in ((view.figures, "C0", "loudest"), (view.quiet, "C1", "quietest")):
        density: NDArray[np.float64] = figures.density / (float(np.max(figures.density, initial=0.0)) or 1.0)
        if density.size:
            level = 10.0 * np.log10(np.maximum(density, 1e-9))
            axis.plot(figures.frequencies, level, lw=0.7, color=color, label=label)
    axis.set(xlim=(0, min(550.0, view.sampling_rate / 2)))
    axis.set_ylabel("dB", fontsize=7)


def _loudest(view: ChannelView) -> float:
    length = max(round(0.25 * view.sampling_rate), 1)
    rows = np.nan_to_num(view.raw)[: view.raw.size // length * length].reshape(-1, length)
    return view.start + (int(np.argmax(np.var(rows, axis=1))) + 0.5) * 0.25 if rows.size else view.start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--role", default="", choices=["", "task", "mvic", "rest"])
    parser.add_argument("--level", default="note", choices=list(GRAVITY))
    parser.add_argument("--each", action="store_true", help="one line per finding, with its reason")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--all", action="store_true", help="draw channels without a finding, too")
    parser.add_argument("--images", action="store_true", help="only write the pictures of the manual")
    parser.add_argument("--only", default="", help="part of a recording's path")
    given = parser.parse_args()
    if given.images:
        write_images(ROOT / "docs" / "images", given.folder)
        return
    n_channels = n_grave = 0
    for looked in looked_at(given.folder, given.role, given.only):
        views = looked.trial.channels
        n_channels += len(views)
        n_grave += len({one.channel for one in grave(looked.found)})
        print(f"{looked.name}: {len(views)} channels, {views[0].sampling_rate:g} Hz, {views[0].duration:.1f} s")
        print("\n".join(_rows(looked, given.level, each=given.each)) or "  nothing")
        if given.plot:
            draw(looked, given.plot, given.level, draw_all=given.all)
    print(f"{n_channels} channels, {n_grave} with a warn or fail")


if __name__ == "__main__":
    main()
