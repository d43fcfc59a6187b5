"""Build the vocabulary from its YAML files and a study's additions, and refuse contradictions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from emgpipe.errors import VocabularyError, suggest
from emgpipe.vocabulary.entries import Entry, Exercise, HeadPosition, Muscle, VocabularyAdditions
from emgpipe.vocabulary.label_letters import make_letters
from emgpipe.vocabulary.lookup import NameIndex, Vocabulary, normalize

if TYPE_CHECKING:
    from yaml import CSafeLoader, SafeLoader

AnyEntry = TypeVar("AnyEntry", bound=Entry)


def load_vocabulary(additions: VocabularyAdditions | None = None) -> Vocabulary:
    """Return the built-in vocabulary, with a study's own entries where given.

    Raises
    ------
    VocabularyError
        An addition has an id or a name that is taken, or refers to an entry that does not exist.
    """
    if additions is None or additions == VocabularyAdditions():
        return _built_in()
    base = _built_in()
    return _assemble(
        [*base.muscles.values(), *additions.muscles],
        [*base.exercises.values(), *additions.exercises],
        _placed(list(base.head_positions.values()), additions.head_positions),
        additions,
    )


@cache
def _built_in() -> Vocabulary:
    muscles, exercises, positions = (_file(name)["entries"] for name in ("muscles", "exercises", "head_positions"))
    return _assemble(
        [Muscle.model_validate(entry) for entry in muscles],
        [Exercise.model_validate(entry) for entry in exercises],
        [HeadPosition.model_validate(entry) for entry in positions],
        VocabularyAdditions(),
    )


@cache
def _file(name: str) -> Mapping[str, Any]:
    import yaml

    loader: type[CSafeLoader | SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = resources.files("emgpipe.vocabulary").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    content: Mapping[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, the fast one if built
    return content


def _assemble(
    muscles: Sequence[Muscle],
    exercises: Sequence[Exercise],
    positions: Sequence[HeadPosition],
    additions: VocabularyAdditions,
) -> Vocabulary:
    muscle_names = _index("muscle", "muscles", muscles, additions.muscles)
    vocabulary = Vocabulary(
        muscles={entry.id: entry for entry in muscles},
        exercises={entry.id: entry for entry in exercises},
        head_positions={entry.id: entry for entry in positions},
        muscle_names=muscle_names,
        exercise_names=_index("exercise", "exercises", exercises, additions.exercises),
        head_position_names=_index("head position", "head_positions", positions, additions.head_positions),
        label_letters=make_letters(_file("label_letters"), muscle_names),
    )
    _check_parts(vocabulary.muscles)
    return vocabulary


def _index(kind: str, section: str, entries: Sequence[Entry], added: Sequence[Entry]) -> NameIndex:
    ids: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise VocabularyError(f"{kind} '{entry.id}' is in the vocabulary already; give the new one another id")
        seen.add(entry.id)
        for name in _names(entry):
            owner = ids.setdefault(normalize(name), (entry.id,))[0]
            if owner != entry.id:
                raise VocabularyError(
                    f"{kind} '{entry.id}': the name '{name}' already stands for '{owner}'; leave it out or change it"
                )
    claimed = {normalize(name) for entry in added for name in _names(entry)}
    for name, meanings in _file(section)["ambiguous"].items():
        # A laboratory that says which one it means by an ambiguous name has settled it for its study.
        if normalize(name) not in claimed:
            ids[normalize(name)] = tuple(meanings)
    weak = {normalize(name) for name in _file(section).get("not_guessed", ())}
    return NameIndex(kind, section, ids, frozenset(weak - claimed))


def _names(entry: Entry) -> Iterable[str]:
    return (entry.id, entry.name, *entry.synonyms)


def _check_parts(muscles: Mapping[str, Muscle]) -> None:
    for muscle in muscles.values():
        for other in (muscle.part_of, *muscle.neighbors):
            if other is not None and other not in muscles:
                raise VocabularyError(
                    f"muscle '{muscle.id}' refers to '{other}', which is not in the vocabulary{suggest(other, muscles)}"
                )
        above, chain = muscle.part_of, [muscle.id]
        while above is not None:
            if above in chain:
                raise VocabularyError(f"muscle '{above}' would be a part of itself: {' -> '.join([*chain, above])}")
            chain.append(above)
            above = muscles[above].part_of if above in muscles else None


def _placed(positions: list[HeadPosition], added: Sequence[HeadPosition]) -> list[HeadPosition]:
    ordered = list(positions)
    for position in added:
        ids = [entry.id for entry in ordered]
        if position.after is None:
            ordered.append(position)
        elif position.after in ids:
            ordered.insert(ids.index(position.after) + 1, position)
        else:
            raise VocabularyError(
                f"head position '{position.id}': after: '{position.after}' is not a head position"
                f"{suggest(position.after, ids)} Known: {', '.join(ids)}"
            )
    return ordered
