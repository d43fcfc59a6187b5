"""The base of everything a study file can say, and how a catalogue becomes one field of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Union

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo


class Settings(BaseModel):
    """Frozen, strict about unknown keys; a number given where text is meant is taken as text."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        coerce_numbers_to_str=True,
        use_attribute_docstrings=True,
        allow_inf_nan=False,
    )


def one_of(members: tuple[type[Settings], ...]) -> Any:
    """Return the type of a field that holds one member of a catalogue, told apart by ``kind``."""
    if len(members) == 1:
        return members[0]
    return Annotated[Union[members], Field(discriminator="kind")]  # noqa: UP007 - members is a runtime tuple


def _beside_the_study_file(path: Any, info: ValidationInfo) -> Any:
    # A text from a file that others extend remembers its own folder; a relative path starts there.
    folder = getattr(path, "folder", None) or (info.context or {}).get("folder")
    return path if folder is None or not isinstance(path, str | Path) else Path(folder) / path


StudyPath = Annotated[Path, BeforeValidator(_beside_the_study_file)]
"""A path in a study file: relative ones are relative to the folder of that file."""
