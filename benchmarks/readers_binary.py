"""Binary recordings read by emgpipe and by the bare libraries, side by side: 16 channels x 10 min x 2000 Hz.

Every reader returns all channels as float64 in physical units and what it returns is kept until the clock stops, so
the first touch of memory counts. Readers take turns on the same file in one process, each in several rounds; the
median and the best round are printed. Peak memory is that of a fresh process which reads the file once, less what the
process took after its imports. Needs the packages of the extra ``test``::

    python benchmarks/readers_binary.py [--minutes 10] [--rounds 5]
"""

from __future__ import annotations

import argparse
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

CHANNELS, RATE, PER_FRAME = 16, 2000, 20


def main() -> None:
    """Print one row per file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="names of the files to read, such as edf,c3d_float")
    parser.add_argument("--peak", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if given.peak:
        print(peak_bytes(*given.peak))
        return
    print("| file | MB | library | library s | emgpipe s | ratio | best to best | allowed | peak / samples |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, (write, library, allowed) in FILES.items():
            if not given.only or name in given.only.split(","):
                print(row(write(Path(folder), given.minutes), name, library, allowed, given.rounds), flush=True)


def row(path: Path, name: str, library: str, allowed: str, rounds: int) -> str:
    readers = {"library": LIBRARIES[library], "emgpipe": read_emgpipe}
    seconds: dict[str, list[float]] = {key: [] for key in readers}
    expected = readers["library"](path)
    for channel, samples in zip(readers["emgpipe"](path), expected, strict=True):
        np.testing.assert_allclose(channel, samples * 1e-6, rtol=1e-6, atol=1e-12)
    n_bytes = 8 * sum(samples.size for samples in expected)
    del expected, samples, channel
    for number in range(rounds):
        for key in sorted(readers, reverse=bool(number % 2)):
            begin = time.perf_counter()
            kept = readers[key](path)
            seconds[key].append(time.perf_counter() - begin)
            del kept
    usual, best = ({key: fold(times) for key, times in seconds.items()} for fold in (np.median, min))
    peak = int(subprocess.run(  # noqa: S603
        [sys.executable, __file__, "--peak", "emgpipe", str(path)], capture_output=True, text=True, check=True
    ).stdout)  # fmt: skip
    size = sum(part.stat().st_size for part in path.parent.glob(path.stem + ".*")) / 1e6
    ratios = [figures["emgpipe"] / figures["library"] for figures in (usual, best)]
    return (
        f"| {name} | {size:.0f} | {library} | {usual['library']:.3f} | {usual['emgpipe']:.3f} | {ratios[0]:.2f} "
        f"| {ratios[1]:.2f} | {allowed} | {peak / n_bytes:.2f} |"
    )


def peak_bytes(reader: str, path: str) -> int:
    """Return by how much reading all channels raises this process's largest memory (Linux only)."""
    read = read_emgpipe if reader == "emgpipe" else LIBRARIES[reader]
    with tempfile.TemporaryDirectory() as folder:
        read(FILES[Path(path).stem][0](Path(folder), 0.05))  # imports
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmHWM")
    kept = read(Path(path))
    assert kept
    return resident("VmHWM") - before


def resident(field: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return 1024 * int(line.split()[1])


def read_emgpipe(path: Path) -> list[np.ndarray]:
    from emgpipe.readers import read

    return [channel.read() for channel in read(path).channels]


def read_edfio(path: Path) -> list[np.ndarray]:
    import edfio

    recording = (edfio.read_bdf if path.suffix == ".bdf" else edfio.read_edf)(path)
    return [signal.data for signal in recording.signals]


def read_ezc3d(path: Path) -> list[np.ndarray]:
    import ezc3d

    return list(ezc3d.c3d(str(path))["data"]["analogs"][0])


def read_wfdb(path: Path) -> list[np.ndarray]:
    import wfdb

    return list(wfdb.rdrecord(str(path.with_suffix(""))).p_signal.T)


LIBRARIES: dict[str, Callable[[Path], list[np.ndarray]]] = {
    "edfio": read_edfio, "ezc3d": read_ezc3d, "wfdb": read_wfdb,
}  # fmt: skip


def counts(minutes: float, limit: int) -> np.ndarray:
    """Return integer samples, shape (n_samples, channels)."""
    n_samples = int(minutes * 60) * RATE
    return np.random.default_rng(1).integers(-limit, limit, (n_samples, CHANNELS), dtype=np.int32)


def write_edf(folder: Path, minutes: float, *, bdf: bool = False, record: float = 1.0) -> Path:
    """Write EDF or BDF with data records of `record` seconds, byte by byte."""
    limit = 8388607 if bdf else 32767
    stored = counts(minutes, limit)
    per_record = int(record * RATE)
    stored = stored.reshape(-1, per_record, CHANNELS).transpose(0, 2, 1)
    main = [("\xffBIOSEMI" if bdf else "0", 8), ("X X X X", 80), ("Startdate X X X X", 80), ("01.01.25", 8)]
    main += [("10.00.00", 8), (str(256 * (CHANNELS + 1)), 8), ("24BIT" if bdf else "", 44)]
    main += [(str(stored.shape[0]), 8), (f"{record:g}", 8), (str(CHANNELS), 4)]
    fields = [("EMG {}", 16), ("", 80), ("uV", 8), ("-1000", 8), ("1000", 8), (str(-limit - 1), 8), (str(limit), 8)]
    fields += [("", 80), (str(per_record), 8), ("", 32)]
    text = "".join(field.ljust(width) for field, width in main)
    text += "".join(field.format(number).ljust(width) for field, width in fields for number in range(CHANNELS))
    samples = np.ascontiguousarray(stored, dtype="<i4")
    body = samples.view(np.uint8).reshape(*samples.shape, 4)[..., :3] if bdf else samples.astype("<i2")
    name = ("bdf" if bdf else "edf") + ("" if record == 1.0 else "_short")
    path = folder / f"{name}.{'bdf' if bdf else 'edf'}"
    path.write_bytes(text.encode("latin-1") + body.tobytes())
    return path


def write_c3d(folder: Path, minutes: float, *, is_float: bool) -> Path:
    """Write C3D without points, 100 frames per second of 20 analog samples each."""
    stored = counts(minutes, 32767)
    n_frames = stored.shape[0] // PER_FRAME
    parameters = c3d_parameters(n_frames)
    blocks = -(-len(parameters) // 512)
    section = bytearray(parameters.ljust(blocks * 512, b"\x00"))
    section[2] = blocks
    scale = -1.0 if is_float else 1.0
    last = min(n_frames, 65535)
    header = struct.pack(
        "<BBHHHHHfHHf", 2, 80, 0, CHANNELS * PER_FRAME, 1, last, 0, scale, 2 + blocks, PER_FRAME, RATE / PER_FRAME
    )
    path = folder / f"c3d_{'float' if is_float else 'integer'}.c3d"
    body = stored.astype("<f4" if is_float else "<i2").tobytes()
    path.write_bytes(header.ljust(512, b"\x00") + bytes(section) + body)
    return path


def c3d_parameters(n_frames: int) -> bytes:
    def group(number: int, name: str) -> bytes:
        return struct.pack("<bb", len(name), -number) + name.encode() + struct.pack("<hB", 3, 0)

    def parameter(number: int, name: str, kind: int, shape: tuple[int, ...], data: bytes) -> bytes:
        body = struct.pack("<bB", kind, len(shape)) + bytes(shape) + data + b"\x00"
        return struct.pack("<bb", len(name), number) + name.encode() + struct.pack("<h", 2 + len(body)) + body

    labels = "".join(f"EMG {number}".ljust(8) for number in range(CHANNELS)).encode()
    end = struct.pack("<HH", n_frames % 65536, n_frames // 65536)
    parts = [
        b"\x01\x50\x00\x54",
        group(1, "POINT"),
        parameter(1, "USED", 2, (), struct.pack("<h", 0)),
        parameter(1, "RATE", 4, (), struct.pack("<f", RATE / PER_FRAME)),
        parameter(1, "SCALE", 4, (), struct.pack("<f", -1.0)),
        parameter(1, "FRAMES", 2, (), struct.pack("<H", min(n_frames, 65535))),
        group(2, "ANALOG"),
        parameter(2, "USED", 2, (), struct.pack("<h", CHANNELS)),
        parameter(2, "RATE", 4, (), struct.pack("<f", RATE)),
        parameter(2, "GEN_SCALE", 4, (), struct.pack("<f", 1.0)),
        parameter(2, "SCALE", 4, (CHANNELS,), struct.pack(f"<{CHANNELS}f", *[0.03125] * CHANNELS)),
        parameter(2, "OFFSET", 2, (CHANNELS,), bytes(2 * CHANNELS)),
        parameter(2, "LABELS", -1, (8, CHANNELS), labels),
        parameter(2, "UNITS", -1, (2, CHANNELS), b"uV" * CHANNELS),
        group(3, "TRIAL"),
        parameter(3, "ACTUAL_START_FIELD", 2, (2,), struct.pack("<HH", 1, 0)),
        parameter(3, "ACTUAL_END_FIELD", 2, (2,), end),
        b"\x00\x00",
    ]
    return b"".join(parts)


def write_wfdb(folder: Path, minutes: float, *, fmt: str) -> Path:
    """Write a WFDB record of one signal file."""
    stored = counts(minutes, 2047 if fmt == "212" else 32767)
    path = folder / f"wfdb_{fmt}.hea"
    lines = [f"wfdb_{fmt} {CHANNELS} {RATE} {stored.shape[0]}"]
    lines += [f"wfdb_{fmt}.dat {fmt} 32(0)/uV 16 0 0 0 0 EMG {number}" for number in range(CHANNELS)]
    path.write_text("\n".join(lines) + "\n")
    if fmt == "212":
        pairs = stored.reshape(-1, 2)
        high = ((pairs[:, 0] >> 8) & 15) | (((pairs[:, 1] >> 8) & 15) << 4)
        body = np.stack([pairs[:, 0] & 255, high, pairs[:, 1] & 255], axis=1).astype(np.uint8)
    else:
        body = stored.astype("<i2")
    path.with_suffix(".dat").write_bytes(body.tobytes())
    return path


FILES: dict[str, tuple[Callable[[Path, float], Path], str, str]] = {
    "edf": (write_edf, "edfio", "0.70"),
    "edf_short": (lambda folder, minutes: write_edf(folder, minutes, record=0.05), "edfio", "0.70"),
    "bdf": (lambda folder, minutes: write_edf(folder, minutes, bdf=True), "edfio", "0.70"),
    "c3d_float": (lambda folder, minutes: write_c3d(folder, minutes, is_float=True), "ezc3d", "0.40"),
    "c3d_integer": (lambda folder, minutes: write_c3d(folder, minutes, is_float=False), "ezc3d", "0.40"),
    "wfdb_16": (lambda folder, minutes: write_wfdb(folder, minutes, fmt="16"), "wfdb", "-"),
    "wfdb_212": (lambda folder, minutes: write_wfdb(folder, minutes, fmt="212"), "wfdb", "-"),
}

if __name__ == "__main__":
    main()
