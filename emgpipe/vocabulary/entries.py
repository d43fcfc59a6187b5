"""What the vocabulary holds: one model per kind of entry, and the form in which a study file adds its own."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from emgpipe.settings import Settings

StartPhase = Literal["concentric", "eccentric"]
Family = Literal[
    "hip_thrust", "bridge", "squat", "lunge", "hinge", "back_extension", "step_up", "plank", "abduction",
    "isometric_hold", "other",
]  # fmt: skip
LoadType = Literal[
    "bodyweight", "barbell", "dumbbell", "kettlebell", "band", "band_hips", "mini_band_knees", "machine", "smith",
    "partner", "ball",
]  # fmt: skip


class Entry(Settings):
    """One name of the vocabulary and everything it may be called."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Lower-case letters, digits and underscores; what tables and study files hold."""
    name: str = Field(min_length=1)
    """What it is called inside a sentence ("Romanian deadlift", "split squat"); made from the id where left out."""
    synonyms: tuple[str, ...] = ()
    """Other names; letter case, spaces, hyphens, underscores, slashes, dots and a plural s make no difference."""

    @model_validator(mode="before")
    @classmethod
    def _name_from_id(cls, given: Any) -> Any:
        if isinstance(given, dict) and "name" not in given and isinstance(given.get("id"), str):
            return given | {"name": given["id"].replace("_", " ")}
        return given

    @property
    def title(self) -> str:
        """The name with a capital letter, for headings and the beginning of a sentence."""
        return self.name[:1].upper() + self.name[1:]


class Muscle(Entry):
    """A muscle or a part of one."""

    part_of: str | None = None
    """Id of the muscle or group it belongs to: an MVIC aimed at that one counts for its parts."""
    leg: bool = False
    """A muscle of the hip or leg, or a part of one: in a single-leg exercise, comparisons use the working side."""
    placement: str = ""
    """Where the electrodes are put; empty where no source has been read."""
    placement_source: str = ""
    """Who says so."""
    neighbors: tuple[str, ...] = ()
    """Ids of muscles near enough for crosstalk."""


class Exercise(Entry):
    """An exercise."""

    family: Family = "other"
    """Exercises that resemble each other."""
    laterality: Literal["bilateral", "unilateral", "alternating"] = "bilateral"
    """Both legs together, one leg, or one after the other."""
    load_type: LoadType = "bodyweight"
    """What the participant moves."""
    vector: Literal["vertical", "horizontal_ap", "horizontal_pa"] | None = None
    """Direction of the force relative to the body: along it, front to back, or back to front."""
    contraction: Literal["dynamic", "isometric"] = "dynamic"
    """Moving, or held still."""
    start_phase: StartPhase = "concentric"
    """How a repetition begins: a hip thrust rises first, a squat sinks first."""


class HeadPosition(Entry):
    """A position of the head; the order of the list is the order of the factor, most extended first."""

    cues: tuple[str, ...] = ()
    """What a coach says to bring a participant there."""
    after: str | None = None
    """Additions only: id of the position it follows in the order; left out, it comes last."""


class VocabularyAdditions(Settings):
    """Entries that a study adds to the built-in vocabulary."""

    muscles: tuple[Muscle, ...] = ()
    """Muscles the built-in vocabulary does not have."""
    exercises: tuple[Exercise, ...] = ()
    """Exercises the built-in vocabulary does not have."""
    head_positions: tuple[HeadPosition, ...] = ()
    """Head positions the built-in vocabulary does not have."""
