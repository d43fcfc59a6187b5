"""What ``emg.json`` says about how the signals were recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emgpipe.model import Acquisition, Finding, Recording, make_finding
from emgpipe.readers.parts.bids.channels import SAME_RATE, rate_contradiction
from emgpipe.readers.parts.bids.tables import number, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PER_CHANNEL = "channelspecific"
"""The value that sends the reader to the columns of channels.tsv."""
SAME_DURATION = 0.01


def acquisition(header: Acquisition, facts: Mapping[str, Any], rows: Sequence[Mapping[str, str]]) -> Acquisition:
    """Return the header's facts completed by those of the dataset; the dataset wins where it states one."""
    distance = number(facts.get("InterelectrodeDistance"))
    if distance is None:
        distance = _only_number(rows, "interelectrode_distance")
    return replace(
        header,
        device=_device(facts) or header.device,
        reference_scheme=_scheme(facts.get("EMGReference"), rows, "reference"),
        electrode_placement=_placement(facts, rows),
        inter_electrode_distance=None if distance is None else distance / 1000.0,
        hardware_filters=_filters(header.hardware_filters, facts, rows),
        mains_frequency=number(facts.get("PowerLineFrequency")),
        gain=number(facts.get("Gain")),
    )


def fact_findings(recording: Recording, facts: Mapping[str, Any]) -> list[Finding]:
    """Return where ``emg.json`` and the file contradict each other, and whether the signals are filtered already."""
    emg = [channel for channel in recording.channels if channel.kind == "emg"]
    findings = []
    stated = number(facts.get("SamplingFrequency"))
    rates = sorted({channel.sampling_rate for channel in emg})
    if stated is not None and rates and all(abs(stated / rate - 1) > SAME_RATE for rate in rates):
        findings.append(rate_contradiction("emg.json", stated, rates[0]))
    count = number(facts.get("EMGChannelCount"))
    if count is not None and count != len(emg):
        reason = f"emg.json counts {count:g} EMG channels, the recording has {len(emg)}"
        findings.append(make_finding("channel_count", "warn", reason, "check the types in channels.tsv"))
    findings += [*_duration(recording, facts), *_continuity(recording, facts)]
    if software := words(facts.get("SoftwareFilters")):
        reason = f"emg.json says that the signals went through software filters: {software[:200]}"
        findings.append(make_finding("already_filtered", "note", reason, "do not filter the same band again"))
    return findings


def _duration(recording: Recording, facts: Mapping[str, Any]) -> list[Finding]:
    stated = number(facts.get("RecordingDuration"))
    found = max((channel.duration for channel in recording.channels), default=0.0)
    if stated is None or stated <= 0 or abs(found - stated) <= max(SAME_DURATION * stated, 0.01):
        return []
    reason = f"emg.json states a duration of {stated:g} s, the file holds {found:g} s"
    remedy = "check that the recording is complete"
    return [make_finding("duration_contradiction", "warn", reason, remedy, value=found, unit="s")]


def _continuity(recording: Recording, facts: Mapping[str, Any]) -> list[Finding]:
    stated = words(facts.get("RecordingType"))
    known = any(finding.kind == "time_gaps" for finding in recording.findings)
    if stated.casefold() not in {"discontinuous", "epoched"} or known:
        return []
    reason = f"emg.json calls the recording {stated}, the file does not say where it was interrupted"
    return [make_finding("time_gaps", "warn", reason, "do not use trials that may reach over an interruption")]


def _device(facts: Mapping[str, Any]) -> str:
    return " ".join(text for key in ("Manufacturer", "ManufacturersModelName") if (text := words(facts.get(key))))


def _placement(facts: Mapping[str, Any], rows: Sequence[Mapping[str, str]]) -> str:
    scheme = _scheme(facts.get("EMGPlacementScheme"), rows, "placement_scheme")
    description = words(facts.get("EMGPlacementSchemeDescription"))
    return description if scheme.casefold() in {"", "other"} and description else scheme


def _scheme(stated: object, rows: Sequence[Mapping[str, str]], column: str) -> str:
    text = words(stated)
    if text and text.casefold() != PER_CHANNEL:
        return text
    values = list(dict.fromkeys(row[column] for row in rows if row.get(column)))
    return values[0] if len(values) == 1 else text


def _filters(header: str, facts: Mapping[str, Any], rows: Sequence[Mapping[str, str]]) -> str:
    low, high = (_only_number(rows, name) for name in ("low_cutoff", "high_cutoff"))
    edges = [f"{name} {value:g} Hz" for name, value in (("high-pass", low), ("low-pass", high)) if value is not None]
    return "; ".join(text for text in (header, words(facts.get("HardwareFilters")), ", ".join(edges)) if text)


def _only_number(rows: Sequence[Mapping[str, str]], column: str) -> float | None:
    values = {number(row.get(column)) for row in rows if row.get("type", "").upper() == "EMG"}
    return next(iter(values)) if len(values) == 1 else None
