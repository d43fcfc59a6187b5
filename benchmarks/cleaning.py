"""The cleaning steps of the chain against truth, as docs/cleaning.md.

    python benchmarks/cleaning.py --write

An isometric hold at 1, 5, 20 and 100 % of an MVIC of 500 uV, the MVIC itself, EMG of varied spectrum and 2 uV of noise
from electrode and amplifier; hum or ECG is added to all of them, and all pass the same chain. The truth is the %MVIC of
the same recordings without the interference, through the chain without the cleaning step.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.chain import (
    Bandpass,
    DcOffset,
    EcgGating,
    EcgTemplate,
    Highpass,
    MainsInterpolation,
    MainsNotch,
    MainsSineFit,
    Rectify,
    Rms,
    run_chain,
)
from emgpipe.chain.moving import highest_mean
from emgpipe.simulate import Spectrum, simulate_emg
from emgpipe.simulate.faults import baseline_noise, ecg, mains

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from emgpipe.chain import Step

    Samples = NDArray[np.float64]
    Interference = Callable[[Samples, float, np.random.Generator], Samples]
    Table = Mapping[str, Mapping[str, Samples]]

ROOT: Final = Path(__file__).resolve().parent.parent
LEVELS: Final = (1.0, 5.0, 20.0, 100.0)
RATES: Final = (1000.0, 1500.0, 2000.0, 2148.148)
MVIC, NOISE, SECONDS, EDGE = 500e-6, 2e-6, 10.0, 0.5
HARMONICS: Final = (0.1, 0.4, 0.05, 0.2)
BAND, ENVELOPE = Bandpass(), (Rectify(), Rms())

PLAIN: Final[tuple[Step, ...]] = (DcOffset(), BAND)
AGAINST_MAINS: Final[Mapping[str, tuple[Step, ...]]] = {
    "nothing": PLAIN,
    "mains_notch": (DcOffset(), MainsNotch(frequency=50), BAND),
    "mains_interpolation": (DcOffset(), MainsInterpolation(frequency=50), BAND),
    "mains_sine_fit": (DcOffset(), MainsSineFit(frequency=50), BAND),
}
AGAINST_ECG: Final[Mapping[str, tuple[Step, ...]]] = {
    "nothing": PLAIN,
    "highpass 30 Hz": (DcOffset(), Highpass(low=30), BAND),
    "highpass 30 Hz, order 4": (DcOffset(), Highpass(low=30, order=4), BAND),
    "ecg_template": (DcOffset(), BAND, EcgTemplate()),
    "ecg_gating": (DcOffset(), BAND, EcgGating()),
    "highpass 30 Hz + ecg_template": (DcOffset(), Highpass(low=30), BAND, EcgTemplate()),
}


def nothing(samples: Samples, sampling_rate: float, rng: np.random.Generator) -> Samples:  # noqa: ARG001
    """Add no interference."""
    return samples


def hum(
    samples: Samples,
    sampling_rate: float,
    rng: np.random.Generator,
    *,
    decibels: float,
    frequency: float = 50.0,
    swing: float = 0.0,
) -> Samples:
    """Add mains of so many dB against the power of EMG at 20 % MVIC; `swing`: they rise and fall at 0.5 Hz."""
    rms = 0.2 * MVIC * 10 ** (decibels / 20)
    amplitude = rms * np.sqrt(2 / (1 + np.sum(np.square(HARMONICS))))
    silent = np.zeros_like(samples)
    tones = mains(silent, sampling_rate, rng, amplitude=amplitude, frequency=frequency, harmonics=HARMONICS)
    times = np.arange(samples.size) / sampling_rate
    return samples + tones * (1 + swing * np.sin(np.pi * times + rng.uniform(0, 2 * np.pi)))


HUMS: Final[Mapping[str, Interference]] = {
    "-10 dB": partial(hum, decibels=-10),
    "0 dB": partial(hum, decibels=0),
    "+10 dB": partial(hum, decibels=10),
    "0 dB, 50.08 Hz": partial(hum, decibels=0, frequency=50.08),
    "0 dB, strength rises and falls by half": partial(hum, decibels=0, swing=0.5),
}
HEARTS: Final[Mapping[str, Interference]] = {
    f"{rate:g} bpm, R {height * 1e6:g} uV": partial(ecg, amplitude=height, heart_rate=rate)
    for rate in (50, 75, 110)
    for height in (50e-6, 100e-6, 200e-6)
}


def recordings(rng: np.random.Generator, sampling_rate: float) -> dict[str, Samples]:
    """Return holds at each level, by the level, and an MVIC of 5 s with 1.5 s of rest on either side."""
    spectrum = Spectrum(rng.uniform(30, 80), rng.uniform(80, 200))
    times = np.arange(round(8 * sampling_rate)) / sampling_rate
    holds = {f"{level:g}": np.full(round(SECONDS * sampling_rate), MVIC * level / 100) for level in LEVELS}
    levels = {**holds, "mvic": np.where((times > 1.5) & (times < 6.5), MVIC, 0.0)}
    return {
        name: baseline_noise(simulate_emg(level, sampling_rate, rng, spectrum), sampling_rate, rng, rms=NOISE)
        for name, level in levels.items()
    }


def percent_mvic(steps: Sequence[Step], records: Mapping[str, Samples], sampling_rate: float) -> Samples:
    """Return the mean of each hold in % of the best half second of the MVIC, `EDGE` seconds at either end left out."""
    envelopes = {
        name: run_chain([*steps, *ENVELOPE], record, sampling_rate).envelope for name, record in records.items()
    }
    best = highest_mean(envelopes["mvic"], 0.5, sampling_rate)
    assert best is not None
    inner = slice(round(EDGE * sampling_rate), -round(EDGE * sampling_rate))
    return np.array([100 * np.nanmean(envelopes[f"{level:g}"][inner]) / best[0] for level in LEVELS])


def errors(chains: Mapping[str, Sequence[Step]], interference: Interference, seeds: int) -> dict[str, Samples]:
    """Return the error of the %MVIC in percent of its true value, shape (seeds, levels), by chain."""
    found: dict[str, list[Samples]] = {name: [] for name in chains}
    for seed in range(seeds):
        rng, rate = np.random.default_rng(seed), RATES[seed % len(RATES)]
        records = recordings(rng, rate)
        truth = percent_mvic(PLAIN, records, rate)
        disturbed = {name: interference(record, rate, rng) for name, record in records.items()}
        for name, steps in chains.items():
            found[name].append(100 * (percent_mvic(steps, disturbed, rate) / truth - 1))
    return {name: np.array(rows) for name, rows in found.items()}


def beside_loud(chains: Mapping[str, Sequence[Step]], interference: Interference, level: float, seeds: int) -> Table:
    """Return the error in % of quiet EMG (`level` %MVIC for 3 s) between contractions of 2 s at 100 %, by chain."""
    found: dict[str, list[float]] = {name: [] for name in chains}
    for seed in range(seeds):
        rng, rate = np.random.default_rng(seed), RATES[seed % len(RATES)]
        times = np.arange(round(20 * rate)) / rate
        quiet = (times % 5 > 2.3) & (times % 5 < 4.7)
        emg = simulate_emg(np.where(times % 5 < 2, MVIC, MVIC * level / 100), rate, rng)
        record = baseline_noise(emg, rate, rng, rms=NOISE)
        truth = run_chain([*PLAIN, *ENVELOPE], record, rate).envelope[quiet].mean()
        disturbed = interference(record, rate, rng)
        for name, steps in chains.items():
            mean = run_chain([*steps, *ENVELOPE], disturbed, rate).envelope[quiet].mean()
            found[name].append(100 * (mean / truth - 1))
    return {name: {f"{level:g}": np.array(values)} for name, values in found.items()}


def cell(values: Samples) -> str:
    """Return the median, and the size that 95 % of the errors stay within."""
    return f"{shown(float(np.median(values)), '+')} ({shown(float(np.quantile(np.abs(values), 0.95)), '')})"


def shown(value: float, sign: str) -> str:
    digits = 0 if abs(value) >= 20 else 1
    return f"{value:{sign},.{digits}f}"


def level_table(cases: Mapping[str, Mapping[str, Samples]]) -> list[str]:
    """Return a Markdown table: one row per case and chain, one column per level."""
    lines = [
        f"| interference | step | {' | '.join(f'{level:g} % MVIC' for level in LEVELS)} |",
        "|---|---|" + "---:|" * len(LEVELS),
    ]
    for case, by_chain in cases.items():
        for name, found in by_chain.items():
            lines.append(f"| {case} | {name} | {' | '.join(cell(found[:, at]) for at in range(len(LEVELS)))} |")
    return lines


def quiet_table(seeds: int) -> list[str]:
    """Return a Markdown table of what happens to quiet EMG beside loud EMG."""
    lines = ["| step | 1 %, no hum | 5 %, no hum | 1 %, hum 0 dB | 5 %, hum 0 dB |", "|---|---:|---:|---:|---:|"]
    columns = [
        beside_loud(AGAINST_MAINS, interference, level, seeds)
        for interference in (nothing, HUMS["0 dB"])
        for level in (1.0, 5.0)
    ]
    rows = {name: [cell(next(iter(column[name].values()))) for column in columns] for name in AGAINST_MAINS}
    return [*lines, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())]


def plot(hums: Table, hearts: Table, path: Path) -> None:
    """Draw the size of the error against the level, one panel per interference."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    colors = [color for color in mpl.color_sequences["tab10"] if color != mpl.color_sequences["tab10"][7]]
    markers = "osD^vP"
    panels = [(f"Mains {name}", hums[name]) for name in ("-10 dB", "0 dB", "+10 dB")]
    panels += [(f"ECG {name}", hearts[name]) for name in hearts if name.endswith("R 200 uV")]
    figure = Figure(figsize=(10.5, 6.6), layout="constrained")
    axes = figure.subplots(2, 3, sharex=True, sharey=True)
    for (title, by_chain), axis in zip(panels, axes.flat, strict=True):
        for index, (name, found) in enumerate(by_chain.items()):
            size = np.maximum(np.median(np.abs(found), axis=0), 0.05)
            color = "0.35" if name == "nothing" else colors[index - 1 if title.startswith("M") else index + 2]
            line = "--" if name == "nothing" else "-"
            axis.plot(LEVELS, size, line, color=color, marker=markers[index], markersize=5, label=name)
        axis.axhspan(0.05, 2, color="0.93", zorder=0)
        axis.set(xscale="log", yscale="log", title=title.replace("uV", "µV"), ylim=(0.05, 1e4))
        axis.set_xticks(LEVELS, [f"{level:g} %" for level in LEVELS])
        axis.minorticks_off()
        axis.set_yticks([0.1, 1, 10, 100, 1000, 10000], ["0.1 %", "1 %", "10 %", "100 %", "1,000 %", "10,000 %"])
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[:, 0]:
        axis.set_ylabel("Median error of %MVIC")
        axis.legend(fontsize=8, loc="upper right", frameon=True)
    for axis in axes[1]:
        axis.set_xlabel("True amplitude, % MVIC")
    figure.savefig(path, dpi=110)


def main() -> None:
    """Print the tables, or write the page and its picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/cleaning.md and its picture")
    parser.add_argument("--seeds", type=int, default=24)
    asked = parser.parse_args()
    steps = {name: steps for name, steps in {**AGAINST_MAINS, **AGAINST_ECG}.items() if name != "nothing"}
    clean = {"none": errors(steps, nothing, 2 * asked.seeds)}
    hums = {name: errors(AGAINST_MAINS, interference, asked.seeds) for name, interference in HUMS.items()}
    hearts = {name: errors(AGAINST_ECG, interference, asked.seeds) for name, interference in HEARTS.items()}
    tables = {
        "CLEAN": level_table(clean),
        "HUMS": level_table(hums),
        "QUIET": quiet_table(asked.seeds),
        "HEARTS": level_table(hearts),
    }
    if not asked.write:
        for lines in tables.values():
            print("\n".join(lines), end="\n\n")
        return
    page = ROOT / "docs" / "cleaning.md"
    text = page.read_text("utf-8")
    for name, lines in tables.items():
        head, rest = text.split(f"<!-- {name} -->\n")
        text = f"{head}<!-- {name} -->\n" + "\n".join(lines) + "\n" + rest[rest.index("<!-- END -->") :]
    page.write_text(text, "utf-8")
    plot(hums, hearts, ROOT / "docs" / "images" / "cleaning.png")


if __name__ == "__main__":
    main()
