"""The curves that answer a question: those of the repetitions, sites and levels of a scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.choices import of_muscles, require_measured
from emgpipe.comparison.shared.curve_rows import PLACE, POINTS
from emgpipe.comparison.shared.rows import true_cells
from emgpipe.comparison.shared.sides import SITE_MUSCLE, SITE_SIDE
from emgpipe.comparison.waveforms.phases import cut_curves
from emgpipe.errors import ComparisonError
from emgpipe.model.tables import WHOLE_REPETITION

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary


_DOUBTFUL: Final = "reference excluded"
"""In the place of a unit: the shape of such a curve counts, its height in %MVIC does not."""


def curves_of_scope(curves: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Return the curves of a scope, with its levels and held factors.

    A curve of a muscle counts where the metrics table has numbers about that muscle in that repetition that count, a
    curve of another channel where it has any about the repetition: what a decision excludes from numbers is excluded
    from curves, and the sides and loads that are compared are the same.

    Parameters
    ----------
    curves : DataFrame
        From `clean_curves`.

    Returns
    -------
    DataFrame
        `SITE`, ``participant``, ``session``, ``trial``, ``repetition``, ``unit``, the held factors, ``level``, and
        the points ``0`` to ``100``.
    """
    import pandas as pd

    told = list(dict.fromkeys(("session", *scope.held, scope.factor)))
    rows = scope.rows.assign(repetition=pd.to_numeric(scope.rows["repetition"], errors="coerce").astype(float))
    emg = rows[rows["kind"] == "emg"]
    told_apart = [*PLACE, SITE_MUSCLE, SITE_SIDE, "placement", *told]
    sites = emg.assign(doubtful=_doubtful(emg))[[*told_apart, "doubtful"]].drop_duplicates(told_apart)
    sites = sites.rename(columns={SITE_MUSCLE: "muscle", SITE_SIDE: "side"})
    repetitions = rows[[*PLACE, *told]].drop_duplicates()
    is_emg = curves["kind"].eq("emg")
    muscles = curves[is_emg].merge(sites, on=[*PLACE, "muscle", "side", "placement"], how="inner")
    others = curves[~is_emg].merge(repetitions, on=list(PLACE), how="inner")
    muscles = muscles.assign(unit=muscles["unit"].mask(muscles["doubtful"], _DOUBTFUL)).drop(columns="doubtful")
    parts = [part for part in (muscles, others) if len(part)]
    joined = pd.concat(parts, ignore_index=True) if parts else muscles
    return joined.rename(columns={scope.factor: "level"})


def _doubtful(emg: pd.DataFrame) -> pd.Series[bool]:
    """Say which rows are of a muscle and session whose reference a decision excludes."""
    reference = [emg[name] for name in ("participant", "session", SITE_MUSCLE, SITE_SIDE, "placement")]
    return true_cells(emg["value_excluded"]).groupby(reference).transform("any")


def chosen_curves(
    curves: pd.DataFrame, muscles: Sequence[str] | None, channels: Sequence[str], vocabulary: Vocabulary
) -> pd.DataFrame:
    """Return the curves of these muscles, then of these channels.

    Raises
    ------
    ComparisonError
        One of them has no curve in these trials, or nothing is asked for.
    """
    import pandas as pd

    emg, others = (curves[own] for own in (curves["kind"].eq("emg"), curves["kind"].ne("emg")))
    parts = [of_muscles(emg, muscles, vocabulary)]
    for channel in channels:
        require_measured(channel, (channel,), "channel", others, "muscle")
        parts.append(others[others["muscle"] == channel])
    parts = [part for part in parts if len(part)]
    if not parts:
        raise ComparisonError(
            "no curve belongs to these repetitions: name muscles or channels that were measured in them (trial and "
            "repetition number of a curve are those of the metrics table)"
        )
    return pd.concat(parts, ignore_index=True)


def only_phase(curves: pd.DataFrame, shares: pd.DataFrame, phase: str) -> pd.DataFrame:
    """Return the part of each curve that lies in a phase, stretched to 0 to 100 % of the phase.

    Parameters
    ----------
    shares : DataFrame
        See `emgpipe.comparison.waveforms.phases.phase_shares`.

    Raises
    ------
    ComparisonError
        It is not known where the phase lies in any of these repetitions.
    """
    if phase == WHOLE_REPETITION:
        return curves
    own = shares[shares["phase"] == phase].astype({"repetition": float})
    found = curves.merge(own[[*PLACE, "start", "stop"]], on=list(PLACE), how="inner")
    if found.empty:
        raise ComparisonError(
            f"it is not known where the phase '{phase}' lies in these repetitions; it follows from the durations of "
            "concentric, hold and eccentric, and from how the exercise begins (vocabulary)"
        )
    start, stop = (found[name].to_numpy(dtype=float) for name in ("start", "stop"))
    found[POINTS] = cut_curves(found[POINTS].to_numpy(dtype=float), start, stop)
    return found.drop(columns=["start", "stop"])
