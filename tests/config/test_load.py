"""A right study file: defaults, paths, extends, schema, and no text that crashes the loader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emgpipe.chain import DEFAULT_CHAIN
from emgpipe.config import Study, load_study, study_schema, study_sources
from emgpipe.config.source import read_source
from emgpipe.errors import ConfigError
from emgpipe.normalization import Mvic

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


def test_defaults(good: str, write) -> None:
    path = write(good)
    study = load_study(path)
    assert study.chain == DEFAULT_CHAIN
    assert study.normalization == Mvic()
    assert study.recordings.folder == path.parent / "raw"
    assert study.results_folder == path.parent / "processed" / "small"
    assert [channel.side for channel in study.channels] == ["right", ""]
    assert study.channels[1].label == ("B", "b")
    assert getattr(study.detector_for("back_squat"), "channel", None) == "hip_angle"


def test_names_become_ids(good: str, write) -> None:
    text = good.replace("gluteus_maximus_upper", "Upper gluteus maximus")
    text += "chain: [{kind: bandpass, muscles: [gluteus_maximus]}, {kind: rms}]\n"
    text += "comparisons: [{kind: ranking, factor: head_position, at: {exercise: Back squat}}]\n"
    study = load_study(write(text))
    assert study.channels[0].muscle == "gluteus_maximus_upper"
    assert study.chain[0].muscles == ("gluteus_maximus_upper",)
    assert study.comparisons[0].at == {"exercise": "back_squat"}


def test_numbers_where_text_is_meant(good: str, write) -> None:
    text = good + "overrides: [{participant: 5, session: 2, reason: x, channels: [{label: 7, use: false}]}]\n"
    override = load_study(write(text)).overrides[0]
    assert (override.participant, override.session, override.channels[0].label) == ("5", "2", ("7",))


def test_detector_per_exercise(good: str, write) -> None:
    rules = "[{exercises: [back_squat], detector: {kind: whole}}, {detector: {kind: angle, channel: hip_angle}}]"
    study = load_study(write(good.replace("{kind: angle, channel: hip_angle}", rules)))
    assert [study.detector_for(name).kind for name in ("back_squat", "walking")] == ["whole", "angle"]


def test_added_vocabulary(good: str, write) -> None:
    text = good.replace("gluteus_maximus_upper", "my_muscle")
    text += "vocabulary: {muscles: [{id: my_muscle, name: Mine}]}\n"
    assert load_study(write(text)).channels[0].muscle == "my_muscle"


def test_extends(good: str, write) -> None:
    write("output: {folder: results, envelope_rate: 100}\nmetrics: [mean]\n", "shared/base.yaml")
    lab = write("extends: base.yaml\ntitle: lab\nmetrics: [mean, peak]\n", "shared/lab.yaml")
    path = write(good + "extends: shared/lab.yaml\noutput: {envelope_rate: 50}\n")
    study = load_study(path)
    assert study.output.folder == lab.parent / "results"  # relative to the file that says it
    assert study.output.envelope_rate == 50
    assert [metric.kind for metric in study.metrics] == ["mean", "peak"]
    assert study.title == "lab"
    assert [source.name for source in study_sources(path)] == ["study.yaml", "lab.yaml", "base.yaml"]


def test_mistake_in_the_extended_file_is_told_there(good: str, write) -> None:
    lab = write("title: lab\noutput: {envelope_rate: fast}\n", "lab.yaml")
    with pytest.raises(ConfigError, match="envelope_rate: must be a number") as caught:
        load_study(write(good + "extends: lab.yaml\n"))
    assert (caught.value.path, caught.value.line, caught.value.column) == (lab, 2, 25)


def test_extends_in_a_circle(good: str, write) -> None:
    write("extends: study.yaml\n", "lab.yaml")
    with pytest.raises(ConfigError, match="goes round in a circle") as caught:
        load_study(write(good + "extends: lab.yaml\n"))
    assert (caught.value.line, caught.value.column) == (1, 10)
    with pytest.raises(ConfigError, match="circle"):
        load_study(write(good + "extends: study.yaml\n"))


def test_extends_an_impossible_name(good: str, write) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_study(write(good + f"extends: {'x' * 300}\n"))


def test_extends_nothing(good: str, write) -> None:
    with pytest.raises(ConfigError, match="there is no such file") as caught:
        load_study(write(good + "extends: lab.yml\n"))
    assert (caught.value.line, caught.value.column) == (10, 10)


@pytest.mark.parametrize("name", ["exercise_comparison", "neck_position"])
def test_shipped_configs_load_and_fit_the_schema(name: str) -> None:
    path = CONFIGS / f"{name}.yaml"
    study = load_study(path)
    assert study.name == name
    assert study.recordings.folder.resolve() == CONFIGS.parent / "raw" / "demo"
    schema = study_schema()
    for source in study_sources(path):
        assert list(_misfits(read_source(source).plain(), schema, schema)) == []


def test_schema_is_for_editors() -> None:
    schema = study_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["required"]) == {"name", "recordings", "channels"}
    assert schema["additionalProperties"] is False
    undescribed = [name for name, entry in schema["properties"].items() if "description" not in entry]
    assert undescribed == []
    assert list(_misfits({"chain": [{"kind": "bandpass", "hihg": 3}]}, schema, schema)) == ["hihg"]
    both_forms = {"channels": [{"label": "A"}, {"label": ["A", "B"]}], "metrics": ["mean", {"kind": "peak"}]}
    assert list(_misfits(both_forms, schema, schema)) == []


def _misfits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """Return the keys and values a JSON Schema does not allow; as much of the standard as study files need."""
    if "$ref" in schema:
        return _misfits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    options = schema.get("anyOf", []) + schema.get("oneOf", [])
    if options:
        kind = value.get("kind") if isinstance(value, dict) else None
        mapping = schema.get("discriminator", {}).get("mapping", {})
        if kind in mapping:
            return _misfits(value, {"$ref": mapping[kind]}, root)
        return min((_misfits(value, option, root) for option in options), key=len)
    if "const" in schema or "enum" in schema:
        return [] if value in schema.get("enum", [schema.get("const")]) else [str(value)]
    return _misfits_by_type(value, schema, root)


def _misfits_by_type(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    types = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int, "boolean": bool}
    if schema.get("type") == "null" or not isinstance(value, types.get(schema.get("type", ""), object)):
        return [str(value)]
    if isinstance(value, list):
        inside = schema.get("items", {})
        return [misfit for item in value for misfit in _misfits(item, inside, root)]
    if isinstance(value, dict):
        known, further = schema.get("properties", {}), schema.get("additionalProperties", {})
        unknown = [key for key in value if key not in known and further is False]
        return unknown + [m for key, item in value.items() if key in known for m in _misfits(item, known[key], root)]
    return []


_WORDS = st.sampled_from(
    ["name", "recordings", "channels", "chain", "kind", "rms", "window", ": ",
     "\n", "  ", "- ", "[", "]", "{", "}", "'",
     '"', "&a ", "*a", "!!str ", "|", ">", "1e999", "010", "\t", "~", "é", "\x00",
     "extends: study.yaml", "?", "%YAML 9.9"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=80), st.lists(_WORDS, max_size=25).map("".join)), after=st.booleans())
def test_any_text_is_a_study_or_an_error_in_words(text: str, *, after: bool, good: str, write) -> None:
    path = write((good + text if after else text).encode("utf-8", errors="surrogatepass"))
    try:
        assert isinstance(load_study(path), Study)
    except ConfigError as error:
        assert str(path) in str(error)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    section=st.sampled_from(sorted(Study.model_fields)),
    value=st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["kind", "label", "muscle", "folder", "files", "x"]), inner, max_size=3),
        ),
        max_leaves=8,
    ),
)
def test_any_value_anywhere_is_a_study_or_an_error_in_words(section: str, value: object, good: str, write) -> None:
    import json

    import yaml

    data = {**yaml.safe_load(good), section: value}
    path = write(json.dumps(data))
    try:
        assert isinstance(load_study(path), Study)
    except ConfigError as error:
        assert str(path.parent) in str(error)
