"""The contract of a comparator: tables in, comparisons out.

To add a comparator: copy the file of one that resembles it, write `compare`, add one line to
`emgpipe.comparison.COMPARATORS`. One that compares conditions by outcomes starts from
`emgpipe.comparison.shared.conditions.ConditionComparator`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from pydantic import Field

from emgpipe.settings import Settings

if TYPE_CHECKING:
    from typing import Self

    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.model import Comparison
    from emgpipe.vocabulary import Vocabulary


class Comparator(Settings, ABC):
    """Answers questions from the tables of a run; reads nothing else, and never changes them."""

    name: str = Field(default="", max_length=60)
    """A name of your choice, to speak of this comparison elsewhere in the study file."""

    @abstractmethod
    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per question that can be answered from the tables.

        Parameters
        ----------
        tables : StudyTables
            The metrics, curves, references and participants tables.
        vocabulary : Vocabulary
            For the order of levels and for what they are called.

        Raises
        ------
        ComparisonError
            The question cannot be answered at all; says what is there and what to do.
        """

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return one that can answer about a study of exercises and head positions; contract tests start from it."""

    @abstractmethod
    def describe(self) -> str:
        """Say in a few words what is compared; opens the message of a failure."""
