"""EMG-BIDS: an EDF or BDF file with the metadata files of its dataset (BIDS 1.11, electromyography).

Which metadata files apply is said in `parts.bids.files`. Where they and the header of the file disagree:

- **Units**: the samples are scaled by the header, because the header's minimum and maximum are what the numbers were
  stored with. Another unit in ``channels.tsv`` is a warning; ``units: sidecar`` makes it the one that counts.
- **Sampling rates, durations, gaps**: the header, because it also says where the samples lie; a contradiction is a
  warning.
- **Kind of signal** (EMG, ECG, TRIG, MISC, ...), **muscle** and **side**: ``channels.tsv``, because the header has no
  place for them. MISC says only that a signal is none of the named types.
- **How it was recorded** (device, reference, placement, filters): ``emg.json``, then ``channels.tsv``, then the header.
- **Events**: both; an annotation that ``events.tsv`` repeats (same label within a millisecond) counts once.

Channels are matched by name, never by position. ``participants.tsv`` (age, sex) is not read.
https://bids-specification.readthedocs.io, https://doi.org/10.1038/sdata.2016.44
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from emgpipe.model import Finding, Recording, Source, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.parts.bids.channels import channel_findings, match_rows, merge_channel, table_units
from emgpipe.readers.parts.bids.events import merge_events, table_events
from emgpipe.readers.parts.bids.example import bids_example
from emgpipe.readers.parts.bids.facts import acquisition, fact_findings
from emgpipe.readers.parts.bids.files import RECORDING, USED, companions_of, sidecars
from emgpipe.readers.parts.bids.tables import Table, read_json, read_table
from emgpipe.readers.parts.edf.signals import dimensions, edf_signature, read_edf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class BidsOptions(ReaderOptions):
    """What can be stated about EMG-BIDS recordings."""

    kind: Literal["bids"] = "bids"
    units: Literal["header", "sidecar"] = "header"
    """Whose unit the samples have where they differ: the header's of the EDF file, or that in channels.tsv."""


class BidsReader(Reader):
    """EMG-BIDS: EDF or BDF named ``*_emg`` with channels.tsv, events.tsv or emg.json."""

    name = "bids"
    title = "EMG-BIDS"
    extensions = (".edf", ".bdf")
    Options = BidsOptions
    states_kinds = True

    def recognize(self, head: Head) -> str | None:
        """Accept EDF or BDF content under a BIDS name that a metadata file applies to."""
        if edf_signature(head) is None or RECORDING.fullmatch(head.path.name) is None:
            return None
        found = [ending for ending in USED if sidecars(head.path, ending)]
        return f"EDF or BDF with BIDS metadata in {', '.join(found)}" if found else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the signals of the file with what the dataset says about them."""
        channel_table, more = _table(path, "channels.tsv", ("name",))
        event_table, doubts = _table(path, "events.tsv", ("onset",))
        facts, unread = read_json(sidecars(path, "emg.json"))
        from_sidecar = isinstance(options, BidsOptions) and options.units == "sidecar"
        written = dimensions(path)
        rows, differing = match_rows(list(written), channel_table.rows)
        units = table_units(rows) if from_sidecar else {}
        recording = read_edf(path, keep_personal_data=options.keep_personal_data, units=units)
        recording = _merged(recording, rows, event_table.rows)
        pairs = [(channel, rows[channel.label]) for channel in recording.channels if channel.label in rows]
        findings: Sequence[Finding] = (
            *channel_table.findings, *event_table.findings, *more, *doubts, *unread, *(differing if rows else ()),
            *channel_findings(pairs, written, units_applied=from_sidecar), *fact_findings(recording, facts),
        )  # fmt: skip
        return replace(
            recording,
            source=Source(path, self.name, f"{recording.source.why} with BIDS metadata"),
            acquisition=acquisition(recording.acquisition, facts, list(rows.values())),
            findings=(*recording.findings, *findings),
        )

    def example(self) -> dict[str, bytes]:
        """Return a recording of two channels with four metadata files."""
        return bids_example()

    def companions(self, path: Path, options: ReaderOptions | None = None) -> tuple[Path, ...]:  # noqa: ARG002
        """Return the metadata files that apply to the recording; none where its name is no BIDS name."""
        return companions_of(path) if RECORDING.fullmatch(path.name) else ()


def _table(path: Path, ending: str, required: Sequence[str]) -> tuple[Table, list[Finding]]:
    """Read the most specific table of a kind."""
    found = sidecars(path, ending)
    if not found:
        if ending == "events.tsv":  # a recording without events needs none
            return Table(), []
        reason = f"the dataset has no {ending} for this recording; kinds and muscles are guessed from the labels"
        return Table(), [make_finding("sidecar_missing", "note", reason, "add it to the dataset")]
    return read_table(found[-1], required), []


def _merged(
    recording: Recording, rows: Mapping[str, dict[str, str]], event_rows: Sequence[Mapping[str, str]]
) -> Recording:
    duration = max((channel.duration for channel in recording.channels), default=0.0)
    events, findings = table_events(event_rows, duration)
    return replace(
        recording,
        channels=tuple(merge_channel(channel, rows.get(channel.label, {})) for channel in recording.channels),
        events=merge_events(recording.events, events),
        findings=(*recording.findings, *findings),
    )
