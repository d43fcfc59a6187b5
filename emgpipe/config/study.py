"""The study file: one model, composed of the catalogues' own models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from emgpipe.chain import DEFAULT_CHAIN, AnyStep
from emgpipe.comparison import AnyComparator, PrimaryOutcome
from emgpipe.config.channels import ChannelSetting, Override
from emgpipe.config.privacy import Privacy
from emgpipe.config.problems import PLAIN_NAME
from emgpipe.config.protocol import Protocol
from emgpipe.config.quality import Quality
from emgpipe.config.recordings import Recordings
from emgpipe.config.reporting import Reporting
from emgpipe.config.shapes import one_or_many
from emgpipe.config.variants import Variant
from emgpipe.derived import AnyDerived
from emgpipe.metrics import DEFAULT_METRICS, AnyMetric
from emgpipe.normalization import AnyNormalization, Mvic
from emgpipe.segmentation import AnyDetector, Whole
from emgpipe.settings import Settings, StudyPath
from emgpipe.vocabulary import VocabularyAdditions
from emgpipe.zeroing import Zeroing

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.segmentation.base import Detector


class RepetitionRule(Settings):
    """How repetitions are found, for some exercises or for all."""

    exercises: tuple[str, ...] | None = Field(default=None, min_length=1)
    """The exercises it is for; leave out in the last entry, which is for all others."""
    detector: AnyDetector
    """How repetitions are found."""


class Output(Settings):
    """Where results go and how finely signals are kept."""

    folder: StudyPath = Field(default="processed", validate_default=True)
    """Results go into a sub-folder of this one with the study's name; relative to this file."""
    envelope_rate: float = Field(default=200.0, gt=0)
    """Samples per second at which envelopes are stored and drawn; numbers are taken from the full envelope."""
    keep_signals: float = Field(default=2.0, ge=0)
    """GB that filtered signals may take in the results folder, under `kept/signals`, so that a run after a change need
    not filter them again; every session gets an equal share. What has no room is filtered again. 0: none are kept."""


class Study(Settings):
    """Everything a study file says, with defaults filled in."""

    name: str = Field(pattern=PLAIN_NAME, max_length=80)
    """Short name: letters, digits, - and _. Results go into a folder of this name."""
    title: str = ""
    """Title shown in the report."""
    description: str = ""
    """Free text shown in the report."""
    extends: str | None = None
    """Another file with settings shared by a laboratory, relative to this file; what this file says goes first."""
    recordings: Recordings
    """Where the recordings are, and which trial each of them is."""
    vocabulary: VocabularyAdditions = Field(default_factory=VocabularyAdditions)
    """Muscles, exercises and head positions in addition to the built-in ones."""
    channels: tuple[ChannelSetting, ...] = Field(min_length=1)
    """Which channel is which muscle, angle, ..."""
    derived: tuple[AnyDerived, ...] = ()
    """Channels computed from others."""
    zeroing: Zeroing | None = None
    """Angles that are counted from the participant's own neutral, the pose of a calibration trial."""
    overrides: tuple[Override, ...] = ()
    """What differs for single participants."""
    chain: tuple[AnyStep, ...] = Field(default=DEFAULT_CHAIN, min_length=1)
    """From raw samples to the envelope, step by step."""
    normalization: AnyNormalization = Field(default_factory=Mvic)
    """What counts as 100 %."""
    repetitions: Annotated[tuple[RepetitionRule, ...], Field(min_length=1), *one_or_many("detector")] = Field(
        default=(RepetitionRule(detector=Whole()),)
    )
    """How repetitions are found: one way, or a list of {exercises: [...], detector: {...}}."""
    quality: Quality = Field(default_factory=Quality)
    """What the checks look for, and what becomes of numbers that fail one."""
    protocol: Protocol = Field(default_factory=Protocol)
    """What every participant's session should hold; `check` says what is still missing."""
    metrics: tuple[AnyMetric, ...] = Field(default=DEFAULT_METRICS, min_length=1)
    """What is measured in each repetition; all metrics if not given."""
    variants: tuple[Variant, ...] = ()
    """Alternative analyses of the same recordings, measured beside the main one: does a result hang on a setting?"""
    comparisons: tuple[AnyComparator, ...] = ()
    """What is compared, and how: rankings, paired comparisons, ..."""
    reporting: Reporting = Field(default_factory=Reporting)
    """What a paper has to report and no file holds, as free text; what is left out reads NOT RECORDED."""
    primary_outcome: PrimaryOutcome | None = None
    """The one outcome that decides the study, named before its results are seen; all others are secondary."""
    output: Output = Field(default_factory=dict, validate_default=True)
    """Where results go."""
    privacy: Privacy = Field(default_factory=Privacy)
    """Which names may stand in results: of participants, of files."""

    @property
    def results_folder(self) -> Path:
        """The folder of this study's results."""
        return self.output.folder / self.name

    def detector_for(self, exercise: str) -> Detector:
        """Return how the repetitions of an exercise are found."""
        chosen = next((rule for rule in self.repetitions if rule.exercises and exercise in rule.exercises), None)
        return (chosen or self.repetitions[-1]).detector
