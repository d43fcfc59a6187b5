"""Doubts about a delimited text file, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, Level, make_finding
from emgpipe.readers.parts.tables.cells import ONE_GROUP
from emgpipe.readers.parts.tables.clocks import EPOCH

if TYPE_CHECKING:
    from emgpipe.model import Channel
    from emgpipe.readers.parts.tables.columns import Roles
    from emgpipe.readers.parts.tables.header import Heading
    from emgpipe.readers.parts.tables.layout import Layout
    from emgpipe.readers.parts.tables.options import DelimitedOptions
    from emgpipe.readers.parts.tables.table import Table

REPEATED, FEWEST_REPEATED = 0.2, 10
"""From this share and number of rows on, equal neighbors are no coincidence."""


def heading_findings(lines: list[str], layout: Layout, heading: Heading, options: DelimitedOptions) -> list[Finding]:
    """Say that columns have no labels, or that a row only numbers them."""
    findings = []
    above = sum(bool(line.strip()) for line in lines[: layout.data_start])
    if above > layout.is_numbered and not heading.has_labels and options.header_row is None:
        reason = f"no line above the numbers has {layout.n_columns} labels, one per column; columns are numbered from 1"
        remedy = "correct the labels in the file, or state header_row in the study file"
        findings.append(make_finding("labels_missing", "note", reason, remedy))
    if layout.is_numbered:
        reason = f"line {layout.data_start} only numbers the columns and is not read as samples"
        findings.append(make_finding("number_row", "note", reason, "if it holds samples, state skip_rows"))
    return findings


def time_origin(zero: float) -> list[Finding]:
    """Say that time stamps counted from a date or from midnight."""
    if not zero:
        return []
    since = "a date" if abs(zero) > EPOCH else "midnight"
    reason = f"time stamps count from {since} ({zero:.3f} s); here they count from the first sample"
    return [make_finding("time_origin", "note", reason, value=zero, unit="s")]


def table_findings(table: Table, labels: list[str], used: list[int], roles: Roles) -> list[Finding]:
    """Say which columns and rows were left out."""
    findings = []
    left_out = [
        f"'{labels[i]}'"
        for i in range(len(table.columns))
        if i not in used and i not in roles.others and table.texts[i]
    ]
    if left_out:
        reason = f"columns of text, not read as samples: {', '.join(left_out)}"
        findings.append(make_finding("text_column", "note", reason))
    if table.wide_rows:
        reason = f"{table.wide_rows} rows have more cells than the table has columns; the surplus is not read"
        findings.append(make_finding("row_width", "warn", reason, "check the delimiter and the decimal mark"))
    if table.comments:
        reason = f"{table.comments} rows between the numbers hold text only and are left out"
        findings.append(make_finding("text_rows", "note", reason, "check that they are comments"))
    return findings


def repeated_rows(table: Table, roles: Roles, used: list[int], labels: list[str]) -> list[Finding]:
    """Say that rows are printed twice: the same time and the same samples again."""
    for index in roles.clocks:
        times = table.columns[index]
        again = np.flatnonzero(times[1:] == times[:-1])
        if again.size < REPEATED * times.size:
            continue
        own = [table.columns[i] for i in used if (timed := roles.clock_of(i)) and timed[0] == index]
        same = np.ones(again.size, dtype=bool)
        for column in own:
            before, after = column[again], column[again + 1]
            same &= (before == after) | (np.isnan(before) & np.isnan(after))
        count = int(same.sum()) if own else 0
        if count >= max(FEWEST_REPEATED, REPEATED * times.size):
            reason = (
                f"{count} of {times.size} rows repeat the row before, with the same time in '{labels[index]}' and the "
                "same samples: the sampling rate may be too high by as much"
            )
            remedy = "export again, each row once"
            return [make_finding("repeated_rows", "warn", reason, remedy, value=float(count), unit="rows")]
    return []


def unusable_cells(channels: tuple[Channel, ...], labels: list[str], table: Table) -> list[Finding]:
    """Say which channels have cells without a number, and what stands in them."""
    findings = []
    for channel in channels:
        index = labels.index(channel.label)
        missing = int(np.isnan(channel.read()).sum()) - (index == table.doubtful)
        if missing > 0:
            example = f" such as '{table.examples[index][:20]}'" if table.texts[index] else ""
            causes = {f"text{example}": table.texts[index], "infinite": table.infinite[index]}
            said = ", ".join(f"{count} {cause}" for cause, count in causes.items() if count)
            reason = f"{missing} of {channel.n_samples} cells hold no usable number{f' ({said})' if said else ''}"
            level: Level = "fail" if missing >= channel.n_samples else "warn"
            findings.append(
                make_finding(
                    "unusable_cells", level, f"{reason}; they are NaN", _remedy(table, index),
                    channel=channel.label, value=float(missing), unit="samples",
                )
            )  # fmt: skip
    return findings


def _remedy(table: Table, index: int) -> str:
    if table.texts[index] and ONE_GROUP.fullmatch(table.examples[index]):
        return (
            "'.' may separate thousands or decimals here, so nothing is guessed: export without separators of thousands"
        )
    return "check the export"
