"""The account of every MVIC trial: its value, window and noise, how steady it was, and what speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.markup import escape, numeric, table
from emgpipe.report.words import MISSING, lower_label, muscle_label, number, percent, plain, seconds, shown_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from emgpipe.model import LeftOut, MvicAttempt, Reference

_HEAD: Final = (
    "Trial", "Look at", *(f'<th class="n" scope="col">{name}</th>' for name in (
        "Value (of the reference)", "Window (s)", "Quietest half second (value above it)",
        "Variation in the window (change per second)", "Held for a second", "Largest sample", "At the rail", "Missing",
    )),
)  # fmt: skip
_KEY: Final = (
    '<p class="small">★ makes the reference; ○ considered; ✕ does not count. <em>Held for a second</em>: the best '
    "second around the best half second, as a share of it; a spike is not held. <em>Largest sample</em>: of the "
    "filtered signal in the window, in multiples of the RMS beside it; 3 to 5 in steady EMG.</p>"
)


def amplitude(value: float, unit: str) -> str:
    """Return an amplitude in the unit it is shown in."""
    scale, shown = shown_unit(unit)
    return f"{number(value * scale)} {shown}"


def trials_table(references: Iterable[Reference], units: Mapping[str, str], findings: pd.DataFrame) -> str:
    """Return one row per trial of each reference, those that make it first."""
    rows: list[list[str]] = []
    for one in references:
        unit = units.get(one.id, "V")
        rows.append([_heading(one, unit)])
        rows += [
            _row(one, attempt, unit, findings, wins=place < one.n_used) for place, attempt in enumerate(one.attempts)
        ]
        rows += [_left_out_row(left, unit) for left in one.left_out]
    return _KEY + table(_HEAD, rows)


def flags_of(
    findings: pd.DataFrame, reference: Reference, attempts: Sequence[MvicAttempt], *, whole_session: bool = False
) -> str:
    """Return the warnings and failed checks of these trials that concern the muscle, as HTML with a symbol each.

    Parameters
    ----------
    whole_session : bool
        Also those that are about the muscle in the whole session, such as swapped channels.
    """
    needed = {"level", "kind", "participant", "session", "trial", "muscle", "side"}
    if findings.empty or not needed <= set(findings.columns):
        return ""
    about = findings["trial"].isin([one.trial for one in attempts])
    if whole_session:
        about |= (
            (findings["trial"].map(plain) == "")
            & (findings["muscle"].map(plain) == reference.muscle)
            & (findings["participant"].map(plain) == reference.participant)
            & (findings["session"].map(plain) == reference.session)
        )
    mine = findings[
        about
        & findings["level"].isin(("fail", "warn"))
        & findings["muscle"].map(plain).isin((reference.muscle, ""))
        & findings["side"].map(plain).isin((reference.side, ""))
    ]
    if "placement" in mine.columns:
        mine = mine[mine["placement"].map(plain).isin((reference.placement, ""))]
    words = {(plain(row.level), plain(row.kind)): None for row in mine.itertuples()}
    symbols = {"fail": "✖", "warn": "▲"}
    return ", ".join(
        f'<span class="level {level}">{symbols[level]}</span> {escape(lower_label(kind))}' for level, kind in words
    )


def _heading(reference: Reference, unit: str) -> str:
    name = muscle_label(reference.muscle, reference.side, reference.placement)
    noise = ""
    if reference.rest_noise is not None and reference.snr is not None:
        noise = f"; rest {amplitude(reference.rest_noise, unit)}, {reference.snr:.0f} dB below"
    taken = "" if reference.noise_removed is None else "; baseline noise subtracted"
    words = escape(f"{reference.participant}: {name}: {amplitude(reference.value, unit)}{noise}{taken}")
    return f'<th class="group-name" colspan="{len(_HEAD)}" scope="colgroup">{words}</th>'


def _row(reference: Reference, one: MvicAttempt, unit: str, findings: pd.DataFrame, *, wins: bool) -> list[str]:
    noise = MISSING if not one.noise else f"{amplitude(one.noise, unit)} ({number(one.value / one.noise, digits=2)} x)"
    slope = "" if one.slope is None else f" ({100 * one.slope:+.0f} %)"
    figures = (
        f"{amplitude(one.value, unit)} ({percent(one.value / reference.value)})",
        f"{seconds(one.start)} to {seconds(one.stop)}{'' if one.is_contiguous else ' (within)'}",
        noise,
        percent(one.variation) + slope,
        percent(one.held),
        MISSING if one.crest is None else f"{one.crest:.1f} x RMS",
        _share(one.clipped),
        _share(one.missing),
    )
    return [
        _named("★" if wins else "○", one),
        flags_of(findings, reference, (one,)) or MISSING,
        *map(numeric, figures),
    ]


def _left_out_row(left: LeftOut, unit: str) -> list[str]:
    value = MISSING if left.value is None else amplitude(left.value, unit)
    reason = f'<td class="text" colspan="{len(_HEAD) - 3}">{escape(left.reason)}</td>'
    return [_named("✕", left), MISSING, numeric(value), reason]


def _named(mark: str, one: MvicAttempt | LeftOut) -> str:
    """Return the trial, with the position where its id does not hold it."""
    position = f"<br>{escape(one.position)}" if one.position and one.position not in one.trial else ""
    return f'<span class="nowrap">{mark} <code>{escape(one.trial)}</code></span>{position}'


def _share(value: float | None) -> str:
    """Return a share in percent, none as 0."""
    return MISSING if value is None else f"{number(100 * value, digits=2)} %"
