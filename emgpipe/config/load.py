"""Study file -> `Study`, or one error with everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from emgpipe.config.checks import check_study
from emgpipe.config.literal import text_faults
from emgpipe.config.nodes import Node, merge
from emgpipe.config.problems import Fault, faults_of, raise_faults
from emgpipe.config.resolve import resolve_study
from emgpipe.config.source import read_source
from emgpipe.config.study import Study
from emgpipe.errors import ConfigError, EmgpipeError
from emgpipe.metrics import METRIC_NAMES
from emgpipe.vocabulary import load_vocabulary

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def load_study(path: str | Path) -> Study:
    """Read a study file, with the files it extends, and check all of it.

    Parameters
    ----------
    path : str or Path
        The study file (YAML). Relative paths in it become relative to its folder.

    Returns
    -------
    Study
        With defaults filled in and muscles, exercises and head positions by their ids in the vocabulary.

    Raises
    ------
    ConfigError
        The file cannot be read, or (`StudyFileError`) lists everything that is wrong, each with file, line and
        column. Whether the sections fit together is looked at once each of them is right in itself.
    """
    file = Path(path)
    root = _with_base(file, ())
    study = _validated(root, file)
    try:
        vocabulary = load_vocabulary(study.vocabulary)
    except EmgpipeError as error:
        raise_faults(root, [Fault(("vocabulary",), str(error))])
        raise
    resolved, unknown = resolve_study(study, vocabulary)
    raise_faults(root, [*text_faults(root, study), *unknown, *check_study(resolved)])
    return resolved


def study_sources(path: str | Path) -> tuple[Path, ...]:
    """Return the study file and the files it extends, itself first.

    Raises
    ------
    ConfigError
        One of them cannot be read.
    """
    file, seen = Path(path), [Path(path)]
    _with_base(file, ())
    while isinstance(name := getattr(read_source(file).child("extends"), "value", None), str):
        file = file.parent / name
        seen.append(file)
    return tuple(seen)


def study_schema() -> dict[str, Any]:
    """Return the JSON Schema of study files (draft 2020-12), for editors that check and complete while typing."""
    schema = Study.model_json_schema(mode="validation")
    metrics = schema["properties"]["metrics"]
    metrics["items"] = {"anyOf": [{"enum": list(METRIC_NAMES)}, metrics["items"]]}  # a name alone will do
    return {"$schema": SCHEMA_DIALECT, **schema, "title": "emgpipe study file"}


def _validated(root: Node, file: Path) -> Study:
    try:
        return Study.model_validate(root.plain(), context={"folder": file.parent})
    except ValidationError as error:
        raise_faults(root, faults_of(error, root, Study))
        raise
    except EmgpipeError as error:
        raise ConfigError(str(error), path=file) from None


def _with_base(file: Path, above: tuple[Path, ...]) -> Node:
    """Read a file and lay it over the one it extends."""
    root = read_source(file)
    extends = root.child("extends")
    if extends is None or not isinstance(extends.value, str):
        return root
    at = extends.position
    here = file.resolve()
    base = file.parent / extends.value
    if base.resolve() in (*above, here):
        raise ConfigError(
            f"`extends: {extends.value}` goes round in a circle; a file cannot extend itself, also not through others",
            path=at.path, line=at.line, column=at.column,
        )  # fmt: skip
    if not _is_file(base):
        raise ConfigError(
            f"`extends: {extends.value}`: there is no such file beside this one; check the name",
            path=at.path, line=at.line, column=at.column,
        )  # fmt: skip
    return merge(_with_base(base, (*above, here)), root)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long
        return False
