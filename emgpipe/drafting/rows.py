"""Names -> rows of a trials table: all names at once, so that what is constant is told from what varies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.drafting.names import NameParts, explicit_parts, with_last_number, with_vocabulary
from emgpipe.drafting.new_exercises import with_new_exercises
from emgpipe.drafting.people import with_codes, with_people
from emgpipe.drafting.words import SAYS_NOTHING

if TYPE_CHECKING:
    from emgpipe.vocabulary import Vocabulary

CONDITION_COLUMNS = ("participant", "session", "role", "target", "position", "exercise", "head_position",
                     "working_side", "load", "load_basis", "variant", "trial")  # fmt: skip
NOT_INCLUDED = ("no", "n", "nein", "false", "falsch", "0", "non", "faux", "falso")
SHOWN = ("participant", "session", "role", "muscle", "exercise", "head_position", "working_side", "load", "trial")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the drafted trials table.

    Attributes
    ----------
    fields : mapping of str to str
        Column -> text.
    doubts : tuple of str
        What a person should look at.
    understood : str
        What was read from the name, in words.
    missing : str
        Why the row cannot be a trial yet; it is left out of the run until somebody fills it in.
    one_repetition : bool
        The name counts repetitions, so that the file may hold one of them.
    is_new : bool
        The exercise is not in the vocabulary and is added to it by the study file.
    """

    fields: Mapping[str, str]
    doubts: tuple[str, ...] = ()
    understood: str = ""
    missing: str = ""
    one_repetition: bool = False
    is_new: bool = False

    @property
    def role(self) -> str:
        """What the trial is for; empty where it is not known."""
        return self.fields.get("role", "")

    @property
    def is_included(self) -> bool:
        """Whether it takes part in the run."""
        return not self.missing and self.fields.get("include", "yes").casefold() not in NOT_INCLUDED


def offsets_open(rows: Sequence[Row]) -> int:
    """Return how many rows have a second file whose clock is not known."""
    return sum(
        any(column.startswith("file_") and column.replace("file", "offset") not in row.fields for column in row.fields)
        for row in rows
        if row.is_included
    )


def rows_from_names(names: Sequence[str], vocabulary: Vocabulary) -> list[Row]:
    """Return one row per name, in the same order.

    Parameters
    ----------
    names : sequence of str
        Relative to the folder of the recordings, with ``/``.
    vocabulary : Vocabulary
    """
    if not names:
        return []
    parts = with_codes([explicit_parts(name) for name in names], vocabulary)
    parts = [with_vocabulary(with_last_number(one), vocabulary) for one in parts]
    parts = _sessions_by_date(with_people(parts))
    parts = _without_constants(parts)
    rows = with_new_exercises([_row(one) for one in parts], parts, vocabulary)
    return _told_apart(_with_conditions(rows, parts))


def _without_constants(names: Sequence[NameParts]) -> list[NameParts]:
    """Drop the words that stand in every name, and those that say nothing."""
    everywhere = set.intersection(*(set(parts.rest) for parts in names)) if len(names) > 2 else set()
    return [parts.without([word for word in parts.rest if word in everywhere | SAYS_NOTHING]) for parts in names]


def _sessions_by_date(names: Sequence[NameParts]) -> list[NameParts]:
    """Take dates for sessions where a participant has several."""
    dates: dict[str, set[str]] = defaultdict(set)
    for parts in names:
        if "date" in parts.fields and "session" not in parts.fields:
            dates[parts.fields.get("participant", "")].add(parts.fields["date"])
    several = {who for who, found in dates.items() if len(found) > 1}
    return [
        parts.having("session", parts.fields["date"], parts.fields["date"]).doubting("each date is taken as a session")
        if parts.fields.get("participant", "") in several and "date" in parts.fields
        else parts
        for parts in names
    ]


def _row(parts: NameParts) -> Row:
    fields = {name: text for name, text in parts.fields.items() if name in CONDITION_COLUMNS}
    role = fields.get("role") or ("task" if "exercise" in fields else "")
    doubts = list(parts.doubts)
    if role == "mvic":
        fields = _without(fields, ("exercise", "head_position"))
        fields["target"] = " + ".join(parts.muscles)
        words = [token.word for token in parts.tokens if _is_position(token.kind)]
        fields["position"] = "_".join(words) if parts.muscles else ""
    elif role in ("rest", "calibration"):
        fields = _without(fields, ("exercise", "head_position"))
    fields = {"session": "1", **fields, "role": role, "file": parts.name}
    missing = _missing(fields, role)
    if missing and parts.rest:
        doubts.append(f"not understood in the name: '{' '.join(parts.rest)}'")
    if not _fits_a_cell(parts.name):
        missing = "the file's name holds characters or spaces that a table cannot hold: rename the file"
    one_repetition = "one_repetition" in parts.fields
    return Row({k: v for k, v in fields.items() if v}, tuple(doubts), _understood(parts, role), missing, one_repetition)


def _fits_a_cell(name: str) -> bool:
    return " ".join(name.split()) == name and name.encode("utf-8", "replace").decode() == name and "\\" not in name


def _is_position(kind: str) -> bool:
    return kind in ("", "exercise", "head_position")


def _without(fields: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if name not in columns}


def _missing(fields: Mapping[str, str], role: str) -> str:
    if not role:
        return "neither an exercise nor mvic, rest or calibration is recognized in the name: fill in role and exercise"
    if role == "mvic" and not fields.get("target"):
        return "the name does not say which muscle this MVIC is for: fill in target"
    if role == "task" and not fields.get("exercise"):
        return "the name does not say which exercise it is: fill in exercise"
    return "" if fields.get("participant") else "the name does not say who it is: fill in participant"


def _understood(parts: NameParts, role: str) -> str:
    skipped = () if role == "task" else ("exercise", "head_position")
    said = [
        f"{'target' if column == 'muscle' else column.replace('_', ' ')} from '{parts.evidence[column]}'"
        for column in SHOWN
        if parts.evidence.get(column) and column not in skipped and not (column == "muscle" and role != "mvic")
    ]
    return ", ".join(said)


def _with_conditions(rows: Sequence[Row], names: Sequence[NameParts]) -> list[Row]:
    """Take unexplained words that vary over the task trials, and come more than once, for a further factor."""
    words = {place: " ".join(parts.rest) for place, parts in enumerate(names) if _is_task(rows[place])}
    levels = {place: " ".join(word for word in text.split() if not word.isdigit()) for place, text in words.items()}
    counts = Counter(levels.values())
    is_factor = len(counts) > 1 and all(count > 1 for level, count in counts.items() if level)
    made = []
    for place, row in enumerate(rows):
        level = levels.get(place, "")
        rest = " ".join(names[place].rest)
        if level and is_factor:
            doubt = f"'{level}' is not in the vocabulary and is taken as a further factor, variant"
            made.append(replace(row, fields={**row.fields, "variant": level}, doubts=(*row.doubts, doubt)))
        elif rest and row.role != "mvic" and not row.missing:
            made.append(replace(row, doubts=(*row.doubts, f"not understood in the name: '{rest}'")))
        else:
            made.append(row)
    return made


def _is_task(row: Row) -> bool:
    return row.role == "task" and not row.missing


def _told_apart(rows: Sequence[Row]) -> list[Row]:
    """Leave the number of trials open that would have the same name; they are then counted in their order."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if not row.missing:
            groups[tuple(row.fields.get(column, "") for column in CONDITION_COLUMNS)].append(place)
    result = list(rows)
    for same in (group for group in groups.values() if len(group) > 1):
        for place in same:
            other = rows[next(one for one in same if one != place)].fields["file"]
            doubt = f"understood like '{other}': counted as trials in the order of their names; what differs?"
            fields = _without(rows[place].fields, ("trial",))
            result[place] = replace(rows[place], fields=fields, doubts=(*rows[place].doubts, doubt))
    return result
