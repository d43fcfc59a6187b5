"""The nouns of emgpipe: frozen dataclasses with no verbs beyond slicing.

Read `recording` (what a file holds), `trial` (what was done), `signal` (a channel after the chain),
`reference`, `finding`, in that order.
"""

from emgpipe.model.decision import Action, Decision
from emgpipe.model.finding import LEVEL_ORDER, Finding, Level, make_finding, worst_level
from emgpipe.model.recording import (
    Acquisition,
    Channel,
    Event,
    Kind,
    Recording,
    Side,
    Source,
    channel_from_array,
)
from emgpipe.model.reference import LeftOut, MvicAttempt, Reference, ReferenceKey
from emgpipe.model.results import (
    Comparison,
    Family,
    Outcome,
    ReferenceWindow,
    SessionResult,
    Status,
    StudyResult,
    Trace,
    TrialResult,
    UsedChannel,
)
from emgpipe.model.signal import Cleaned, Removed, Signal, Stage
from emgpipe.model.trial import Phase, Repetition, Role, Trial, TrialFile

__all__ = [
    "LEVEL_ORDER",
    "Acquisition",
    "Action",
    "Channel",
    "Cleaned",
    "Comparison",
    "Decision",
    "Event",
    "Family",
    "Finding",
    "Kind",
    "LeftOut",
    "Level",
    "MvicAttempt",
    "Outcome",
    "Phase",
    "Recording",
    "Reference",
    "ReferenceKey",
    "ReferenceWindow",
    "Removed",
    "Repetition",
    "Role",
    "SessionResult",
    "Side",
    "Signal",
    "Source",
    "Stage",
    "Status",
    "StudyResult",
    "Trace",
    "Trial",
    "TrialFile",
    "TrialResult",
    "UsedChannel",
    "channel_from_array",
    "make_finding",
    "worst_level",
]
