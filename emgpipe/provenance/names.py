"""What the user calls a trial, a muscle or a metric -> what the results call it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.config.channels import names_of
from emgpipe.config.spelling import same_name
from emgpipe.errors import StoreError, VocabularyError, suggest
from emgpipe.labels import match_label
from emgpipe.model.tables import MAIN_VARIANT, WHOLE_REPETITION
from emgpipe.provenance.results import people_of
from emgpipe.vocabulary import VocabularyAdditions, load_vocabulary, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emgpipe.model import SessionResult, TrialResult
    from emgpipe.provenance.results import Results

Key = tuple[str, str, str]
"""Muscle (or the name of another channel), side, placement."""
_SHOWN: Final = 12
_NO_MUSCLE: Final = ("", "-", "none", "time")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which numbers are asked for; what is None is not limited."""

    participant: str
    trial: str
    muscle: str
    metric: str
    side: str | None = None
    placement: str | None = None
    phase: str | None = None
    repetition: int | None = None
    variant: str = MAIN_VARIANT


def find_trial(results: Results, asked: Asked) -> tuple[SessionResult, TrialResult]:
    """Return the trial that is meant by its id, by the end of it, by the name of a file, or by a part of it.

    Raises
    ------
    StoreError
        There is none, or there are several.
    """
    person = _person(results, asked.participant)
    own = [name for name in results.trials if name.startswith(f"{person}/")]
    wanted = asked.trial
    found = _by_name(own, person, wanted) or _by_content(results, own, wanted)
    if len(found) != 1:
        hint = "is called that by several trials" if found else "is none of the trials"
        near = "" if found else suggest(wanted, [part for name in own for part in _parts(_condition(name))])
        raise StoreError(f"'{wanted}' {hint} of {person}{near or '.'} Name one of: {_listed(found or own)}")
    session = results.session("/".join(found[0].split("/")[:2]))
    return session, next(one for one in session.trials if one.trial.id == found[0])


def _person(results: Results, wanted: str) -> str:
    """Return the participant that is meant, by what the results or the study file call it; letter case may differ."""
    people = sorted(people_of(results))
    called = results.code_of(wanted)
    exact = [name for name in people if same_name(name, wanted) or name == called]
    found = exact or [name for name in people if name.casefold() == wanted.casefold()]
    if exact or len(found) == 1:
        return found[0]
    hashed = (results.run["settings"].get("privacy") or {}).get("participants") == "hashed"
    hint = "; to ask by your own codes, name the study file with --study" if hashed else ""
    raise StoreError(
        f"there is no participant '{wanted}'{suggest(wanted, people) or '.'} "
        f"{results.folder} has: {_listed(people)}{hint}"
    )


def _by_content(results: Results, own: Sequence[str], wanted: str) -> list[str]:
    """Return the trials that have a file of that name, or else a part of whose id it is."""
    if "." in wanted or "_" in wanted:
        sessions = dict.fromkeys("/".join(name.split("/")[:2]) for name in own)
        stored = [one for name in sessions if name in results.run["sessions"] for one in results.session(name).trials]
        by_file = [one.trial.id for one in stored if wanted in names_of(one.trial)]
        if by_file:
            return by_file
    part = normalize(wanted)
    return [name for name in own if part and part in normalize(_condition(name))]


def _by_name(own: Sequence[str], person: str, wanted: str) -> list[str]:
    """Return the trials whose id, or the end of it, is what is asked for."""
    for short in (str, lambda name: name.removeprefix(f"{person}/"), _condition):
        found = [name for name in own if short(name) == wanted]
        if found:
            return found
    return []


def _parts(condition: str) -> tuple[str, ...]:
    """Return a name of a trial and what it consists of: somebody who misspells it writes one of these."""
    return (condition, *condition.split("."), *re.split(r"[._]", condition))


def _condition(trial: str) -> str:
    """Return the last part of a trial's id: what was done, and which time."""
    return trial.split("/", 2)[-1]


def find_key(results: Results, asked: Asked, trial: TrialResult, rows: Sequence[dict[str, str]]) -> Key:
    """Return the place that is meant by a muscle, one of its names in the vocabulary, or the label of a channel.

    Raises
    ------
    StoreError
        There is none, or there are several; says which there are.
    """
    there = list(dict.fromkeys((row["muscle"], row["side"], row["placement"]) for row in rows))
    timed = [row for row in rows if not row["muscle"] and row["metric"] == asked.metric]
    if timed or normalize(asked.muscle) in _NO_MUSCLE:
        return "", "", ""
    meant = _meant(results, asked.muscle, trial, there)
    chosen = [key for key in meant if asked.side in (None, "", key[1]) and asked.placement in (None, "", key[2])]
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        raise StoreError(
            f"'{asked.muscle}' can be {_listed(map(key_words, chosen))}; name one of them, with --side or --placement "
            "where the muscle is the same"
        )
    near = suggest(asked.muscle, [*(name for name, _, _ in there), *(one.label for one in trial.channels)])
    known = _listed(key_words(key) for key in there if key[0])
    raise StoreError(
        f"trial {trial.trial.id} has no numbers of '{asked.muscle}'{(not meant and near) or '.'} It has: {known}"
    )


def _meant(results: Results, text: str, trial: TrialResult, there: Sequence[Key]) -> list[Key]:
    exact = [key for key in there if normalize(text) in (normalize(key[0]), normalize(key_words(key)))]
    if exact:
        return exact
    place = match_label([text], [one.label for one in trial.channels])
    if place is not None:
        channel = trial.channels[place]
        return [key for key in there if key == (channel.name, channel.side, channel.placement)]
    vocabulary = load_vocabulary(VocabularyAdditions.model_validate(results.run["settings"].get("vocabulary") or {}))
    try:
        parts = vocabulary.parts(vocabulary.muscle(text).id)
    except VocabularyError:
        return [key for key in there if normalize(text) in normalize(key[0])]
    return [key for key in there if key[0] in parts]


def find_rows(asked: Asked, key: Key, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows of a trial's metrics that are asked for.

    Raises
    ------
    StoreError
        There are none; says what there is.
    """
    own = [row for row in rows if (row["muscle"], row["side"], row["placement"]) == key]
    metrics = list(dict.fromkeys(row["metric"] for row in own))
    name = next((one for one in metrics if normalize(one) == normalize(asked.metric)), None)
    if name is None:
        raise StoreError(
            f"there is no '{asked.metric}' of {key_words(key)}{suggest(asked.metric, metrics) or '.'} "
            f"There is: {_listed(metrics)}"
        )
    wanted = {
        "metric": name,
        "variant": asked.variant,
        "phase": WHOLE_REPETITION if asked.phase == "whole" else asked.phase,  # as the path calls it
        "repetition": None if asked.repetition is None else str(asked.repetition),
    }
    for column, value in wanted.items():
        values = list(dict.fromkeys(row[column] for row in own))
        own = [row for row in own if value in (None, row[column])]
        if not own:
            raise StoreError(
                f"there is no {column} '{value}'{suggest(str(value), values) or '.'} There is: {_listed(values)}"
            )
    return own


def key_words(key: Key) -> str:
    """Return a place in words, such as ``gluteus_maximus_lower right``."""
    return " ".join(part for part in key if part) or "the time"


def _listed(names: Iterable[str]) -> str:
    shown = list(dict.fromkeys(names))
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return (", ".join(shown[:_SHOWN]) or "nothing") + more
