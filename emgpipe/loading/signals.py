"""The signals of a trial's channels: read, checked, filtered; what cannot be used is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emgpipe.chain.signals import signal_of
from emgpipe.errors import SignalError
from emgpipe.model import Channel, Finding, Signal, make_finding
from emgpipe.quality import check_samples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.chain import ChainResult
    from emgpipe.loading.long_recordings import Piece
    from emgpipe.loading.mapping import Mapped
    from emgpipe.loading.session_reader import SessionReader

_GAPS: Final = "look at the connection of the sensor"


def signals_of(
    mapped: Sequence[Mapped], pieces: Mapping[str, Piece], reader: SessionReader, *, posed: bool
) -> tuple[list[tuple[Channel, Signal]], list[Finding]]:
    """Return the signals that can be used, each with the whole channel it is of."""
    signals: list[tuple[Channel, Signal]] = []
    findings: list[Finding] = []
    made_of = {spec.name: spec.channels for spec in reader.study.derived}
    lost: set[str] = set()
    for path, name, channel in mapped:
        broken = [source for source in made_of.get(name, ()) if source in lost]
        if broken:
            lost.add(name)
            findings.append(_lacks_source(channel, broken[0]))
            continue
        piece = None if name in made_of else pieces.get(channel.label)
        samples = piece.samples if piece else reader.samples(path, channel)
        checked = piece.check() if piece else _checked(samples, channel)
        if posed and channel.kind == "emg" and checked:
            findings.extend(replace(one, level="note", remedy="") for one in checked)  # a pose needs no EMG
            continue
        checked = [_in_a_pose(one) if posed else one for one in checked]
        findings.extend(checked)
        if any(finding.level == "fail" for finding in checked):
            lost.add(name)
            continue
        try:
            result = _filtered(reader, path, channel, samples, piece) if channel.kind == "emg" else None
        except SignalError as error:
            findings.append(make_finding("not_filtered", "fail", str(error), channel=channel.label))
            continue
        signals.append((channel, signal_of(name, piece.channel if piece else channel, samples, result)))
        findings.extend(_filter_findings(channel, result))
    return signals, findings


def _filtered(
    reader: SessionReader, path: Path, channel: Channel, samples: NDArray[np.float64], piece: Piece | None
) -> ChainResult:
    if piece is None:
        return reader.filtered(path, channel, samples)
    reader.kept.count("filtered", made=True)
    return piece.filtered(reader.study.chain)


def _lacks_source(channel: Channel, source: str) -> Finding:
    reason = f"'{channel.label}' is computed from '{source}', which cannot be used in this file; it stays empty"
    return make_finding("not_derived", "fail", reason, "see what is said about that channel", channel=channel.label)


def _checked(samples: NDArray[np.float64], channel: Channel) -> list[Finding]:
    return [finding for finding in check_samples(samples, channel.label) if finding.level == "fail"]


def _in_a_pose(finding: Finding) -> Finding:
    """Keep a channel that does not change in a calibration trial: there, a coarse sensor gives one value throughout."""
    if finding.kind != "constant_channel":
        return finding
    reason = f"{finding.reason}; in a still pose a coarse sensor does that, but so does a dead one"
    return replace(finding, level="warn", reason=reason, remedy="look whether this sensor works in the other trials")


def _filter_findings(channel: Channel, result: ChainResult | None) -> list[Finding]:
    """Say what the chain lost between gaps, and what it set to zero."""
    found: list[Finding] = []
    if result is not None and result.too_short:
        reason = (
            f"{result.too_short} samples of '{channel.label}' lie between gaps, in stretches shorter than the chain "
            "needs; their envelope is empty"
        )
        count = float(result.too_short)
        found.append(make_finding("stretch_too_short", "note", reason, _GAPS, channel=channel.label, value=count))
    if result is not None and result.blanked:
        seconds = result.blanked / channel.sampling_rate
        reason = (
            f"the chain set {result.blanked} samples of '{channel.label}' ({seconds:.3g} s) to missing; numbers are "
            "made of the others"
        )
        remedy = (
            "look at the trace: were these artifacts? A number more than a tenth of whose samples is missing is empty"
        )
        count = float(result.blanked)
        found.append(make_finding("samples_blanked", "note", reason, remedy, channel=channel.label, value=count))
    if result is not None and result.negative:
        reason = (
            f"the low-pass undershot zero in {result.negative} of {result.envelope.size} samples of the envelope of "
            f"'{channel.label}'; they were set to 0"
        )
        count = float(result.negative)
        found.append(make_finding("envelope_below_zero", "note", reason, channel=channel.label, value=count))
    return found
