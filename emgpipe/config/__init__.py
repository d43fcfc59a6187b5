"""The study file and its trials: `load_study`, `list_trials`, `study_schema`."""

from emgpipe.config.channels import ChannelSetting, Override
from emgpipe.config.decision_places import KnownPlaces, placed, stated_decisions
from emgpipe.config.decisions import decision_of, read_decisions
from emgpipe.config.listing import Problem, TrialList
from emgpipe.config.load import load_study, study_schema, study_sources
from emgpipe.config.participants import Participants, list_participants
from emgpipe.config.plain import changed_settings, measured_settings, plain_settings, portable, stated_settings
from emgpipe.config.privacy import Privacy
from emgpipe.config.recordings import FilePattern, Recordings
from emgpipe.config.study import Output, RepetitionRule, Study
from emgpipe.config.trials import list_trials
from emgpipe.config.variants import Variant, phases_asked

__all__ = [
    "ChannelSetting",
    "FilePattern",
    "KnownPlaces",
    "Output",
    "Override",
    "Participants",
    "Privacy",
    "Problem",
    "Recordings",
    "RepetitionRule",
    "Study",
    "TrialList",
    "Variant",
    "changed_settings",
    "decision_of",
    "list_participants",
    "list_trials",
    "load_study",
    "measured_settings",
    "phases_asked",
    "placed",
    "plain_settings",
    "portable",
    "read_decisions",
    "stated_decisions",
    "stated_settings",
    "study_schema",
    "study_sources",
]
