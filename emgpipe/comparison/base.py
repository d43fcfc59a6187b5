"""The contract of a comparator: tables in, comparisons out.

To add a comparator: copy the file of one that resembles it, write `compare`, add one line to
`emgpipe.comparison.COMPARATORS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from emgpipe.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.model import Comparison
    from emgpipe.vocabulary import Vocabulary


class Comparator(Settings, ABC):
    """Compares conditions; reads the metrics table and nothing else, and never changes it."""

    @abstractmethod
    def compare(self, metrics: pd.DataFrame, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per question that can be answered from the table.

        Parameters
        ----------
        metrics : DataFrame
            One row per number, as in `emgpipe.model.tables`.
        vocabulary : Vocabulary
            For the order of levels and for what they are called.

        Raises
        ------
        ComparisonError
            The question cannot be answered at all; says what is there and what to do.
        """

    @abstractmethod
    def describe(self) -> str:
        """Say in a few words what is compared; opens the message of a failure."""
