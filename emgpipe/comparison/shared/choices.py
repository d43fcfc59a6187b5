"""Which outcomes a comparator is asked about: muscles by amplitude metrics, ratios of two muscles, other channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from emgpipe.comparison.base import Comparator
from emgpipe.comparison.shared.ratios import Ratio, ratio_rows, with_parts
from emgpipe.comparison.shared.sides import SITE_MUSCLE
from emgpipe.errors import ComparisonError, suggest
from emgpipe.model.tables import WHOLE_REPETITION

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.vocabulary import Vocabulary


class OutcomeComparator(Comparator):
    """Chooses outcomes: muscles by amplitude metrics, ratios of two muscles, and other channels."""

    metrics: tuple[str, ...] = Field(default=("mean", "peak"), min_length=1)
    """Amplitude metrics of muscles and ratios, each an outcome of its own."""
    muscles: tuple[str, ...] | None = None
    """Muscles; a muscle with parts stands for its parts. Left out, all; an empty list, none."""
    ratios: tuple[Ratio, ...] = ()
    """Ratios of two muscles, such as {of: gluteus_maximus, to: erector_spinae}."""
    channels: tuple[str, ...] = ()
    """Channels that are not EMG, such as lumbar_angle; compared by difference, not by ratio."""
    channel_metrics: tuple[str, ...] = Field(default=("lockout",), min_length=1)
    """Metrics of these channels: lockout, minimum, maximum, range."""
    phase: str = WHOLE_REPETITION
    """Take numbers of one phase only: concentric, hold, eccentric. Lock-out values belong to any."""

    def chosen(self, table: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
        """Return the rows of the outcomes asked for, muscle by muscle and metric by metric, then ratios, channels.

        Raises
        ------
        ComparisonError
            A muscle, metric or channel asked for was not measured, or nothing is asked for.
        """
        import pandas as pd

        emg = table[table["kind"] == "emg"]
        parts: list[pd.DataFrame] = []
        if self.muscles is None or self.muscles or self.ratios:
            self._require_emg(emg)
            own = of_muscles(emg, self.muscles, vocabulary)
            for metric in self.metrics:
                _require_amplitude(metric, emg)
            named = emg["metric"].isin(self.metrics)
            parts = [own[own["metric"].isin(self.metrics)], ratio_rows(emg[named], self.ratios, vocabulary)]
        parts = [*map(self._in_order, parts), *self._of_channels(table)]
        rows = pd.concat([part for part in parts if len(part)]) if any(map(len, parts)) else emg.iloc[:0]
        if rows.empty:
            raise ComparisonError("no outcome is left: name muscles, ratios or channels that were measured")
        return rows.reset_index(drop=True)

    def _require_emg(self, emg: pd.DataFrame) -> None:
        if emg.empty:
            where = "" if self.phase == WHOLE_REPETITION else f" in the phase '{self.phase}'"
            raise ComparisonError(f"no EMG was measured in these trials{where}; for channels alone write muscles: []")

    def _in_order(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Sort by site in order of appearance, then by metric in the order asked for; nothing else moves."""
        if rows.empty:
            return rows
        sites = rows.groupby(["muscle", "side", "placement"], sort=False).ngroup()
        metrics = rows["metric"].map({metric: i for i, metric in enumerate(dict.fromkeys(self.metrics))})
        return rows.iloc[np.lexsort((metrics, sites))]

    def _of_channels(self, table: pd.DataFrame) -> list[pd.DataFrame]:
        others = table[~table["kind"].isin({"emg", "time"})]
        found = []
        for channel in self.channels:
            require_measured(channel, (channel,), "channel", others, "muscle")
            for metric in self.channel_metrics:
                mine = others[others["muscle"] == channel]
                require_measured(metric, (metric,), "metric", mine)
                rows = mine[mine["metric"] == metric]
                found.append(rows.assign(amplitude=rows["value"], amplitude_unit=rows["unit"]))
        return found


def _require_amplitude(metric: str, emg: pd.DataFrame) -> None:
    require_measured(metric, (metric,), "metric", emg)
    if not emg.loc[emg["metric"] == metric, "amplitude"].notna().any():
        raise ComparisonError(f"metric '{metric}' has no amplitude in these trials, so nothing is compared by it")


def of_muscles(emg: pd.DataFrame, muscles: Sequence[str] | None, vocabulary: Vocabulary) -> pd.DataFrame:
    """Return the rows of these muscles and of their parts; None stands for all.

    Raises
    ------
    ComparisonError
        One of them was not measured.
    """
    if muscles is None:
        return emg
    # Where muscles are the levels, the site still says which muscle a number is of.
    column = SITE_MUSCLE if SITE_MUSCLE in emg.columns else "muscle"
    names: list[str] = []
    for muscle in muscles:
        mine = with_parts(muscle, vocabulary)
        require_measured(muscle, mine, "muscle", emg, column)
        names += mine
    return emg[emg[column].isin(names)]


def require_measured(given: str, names: Sequence[str], what: str, rows: pd.DataFrame, column: str = "") -> None:
    """Raise `ComparisonError` unless one of the names stands in the column of the rows."""
    there = sorted(set(rows[column or what]))
    if not set(names) & set(there):
        known = ", ".join(there) or "none"
        raise ComparisonError(
            f"{what} '{given}' was not measured in these trials{suggest(given, there) or '.'} There are: {known}"
        )
