"""How well repeated measurements agree: MVIC trials, repetitions, sessions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field, model_validator

from emgpipe.comparison.repeats.matrices import Repeats, repetition_repeats, session_repeats, sessions_of
from emgpipe.comparison.repeats.mvic import amplitude_units, muscles_of, mvic_repeats, with_texts
from emgpipe.comparison.repeats.tabulate import (
    RULE,
    WHAT,
    own_table,
    refused_words,
    reliability_sentence,
    reliability_table,
    squares_table,
)
from emgpipe.comparison.shared.choices import OutcomeComparator
from emgpipe.comparison.shared.levels import as_levels
from emgpipe.comparison.shared.places import places
from emgpipe.comparison.shared.refusals import reasons_words
from emgpipe.comparison.shared.rows import task_rows
from emgpipe.comparison.shared.sides import with_sites, working_side
from emgpipe.comparison.shared.wording import people
from emgpipe.errors import ComparisonError, suggest
from emgpipe.model import Comparison
from emgpipe.statistics.icc import reliability

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

    from emgpipe.comparison.repeats.tabulate import Found
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary

_TITLES: Final = {
    "mvic": "Reliability of MVIC trials",
    "repetitions": "Reliability of repetitions",
    "sessions": "Reliability between sessions",
}
_VALUES: Final = {
    "mvic": "the value each MVIC trial gives by the rule of the study file, in the order of the trials",
    "repetitions": "the first repetitions of each participant's first set in a condition, in their order",
    "sessions": "means of each session (repetitions within the trial, then trials), in the order of the sessions",
}


class Reliability(OutcomeComparator):
    """Measure how well MVIC trials, the repetitions of a set, or sessions agree.

    Intraclass correlations in six forms with F intervals (Shrout and Fleiss 1979; McGraw and Wong 1996), standard
    error of measurement, smallest detectable change and coefficient of variation. One exercise in one head position
    at a time; participants without all the values are left out and named.
    """

    kind: Literal["reliability"] = "reliability"
    of: Literal["mvic", "repetitions", "sessions"] = "mvic"
    """What is repeated: mvic (the MVIC trials of a muscle), repetitions (of one set) or sessions (normalized values
    of the same condition)."""
    at: dict[str, str] = Field(default_factory=dict)
    """Levels factors are held at, such as {exercise: back_squat}; left out, every condition for itself."""
    first: int | None = Field(default=None, ge=2)
    """Only the first so many trials, repetitions or sessions; left out, as many as everybody with two has (of
    sessions: all)."""
    position: str = ""
    """MVIC trials in this test position only; left out, all MVIC trials of a muscle."""
    session: str = ""
    """MVIC trials or repetitions of this session; left out, of each participant's first."""

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        """Refuse settings that would do nothing."""
        set_but_idle = {
            "mvic": {"at", "ratios", "channels", "metrics", "channel_metrics", "phase"},
            "repetitions": {"position"},
            "sessions": {"position", "session"},
        }[self.of] & self.model_fields_set
        if set_but_idle:
            raise ValueError(f"of: {self.of} does not use {', '.join(sorted(set_but_idle))}; remove it")
        return self

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison; see `Comparator.compare`."""
        basis: dict[str, str] = {}
        if self.of == "mvic":
            measured = list(self._of_mvic(tables, vocabulary, basis))
        else:
            measured = list(self._of_tasks(tables, vocabulary, basis))
        found: list[Found] = []
        sentences: list[str] = []
        lacking: list[tuple[Repeats, str]] = []
        for repeats in measured:
            if reason := self._too_few(repeats):
                lacking.append((repeats, reason))
                continue
            found.append((repeats, reliability(repeats.values)))
            sentences.append(reliability_sentence(*found[-1], self.of, vocabulary))
        refused = refused_words(lacking, [repeats for repeats, _ in found], vocabulary)
        if not found:
            raise ComparisonError(reasons_words(refused))
        basis |= {"not_compared": reasons_words(refused)} if refused else {}
        return (
            Comparison(
                kind=self.kind,
                title=_TITLES[self.of],
                table=reliability_table(found, self.of),
                cells=own_table(found),
                sentences=(*sentences, *(f"{text}." for text in refused)),
                basis=self._basis(found) | basis,
                tables={"mean_squares": squares_table(found)},
            ),
        )

    @classmethod
    def example(cls) -> Self:
        """Agreement of the repetitions."""
        return cls(of="repetitions")

    def describe(self) -> str:
        """Say in a few words what is compared."""
        return f"reliability of {self.of}"

    def _too_few(self, repeats: Repeats) -> str:
        if repeats.refusal:
            return repeats.refusal
        n, k = repeats.values.shape
        if n >= 2 and k >= 2:
            return ""
        what = WHAT[self.of]
        missing = f"; too few: {', '.join(repeats.left_out)}" if repeats.left_out else ""
        wanted = f"{max(self.first or 2, 2)} {what}s"
        return f"fewer than 2 participants have {wanted} of it{missing}"

    def _of_tasks(self, tables: StudyTables, vocabulary: Vocabulary, basis: dict[str, str]) -> Iterator[Repeats]:
        rows = task_rows(tables.metrics, self.phase)
        self._require_session(rows.table)
        basis["excluded"] = rows.excluded or "nothing"
        if self.of == "sessions":
            rows = as_levels(rows, "session")
            basis["scale"] = "normalized amplitudes, each session with its own reference, whose error is in the result"
        sides = working_side(with_sites(rows), "working", vocabulary)
        basis |= sides.basis(sides.rows.table)
        for place in places(sides.rows, self.at, vocabulary):
            chosen = self.chosen(place.rows, vocabulary)
            if place.averaged and self.of == "sessions":
                basis["averaged"] = f"{place.averaged} differ between trials of one condition; these are averaged"
            if self.of == "sessions":
                yield from session_repeats(chosen, place, self.first)
            else:
                yield from repetition_repeats(chosen, place, self.first, self.session)

    def _of_mvic(self, tables: StudyTables, vocabulary: Vocabulary, basis: dict[str, str]) -> Iterator[Repeats]:
        references = tables.references
        if len(references):
            references = references[references["unit"] == "%MVIC"]
        if references.empty:
            raise ComparisonError("there are no MVIC trials in the references table; normalize the study to MVIC")
        references = with_texts(references)
        self._require_session(references)
        references = references[references["muscle"].isin(muscles_of(references, self.muscles, vocabulary))]
        positions = sorted(set(references["position"]))
        if self.position:
            if self.position not in positions:
                raise ComparisonError(
                    f"no MVIC trial has position '{self.position}'{suggest(self.position, positions) or '.'} "
                    f"There are: {', '.join(positions)}"
                )
            references = references[references["position"] == self.position]
        elif len(positions) > 1:
            basis["positions"] = (
                f"trials in different test positions ({', '.join(positions)}) count as repeats of one measurement, so "
                "that what differs between positions counts as error; position: limits them to one"
            )
        basis["excluded"] = "MVIC trials that decisions or the rule left out are not in the references table"
        yield from mvic_repeats(references, self.first, self.session, amplitude_units(tables.metrics))

    def _require_session(self, rows: pd.DataFrame) -> None:
        names = sessions_of(rows)
        if self.session and self.session not in names:
            raise ComparisonError(
                f"there is no session '{self.session}'{suggest(self.session, names) or '.'} There are: "
                f"{', '.join(names)}"
            )

    def _basis(self, found: list[Found]) -> dict[str, str]:
        everybody = sorted({name for repeats, _ in found for name in repeats.participants})
        lost = dict.fromkeys(name for repeats, _ in found for name in repeats.left_out)
        basis = {
            "n": f"{people(len(everybody))}: {', '.join(everybody)}",
            "left_out": f"without all the values in some outcome: {', '.join(lost)}" if lost else "nobody",
            "values": _VALUES[self.of],
            "method": "intraclass correlations by analysis of variance of participants by "
            f"{WHAT[self.of]}s (Shrout and Fleiss 1979): ICC(1) one-way, ICC(2) two-way random, absolute agreement, "
            "ICC(3) two-way mixed, consistency; (,1) of one value, (,k) of the mean of k",
            "interval": "95 % by the F distribution (McGraw and Wong 1996), for ICC(2) with approximate degrees of "
            "freedom",
            "error": "standard error of measurement: square root of the within mean square (agreement) or of the "
            "error mean square (consistency); smallest detectable change = 1.96 x sqrt(2) x that",
            "assumptions": "equal error in all participants and normal values on the raw scale, not tested; an ICC "
            "also rises with the spread between the participants measured, so it does not carry over to others",
        }
        if self.of == "mvic":
            basis["rule"] = f"{RULE} is one laboratory's acceptance of MVIC trials (Edge Hill), not a standard"
        return basis
