"""YAML without surprises, and where each thing stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from emgpipe.config.nodes import follow, merge
from emgpipe.config.source import parse_source, read_source
from emgpipe.errors import ConfigError

HERE = Path("study.yaml")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("NO", "NO"),
        ("12:30", "12:30"), ("1:30:00", "1:30:00"), ("010", "010"), ("01", "01"), ("0x10", "0x10"), ("1_000", "1_000"),
        ("2024-05-03", "2024-05-03"), ("2024-05-03 10:00:00", "2024-05-03 10:00:00"), ("=", "="), ("<<", "<<"),
        ("1e-3", 0.001), ("1E3", 1000.0), (".5", 0.5), ("5.", 5.0), ("-3", -3), ("+3", 3), ("0", 0), ("0.25", 0.25),
        ("true", True), ("True", True), ("TRUE", True), ("false", False), ("tRUE", "tRUE"),
        ("null", None), ("~", None), ("", None), (".nan", ".nan"), (".inf", ".inf"), ("1,5", "1,5"),
        ('"12"', "12"), ("'true'", "true"), ("!!str 12", "12"), ("! 12", "12"), ("1" * 301, "1" * 301),
    ],
)  # fmt: skip
def test_scalars(written: str, value: object) -> None:
    given = parse_source(f"key: {written}\n", HERE).plain()
    assert given == {"key": value}
    assert type(value) is str or type(given["key"]) is type(value)


def test_escapes_as_json_writes_them() -> None:
    assert parse_source('a: "\\ud83e\\uddb5 \\u00e9"', HERE).plain() == {"a": "\U0001f9b5 \u00e9"}


def test_keys_are_always_text() -> None:
    assert parse_source("{1: a, no: b, 2024-05-03: c}", HERE).plain() == {"1": "a", "no": "b", "2024-05-03": "c"}


def test_positions_of_keys_and_values() -> None:
    root = parse_source("a: 1\nb:\n  - {c: x, d: [7, 8]}\n", HERE)
    node, way = follow(root, ("b", 0, "d", 1))
    assert (node.value, node.position.line, node.position.column) == (8, 3, 19)
    assert way == ("b", 0, "d", 1)
    assert root.keys["b"].line == 2
    inner, _ = follow(root, ("b", 0))
    assert (inner.keys["d"].line, inner.keys["d"].column) == (3, 12)


def test_way_leaves_out_what_the_file_does_not_have() -> None:
    root = parse_source("chain:\n  - {kind: rms, window: 1}\n", HERE)
    node, way = follow(root, ("chain", 0, "rms", "window"))
    assert (node.value, way) == (1, ("chain", 0, "window"))


@pytest.mark.parametrize(
    ("text", "place", "phrase"),
    [
        ("", (1, 1), "the file is empty"),
        ("# only a comment\n", (1, 1), "the file is empty"),
        ("- a\n- b\n", (1, 1), "a list"),
        ("just text\n", (1, 1), "a single value"),
        ("a: 1\nb: 2\na: 3\n", (3, 1), "'a' is given twice in the same place, first in line 1"),
        ("x: {a: 1, a: 2}\n", (1, 11), "'a' is given twice"),
        ("a:\n\tb: 1\n", (2, 1), "tab character"),
        ("a:\n  b: 1\n   c: 2\n", (3, 5), "indentation"),
        ("a: 1\n b: 2\n", (2, 3), "colon stands where none can"),
        ("a: [1, 2\nb: 3\n", (2, 2), "bracket"),
        ("a: 'open\n", (2, 1), "cannot be read as YAML"),
        ("a: &x 1\nb: *x\n", (1, 4), "anchors (&name) and aliases (*name) are not supported"),
        ("a: *x\n", (1, 4), "aliases"),
        ("a: !!python/object/apply:os.system [ls]\n", (1, 4), "tag !!python/object/apply:os.system is not supported"),
        ("a: !!int 3\n", (1, 4), "tag !!int is not supported"),
        ("a: 1\n---\nb: 2\n", (2, 1), "second document"),
        ("[a]: 1\n", (1, 1), "a key must be a plain word"),
        ("? {a: 1}\n: 2\n", (1, 3), "a key must be a plain word"),
        (": 1\n", (1, 1), "indentation"),
        ('"": 1\n', (1, 1), "a key must be a plain word"),
        ("a: \x07\n", (1, 4), "does not allow"),
        ('a: "x\\0"\n', (1, 4), "cannot be used"),
        ('a: "\\ud800"\n', (1, 4), "cannot be used"),
        ('"\\ud800": 1\n', (1, 1), "cannot be used"),
        ('a: "\\UFFFFFFFF"\n', (1, 1), "does not allow"),
        ("a: " + "[" * 60 + "]" * 60, (1, 44), "nested more than 40 deep"),
        ("name\nfoo: 1\n", (2, 4), "colon"),
    ],
)
def test_what_cannot_be_read(text: str, place: tuple[int, int], phrase: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_source(text, HERE)
    assert phrase in str(caught.value)
    assert (caught.value.line, caught.value.column) == place
    assert str(caught.value).startswith(f"study.yaml:{place[0]}:{place[1]}: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings(encoding: str, write) -> None:
    path = write("name: glüteus\n".encode(encoding))
    assert read_source(path).plain() == {"name": "glüteus"}


def test_windows_line_ends(write) -> None:
    root = read_source(write(b"a: 1\r\nb: x\r\n"))
    assert root.plain() == {"a": 1, "b": "x"}
    assert root.keys["b"].line == 2


def test_text_that_is_not_unicode(write) -> None:
    with pytest.raises(ConfigError, match="UTF-8") as caught:
        read_source(write("a: 1\ntitle: Gesäß\n".encode("cp1252")))
    assert (caught.value.line, caught.value.column) == (2, 11)


def test_backslashes_in_double_quotes(write) -> None:
    with pytest.raises(ConfigError, match="in a path write / instead of") as caught:
        read_source(write('a: 1\nfolder: "C:\\Users\\me"\n'))
    assert caught.value.line == 2


def test_missing_file_names_those_there(write) -> None:
    there = write("a: 1\n", "stduy.yaml")
    with pytest.raises(ConfigError, match=r"not found; did you mean 'stduy.yaml'\?"):
        read_source(there.with_name("study.yaml"))
    with pytest.raises(ConfigError, match="there is no folder"):
        read_source(there.parent / "nowhere" / "study.yaml")
    with pytest.raises(ConfigError, match="this is a folder"):
        read_source(there.parent)


def test_merging_keeps_positions_and_kinds_apart() -> None:
    base = parse_source("o: {kind: a, x: 1}\np: {q: 1, r: 2}\nl: [1, 2]\n", Path("lab.yaml"))
    over = parse_source("o: {kind: b, y: 2}\np: {r: 3}\nl: [9]\n", Path("study.yaml"))
    merged = merge(base, over)
    assert merged.plain() == {"o": {"kind": "b", "y": 2}, "p": {"q": 1, "r": 3}, "l": [9]}
    assert follow(merged, ("p", "q"))[0].position.path == Path("lab.yaml")
    assert follow(merged, ("p", "r"))[0].position.path == Path("study.yaml")
