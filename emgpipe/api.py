"""What a notebook needs: read a recording, put a chain on it, run a study."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.chain import Step
    from emgpipe.model import Recording, Signal
    from emgpipe.readers import ReaderOptions

from emgpipe.batch import Local
from emgpipe.run import How, run_study

__all__ = ["How", "Local", "apply_chain", "read", "run_study"]


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
    ConfigError
        What is stated is not known for this kind of file.
    """
    from emgpipe.readers import read as read_file

    return read_file(Path(path), [_options(stated)] if stated else [])


def _options(stated: dict[str, object]) -> ReaderOptions:
    """Return what is stated about a file as the options of its kind of reader."""
    from pydantic import ValidationError

    from emgpipe.errors import ConfigError, suggest
    from emgpipe.readers import READERS

    kinds = {reader.name: reader.Options for reader in READERS}
    kind = str(stated.get("kind", ""))
    if kind not in kinds:
        raise ConfigError(f"read: state the kind of file as well, as kind=... with one of: {', '.join(kinds)}")
    allowed = [name for name in kinds[kind].model_fields if name != "kind"]
    for name in stated.keys() - {"kind", *allowed}:
        raise ConfigError(
            f"read: '{name}' cannot be stated about a {kind} file{suggest(name, allowed) or '.'} "
            f"Allowed: {', '.join(allowed)}"
        )
    try:
        return kinds[kind].model_validate(stated)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ConfigError(f"read: what is stated about the {kind} file cannot be used: {wrong}") from None


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
        With `filtered` and `envelope` for EMG, in volts where the file states a unit; no envelope where the chain
        ends before one.

    Raises
    ------
    SignalError
        The steps cannot follow one another, a channel is too short or empty, or a cut-off does not fit its
        sampling rate.
    """
    from emgpipe.chain import DEFAULT_CHAIN, Rms, order_problems, run_chain
    from emgpipe.chain.signals import signal_of
    from emgpipe.errors import SignalError

    steps = DEFAULT_CHAIN if chain is None else tuple(chain)
    complete = steps if steps and steps[-1].gives == "envelope" else (*steps, Rms())  # a chain may stop early here
    if wrong := order_problems(complete):
        raise SignalError(wrong[0][1])
    signals = []
    for channel in recording.channels:
        samples = channel.read()
        result = None
        if channel.kind == "emg":
            result = run_chain(steps, samples, channel.sampling_rate, muscle=channel.muscle, label=channel.label)
        signal = signal_of(channel.muscle or channel.label, channel, samples, result)
        signals.append(signal if complete is steps else replace(signal, envelope=None))
    return tuple(signals)
