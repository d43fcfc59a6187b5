"""The built-in data are sound, quick to load, and can be added to without contradictions."""

from __future__ import annotations

import time

import pytest
import yaml
from pydantic import ValidationError

from emgpipe.errors import VocabularyError
from emgpipe.vocabulary import Vocabulary, VocabularyAdditions, load_vocabulary
from emgpipe.vocabulary.load import _built_in, _file


def added(**sections: list[dict]) -> Vocabulary:
    return load_vocabulary(VocabularyAdditions.model_validate(sections))


def test_ids_the_package_relies_on_are_there():
    words = load_vocabulary()
    assert {
        "gluteus_maximus", "gluteus_maximus_upper", "gluteus_maximus_lower", "gluteus_medius", "biceps_femoris",
        "semitendinosus", "vastus_lateralis", "vastus_medialis", "rectus_femoris", "erector_spinae",
        "erector_spinae_longissimus", "erector_spinae_iliocostalis", "multifidus", "tibialis_anterior",
        "peroneus_longus", "gastrocnemius_medialis", "gastrocnemius_lateralis", "soleus", "tensor_fasciae_latae",
        "adductor", "rectus_abdominis", "external_oblique", "trapezius_upper", "trapezius_middle", "trapezius_lower",
        "deltoid_anterior", "deltoid_middle", "deltoid_posterior", "biceps_brachii", "triceps_brachii",
        "latissimus_dorsi", "sternocleidomastoid",
    } <= set(words.muscles)  # fmt: skip
    assert words.exercises["back_squat"].start_phase == "eccentric"
    assert words.exercises["barbell_hip_thrust"].start_phase == "concentric"
    assert words.exercises["table_top_hold"].contraction == "isometric"


def test_a_placement_says_where_it_is_from():
    muscles = load_vocabulary().muscles.values()
    assert all(bool(muscle.placement) == bool(muscle.placement_source) for muscle in muscles)
    assert load_vocabulary().muscles["piriformis"].placement == ""


def test_neighbors_and_wholes_exist():
    muscles = load_vocabulary().muscles
    named = {other for muscle in muscles.values() for other in (*muscle.neighbors, muscle.part_of) if other}
    assert named <= set(muscles)


@pytest.mark.parametrize("section", ["muscles", "exercises", "head_positions"])
def test_ambiguous_names_mean_known_entries_and_several(section):
    entries = getattr(load_vocabulary(), section)
    for name, meanings in _file(section)["ambiguous"].items():
        assert set(meanings) <= set(entries), name
        assert len(meanings) > 1, name


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without its C parser")
def test_loading_is_quick():
    best = 1.0
    for _ in range(5):
        _built_in.cache_clear()
        _file.cache_clear()
        started = time.perf_counter()
        load_vocabulary()
        best = min(best, time.perf_counter() - started)
    assert best < 0.05
    assert load_vocabulary() is load_vocabulary(VocabularyAdditions())


def test_additions_are_found_by_all_their_names():
    words = added(muscles=[{"id": "popliteus", "synonyms": ["pop"]}], exercises=[{"id": "nordic_curl"}])
    assert words.muscle("POP").name == "popliteus"
    assert words.exercise("Nordic curls").title == "Nordic curl"
    with pytest.raises(VocabularyError):
        load_vocabulary().muscle("pop")


def test_an_added_part_counts_for_its_whole():
    words = added(muscles=[{"id": "gluteus_maximus_middle", "part_of": "gluteus_maximus"}])
    assert "gluteus_maximus_middle" in words.parts("gluteus_maximus")


def test_a_laboratory_can_settle_an_ambiguous_name():
    words = added(muscles=[{"id": "gluteus_maximus_sacral", "synonyms": ["GM"]}])
    assert words.muscle("gm").id == "gluteus_maximus_sacral"


def test_an_added_head_position_takes_its_place_in_the_order():
    words = added(head_positions=[{"id": "slight_extension", "after": "hyperextension"}, {"id": "retraction"}])
    assert list(words.head_positions)[:3] == ["hyperextension", "slight_extension", "neutral"]
    assert list(words.head_positions)[-1] == "retraction"


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"muscles": [{"id": "soleus"}]}, "'soleus' is in the vocabulary already"),
        ({"muscles": [{"id": "new", "synonyms": ["V-L"]}]}, "the name 'V-L' already stands for 'vastus_lateralis'"),
        ({"muscles": [{"id": "new", "part_of": "soleux"}]}, "refers to 'soleux'.*did you mean 'soleus'"),
        ({"muscles": [{"id": "new", "part_of": "new"}]}, "part of itself"),
        ({"exercises": [{"id": "a_b"}, {"id": "ab"}]}, "already stands for 'a_b'"),
        ({"head_positions": [{"id": "new", "after": "neutrl"}]}, "did you mean 'neutral'"),
    ],
)
def test_contradictions_are_refused(sections, message):
    with pytest.raises(VocabularyError, match=message):
        added(**sections)


@pytest.mark.parametrize(
    "entry", [{"id": "Not An Id"}, {"id": "x", "laterality": "both"}, {"id": "x", "unknown": 1}, {}, {"id": None}]
)
def test_entries_are_checked(entry):
    with pytest.raises(ValidationError):
        VocabularyAdditions.model_validate({"exercises": [entry]})
