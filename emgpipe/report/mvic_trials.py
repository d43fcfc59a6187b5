"""The account of every MVIC trial: its value, window and noise, how steady it was, and what speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

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


def trials_table(references: Iterable[Reference], units: Mapping[str, str], flags: Flags) -> str:
    """Return one row per trial of each reference, those that make it first."""
    rows: list[list[str]] = []
    for one in references:
        unit = units.get(one.id, "V")
        rows.append([_heading(one, unit)])
        rows += [_row(one, attempt, unit, flags, wins=place < one.n_used) for place, attempt in enumerate(one.attempts)]
        rows += [_left_out_row(left, unit) for left in one.left_out]
    return _KEY + table(_HEAD, rows)


class Flags:
    """The warnings and failed checks of a study, found by trial and by muscle without looking at all of them."""

    def __init__(self, findings: pd.DataFrame) -> None:
        needed = ["level", "kind", "participant", "session", "trial", "muscle", "side"]
        self._by_place: dict[tuple[str, ...], list[tuple[int, _Flag]]] = {}
        if findings.empty or not set(needed) <= set(findings.columns):
            return
        serious = findings[findings["level"].isin(("fail", "warn"))]
        names = [*needed, *(["placement"] if "placement" in serious.columns else [])]
        for place, cells in enumerate(serious[names].itertuples(index=False, name=None)):
            flag = _Flag(*map(plain, cells))
            key = (flag.trial,) if flag.trial else (flag.participant, flag.session, flag.muscle)
            self._by_place.setdefault(key, []).append((place, flag))

    def of(self, reference: Reference, attempts: Sequence[MvicAttempt], *, whole_session: bool = False) -> str:
        """Return those of these trials that concern the muscle, as HTML with a symbol each.

        Parameters
        ----------
        whole_session : bool
            Also those that are about the muscle in the whole session, such as swapped channels.
        """
        keys: dict[tuple[str, ...], None] = dict.fromkeys((one.trial,) for one in attempts)
        if whole_session:
            keys[reference.participant, reference.session, reference.muscle] = None
        found = sorted(pair for key in keys for pair in self._by_place.get(key, ()))
        words = {(one.level, one.kind): None for _, one in found if one.concerns(reference)}
        symbols = {"fail": "✖", "warn": "▲"}
        return ", ".join(
            f'<span class="level {level}">{symbols[level]}</span> {escape(lower_label(kind))}' for level, kind in words
        )


class _Flag(NamedTuple):
    """What a warning or failed check is about."""

    level: str
    kind: str
    participant: str
    session: str
    trial: str
    muscle: str
    side: str
    placement: str = ""

    def concerns(self, reference: Reference) -> bool:
        """Tell whether it is about the muscle of a reference, or about all muscles."""
        return (
            self.muscle in (reference.muscle, "")
            and self.side in (reference.side, "")
            and self.placement in (reference.placement, "")
        )


def _heading(reference: Reference, unit: str) -> str:
    name = muscle_label(reference.muscle, reference.side, reference.placement)
    noise = ""
    if reference.rest_noise is not None and reference.snr is not None:
        noise = f"; rest {amplitude(reference.rest_noise, unit)}, {reference.snr:.0f} dB below"
    taken = "" if reference.noise_removed is None else "; baseline noise subtracted"
    words = escape(f"{reference.participant}: {name}: {amplitude(reference.value, unit)}{noise}{taken}")
    return f'<th class="group-name" colspan="{len(_HEAD)}" scope="colgroup">{words}</th>'


def _row(reference: Reference, one: MvicAttempt, unit: str, flags: Flags, *, wins: bool) -> list[str]:
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
        flags.of(reference, (one,)) or MISSING,
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
