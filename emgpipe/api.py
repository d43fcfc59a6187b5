"""What a notebook needs: read a recording, put a chain on it, run a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.chain import Step
    from emgpipe.model import Recording, Signal

from emgpipe.run import run_study

__all__ = ["apply_chain", "read", "run_study"]


def read(path: str | Path, **stated: object) -> Recording:
    """Read one recording, choosing the reader by the file's content.

    Parameters
    ----------
    path : str or Path
    **stated
        What is known about the file and does not stand in it, as in a study file under ``recordings: reading:``,
        for example ``kind="delimited", sampling_rate=1000``.

    Raises
    ------
    ReadError
        The file cannot be read; the message says what to do.
    """
    from pydantic import TypeAdapter

    from emgpipe.readers import AnyReaderOptions
    from emgpipe.readers import read as read_file

    options = [TypeAdapter(AnyReaderOptions).validate_python(stated)] if stated else []
    return read_file(Path(path), options)


def apply_chain(recording: Recording, chain: Sequence[Step] | None = None) -> tuple[Signal, ...]:
    """Filter every EMG channel of a recording; other channels come through as they are.

    Parameters
    ----------
    recording : Recording
    chain : sequence of Step, optional
        Steps from `emgpipe.chain`; the default chain if not given.

    Returns
    -------
    tuple of Signal
        With `filtered` and `envelope` for EMG, in volts where the file states a unit.

    Raises
    ------
    SignalError
        A channel is too short or empty, or a cut-off does not fit its sampling rate.
    """
    from emgpipe.chain import DEFAULT_CHAIN, run_chain
    from emgpipe.model import Signal

    signals = []
    for channel in recording.channels:
        samples = channel.read()
        result = None
        if channel.kind == "emg":
            steps = DEFAULT_CHAIN if chain is None else chain
            result = run_chain(steps, samples, channel.sampling_rate, muscle=channel.muscle, label=channel.label)
        signals.append(
            Signal(
                name=channel.muscle or channel.label,
                label=channel.label,
                kind=channel.kind,
                unit=channel.unit,
                sampling_rate=channel.sampling_rate,
                start=channel.start,
                raw=samples,
                muscle=channel.muscle,
                side=channel.side,
                placement=channel.placement,
                filtered=result.filtered if result else None,
                envelope=result.envelope if result else None,
                chain_hash=result.hash if result else "",
                history=result.history if result else (),
            )
        )
    return tuple(signals)
