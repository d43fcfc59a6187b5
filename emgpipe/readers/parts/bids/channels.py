"""What ``channels.tsv`` says about channels that the EDF or BDF header describes already.

The precedence is stated in `emgpipe.readers.bids`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from emgpipe.errors import VocabularyError
from emgpipe.model import Channel, Finding, Kind, Side, make_finding
from emgpipe.readers.labels import listed
from emgpipe.readers.parts.bids.tables import number
from emgpipe.units import UNKNOWN, parse_unit
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, str]
LABEL_WIDTH = 16
"""EDF cuts labels here."""
SAME_RATE = 0.005
KINDS: dict[str, Kind] = {
    "EMG": "emg", "ECG": "ecg", "TRIG": "trigger", "ACCEL": "acceleration", "GYRO": "angular_velocity",
    "JNTANG": "angle", "EEG": "other", "EOG": "other", "REF": "other", "LATENCY": "other", "SYSCLOCK": "other",
}  # fmt: skip
_SIDE = re.compile(r"\b(left|right)\b", re.IGNORECASE)


def match_rows(labels: Sequence[str], rows: Sequence[Mapping[str, str]]) -> tuple[dict[str, Row], list[Finding]]:
    """Return the row of each label; by name, never by position."""
    by_name: dict[str, Row] = {}
    repeated = []
    for row in rows:
        name = " ".join(row.get("name", "").split())
        if name in by_name:
            repeated.append(name)
        elif name:
            by_name[name] = dict(row)
    cut = {name[:LABEL_WIDTH].rstrip(): name for name in by_name if len(name) > LABEL_WIDTH}
    found = {label: name for label in labels if (name := label if label in by_name else cut.get(label, ""))}
    findings = []
    if repeated:
        findings.append(_finding("names occur more than once in channels.tsv, the first counts", repeated))
    if missing := [label for label in labels if label not in found]:
        findings.append(_finding("channels of the file are not in channels.tsv", missing))
    if surplus := [name for name in by_name if name not in found.values()]:
        findings.append(_finding("channels.tsv names channels that the file does not hold", surplus))
    return {label: by_name[name] for label, name in found.items()}, findings


def merge_channel(channel: Channel, row: Mapping[str, str]) -> Channel:
    """Return the channel with the kind, muscle and side its row states."""
    merged = replace(channel, kind=_kind(channel.kind, row.get("type", "")))
    text = row.get("target_muscle", "")
    muscle = _muscle(text)
    if not muscle:
        return merged
    sides = {side.casefold() for side in _SIDE.findall(text)}
    side: Side = "" if len(sides) != 1 else ("left" if "left" in sides else "right")
    return replace(merged, muscle=muscle, side=side, guessed=False)


def channel_findings(
    pairs: Sequence[tuple[Channel, Mapping[str, str]]], written: Mapping[str, str], *, units_applied: bool
) -> list[Finding]:
    """Return where rows and channels contradict each other, and which channels are marked as bad.

    Parameters
    ----------
    pairs : sequence of (Channel, row)
    written : mapping of str to str
        The unit in the header of the file for each label.
    units_applied : bool
        Whether samples are scaled by the units in the table already.
    """
    findings = [*_units(pairs, written, applied=units_applied), *_rates(pairs), *_unknown_muscles(pairs)]
    for channel, row in pairs:
        if row.get("status", "").casefold() == "bad":
            why = row.get("status_description", "")
            reason = f"channels.tsv marks '{channel.label}' as bad" + (f": {why}" if why else "")
            remedy = "leave the channel out, or look at it before using it"
            findings.append(make_finding("marked_bad", "warn", reason, remedy, channel=channel.label))
    return findings


def _units(
    pairs: Sequence[tuple[Channel, Mapping[str, str]]], written: Mapping[str, str], *, applied: bool
) -> list[Finding]:
    differing: dict[tuple[str, str], list[str]] = {}
    for channel, row in pairs:
        stated = parse_unit(row.get("units"))
        if row.get("units") and stated != parse_unit(written.get(channel.label)):
            differing.setdefault((written.get(channel.label, ""), row["units"]), []).append(channel.label)
    findings = []
    for (header, table), labels in differing.items():
        used = "channels.tsv, as the options say" if applied else "the header"
        reason = (
            f"the header of the file gives {listed(labels)} in '{header or 'no unit'}', channels.tsv in '{table}'; "
            f"{used} is followed"
        )
        remedy = "check the amplitude; if channels.tsv is right, set units: sidecar for the reader bids"
        findings.append(make_finding("unit_contradiction", "note" if applied else "warn", reason, remedy))
    return findings


def _rates(pairs: Sequence[tuple[Channel, Mapping[str, str]]]) -> list[Finding]:
    findings = []
    for channel, row in pairs:
        stated = number(row.get("sampling_frequency"))
        if stated is not None and abs(stated / channel.sampling_rate - 1) > SAME_RATE:
            findings.append(rate_contradiction("channels.tsv", stated, channel.sampling_rate, channel.label))
    return findings


def rate_contradiction(where: str, stated: float, used: float, label: str = "") -> Finding:
    """Return the finding for a sampling rate that differs from the header's."""
    of = f" of '{label}'" if label else ""
    reason = f"{where} gives a sampling rate{of} of {stated:g} Hz, the header of the file {used:g} Hz, which is used"
    remedy = "check the sampling rate in the recording software"
    return make_finding(
        "sampling_rate_contradiction", "warn", reason, remedy, channel=label or None, value=stated, unit="Hz"
    )


def _unknown_muscles(pairs: Sequence[tuple[Channel, Mapping[str, str]]]) -> list[Finding]:
    unknown: dict[str, list[str]] = {}
    for channel, row in pairs:
        if row.get("target_muscle") and not channel.muscle and channel.kind == "emg":
            unknown.setdefault(row["target_muscle"], []).append(channel.label)
    if not unknown:
        return []
    stated = "; ".join(f"'{text}' ({listed(labels, 4)})" for text, labels in list(unknown.items())[:12])
    reason = f"channels.tsv names target muscles that the vocabulary does not know: {stated}"
    return [make_finding("unknown_muscle", "note", reason, "name the muscles of these channels in the study file")]


def _kind(guessed: Kind, stated: str) -> Kind:
    known = KINDS.get(stated.upper())
    if known is not None:
        return known
    # MISC says only that it is none of the types that have a name.
    return "other" if stated.upper() == "MISC" and guessed in {"emg", "ecg", "trigger"} else guessed


def _muscle(text: str) -> str:
    bare = " ".join(_SIDE.sub(" ", text).split()).strip(" ,;()")
    if not bare:
        return ""
    try:
        return load_vocabulary().muscle(bare).id
    except VocabularyError:
        return ""


def table_units(rows: Mapping[str, Row]) -> dict[str, str]:
    """Return the known units that the table states, by label."""
    return {label: row["units"] for label, row in rows.items() if parse_unit(row.get("units")) != UNKNOWN}


def _finding(what: str, labels: Sequence[str]) -> Finding:
    return make_finding("channels_differ", "warn", f"{what}: {listed(labels)}", "make the names in both agree")
