"""Which channel of the recordings is which muscle, angle, ..., and what differs for one participant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from emgpipe.config.shapes import one_or_many
from emgpipe.config.spelling import same_name
from emgpipe.model import Kind, Side
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from emgpipe.model import Trial

Labels = Annotated[tuple[str, ...], Field(min_length=1), *one_or_many()]


class ChannelSetting(Settings):
    """One channel: its label in the files, and what it measures."""

    label: Labels
    """The channel's label in the files; a list when devices label it differently."""
    kind: Kind = "emg"
    """What the channel measures."""
    muscle: str | None = None
    """EMG: the muscle, as in the vocabulary."""
    side: Side = ""
    """left or right; leave out if it is neither."""
    placement: str = ""
    """Only when a muscle has more than one pair of electrodes: which one."""
    name: str | None = None
    """Channels other than EMG: how the rest of this file calls it."""
    unit: str | None = None
    """Unit of the samples, where the file does not say it; a unit the file states goes before this one."""
    use: bool = True
    """false: the channel is ignored, for example because the sensor died."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        """EMG has a muscle, other channels have a name."""
        if self.use and self.kind == "emg" and self.muscle is None:
            raise ValueError(f"channel '{self.label[0]}' has no muscle; add `muscle: ...`, or `kind:` if it is not EMG")
        if self.kind == "emg" and self.name is not None:
            raise ValueError(f"channel '{self.label[0]}': `name` is for channels other than EMG; EMG has a `muscle`")
        if self.kind != "emg" and self.muscle is not None:
            raise ValueError(
                f"channel '{self.label[0]}': `muscle` is for EMG; a channel of kind {self.kind} has a `name`"
            )
        return self

    @property
    def signal_name(self) -> str:
        """How signals and metrics call it: the muscle of EMG, else the name, else the first label."""
        return self.muscle or self.name or self.label[0]


class Override(Settings):
    """Channels that differ for one participant: a sensor died, two were swapped."""

    participant: str
    """Whom it concerns."""
    session: str | None = None
    """Only this session; all sessions if not given."""
    trials: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Only these trials, by id or by file name; all trials if not given."""
    reason: str = Field(min_length=1)
    """What happened; printed in the report."""
    channels: tuple[ChannelSetting, ...] = Field(min_length=1)
    """The channels as they are here; each replaces the one of the same label."""

    def applies_to(self, trial: Trial) -> bool:
        """Tell whether a trial is one of those concerned."""
        if not same_name(self.participant, trial.participant):
            return False
        if self.session is not None and not same_name(self.session, trial.session):
            return False
        return self.trials is None or any(name in names_of(trial) for name in self.trials)


def names_of(trial: Trial) -> set[str]:
    """Return what a trial can be called in an override: its id, its files with and without their ending."""
    return {trial.id, *(name for file in trial.files for name in (file.path.name, file.path.stem))}
