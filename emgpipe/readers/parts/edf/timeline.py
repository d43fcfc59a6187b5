"""Time in EDF+ and BDF+: gaps of interrupted recordings, and record times against the stated record length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Finding, make_finding

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.readers.parts.blocks.loader import BlockLoader
    from emgpipe.readers.parts.edf.header import EdfHeader

MOST_GAP = 100.0
"""A file that claims more missing than recorded time by this factor (and over a day) is taken as damaged."""
MOST_SPREAD = 10_000
"""Most samples of a signal on the timeline, gaps included, per sample that is stored."""
MOST_SAMPLES = 1 << 28
"""Most samples of a signal on the timeline (2 GiB), unless at least a tenth of them are stored."""
SAME_RATE = 0.001
"""Records that follow each other this much faster or slower than stated are a contradiction."""


@dataclass(frozen=True, slots=True)
class GapLoader:
    """Spread the records of an interrupted recording over its timeline; NaN between them.

    Attributes
    ----------
    recorded : BlockLoader
        Loads the samples as stored, without gaps.
    starts : tuple of int
        Index on the timeline of the first sample of each record, increasing.
    """

    recorded: BlockLoader
    starts: tuple[int, ...]

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop of the timeline."""
        samples = np.full(max(stop - start, 0), np.nan)
        per_record = self.recorded.column.per_frame
        first = max(int(np.searchsorted(self.starts, start, side="right")) - 1, 0)
        last = int(np.searchsorted(self.starts, stop, side="left"))
        stored = self.recorded(first * per_record, last * per_record)
        for record in range(first, last):
            begin = self.starts[record]
            lower, upper = max(start, begin), min(stop, begin + per_record)
            if lower < upper:
                shift = (record - first) * per_record - begin
                samples[lower - start : upper - start] = stored[lower + shift : upper + shift]
        return samples


def record_starts(
    header: EdfHeader, starts: NDArray[np.float64] | None, path: Path
) -> tuple[NDArray[np.float64] | None, list[Finding]]:
    """Return when the records of a recording with gaps start, in s; None for one without gaps.

    Raises
    ------
    DamagedFileError
        Records overlap, or the times cannot be true.
    """
    if header.n_records < 1:
        return None, []
    if not header.is_interrupted:
        return None, _contradiction(header, starts)
    if starts is None:
        reason = "an interrupted recording (EDF+D) without the times of its records; read as if there were no gaps"
        return None, [make_finding("time_gaps", "fail", reason, "export the file again")]
    times: NDArray[np.float64] = starts - starts[0]
    gaps = np.diff(times) - header.record_duration
    if (gaps < -1e-3 * header.record_duration).any():
        raise DamagedFileError("its data records overlap in time; export it again", path=path, reader="edf")
    recorded = header.n_records * header.record_duration
    if times[-1] > max(MOST_GAP * recorded, 86400.0) or _is_endless(header, float(times[-1])):
        message = f"claims {times[-1]:.0f} s of time for {recorded:g} s of data; the record times are damaged"
        raise DamagedFileError(f"{message}: export it again without gaps", path=path, reader="edf")
    real = gaps > 1e-3 * header.record_duration
    if not real.any():
        return None, []
    missing = float(gaps[real].sum())
    reason = f"the recording was interrupted {int(real.sum())} times, {missing:.3f} s are missing (NaN)"
    return times, [make_finding("time_gaps", "warn", reason, "use trials between the gaps", value=missing, unit="s")]


def _is_endless(header: EdfHeader, seconds: float) -> bool:
    """Say whether a signal would have far more samples, most of them missing, than the file stores."""
    most = max((signal.per_record for signal in header.signals if not signal.is_annotation), default=0)
    spread = seconds / header.record_duration * most
    stored = header.n_records * most
    return spread > max(MOST_SAMPLES, 10 * stored) or spread > max(MOST_SPREAD * stored, 1 << 24)


def first_samples(times: NDArray[np.float64], rate: float, per_record: int) -> tuple[int, ...]:
    """Return the index on the timeline of each record's first sample; rounding never makes records overlap."""
    recorded = np.arange(times.size) * per_record
    starts = np.maximum.accumulate(np.round(times * rate).astype(np.int64) - recorded) + recorded
    return tuple(starts.tolist())


def _contradiction(header: EdfHeader, starts: NDArray[np.float64] | None) -> list[Finding]:
    if starts is None or starts.size < 2 or header.record_duration <= 0:
        return []
    apart = float(starts[-1] - starts[0]) / (starts.size - 1)
    if abs(apart / header.record_duration - 1) <= SAME_RATE:
        return []
    reason = (
        f"the header says that a data record lasts {header.record_duration:g} s, their time stamps are {apart:g} s "
        "apart; the sampling rates follow the header"
    )
    remedy = "check the sampling rate in the recording software; the recording may have gaps that it does not declare"
    return [make_finding("sampling_rate_contradiction", "warn", reason, remedy, value=apart, unit="s")]
