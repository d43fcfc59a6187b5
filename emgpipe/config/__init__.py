"""The study file and its trials: `load_study`, `list_trials`, `study_schema`."""

from emgpipe.config.channels import ChannelSetting, Override
from emgpipe.config.listing import Problem, TrialList
from emgpipe.config.load import load_study, study_schema, study_sources
from emgpipe.config.recordings import FilePattern, Recordings
from emgpipe.config.study import Output, RepetitionRule, Study
from emgpipe.config.trials import list_trials

__all__ = [
    "ChannelSetting",
    "FilePattern",
    "Output",
    "Override",
    "Problem",
    "Recordings",
    "RepetitionRule",
    "Study",
    "TrialList",
    "list_trials",
    "load_study",
    "study_schema",
    "study_sources",
]
