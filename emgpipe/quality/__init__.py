"""What can be wrong with a signal, a trial or a session: the catalogue of checks, and the verbs that make them."""

from emgpipe.quality.base import ChannelCheck, Check, OnFail, SessionCheck, TrialCheck
from emgpipe.quality.catalogue import CHECKS, DEFAULT_CHECKS, AnyCheck, check_that_finds, with_changes
from emgpipe.quality.dead import check_extent, check_samples
from emgpipe.quality.doubts import doubts
from emgpipe.quality.examine import examine
from emgpipe.quality.look import look_at_channel, look_at_session, look_at_trial
from emgpipe.quality.views import ChannelView, SessionView, TrialView, Windows

__all__ = [
    "CHECKS",
    "DEFAULT_CHECKS",
    "AnyCheck",
    "ChannelCheck",
    "ChannelView",
    "Check",
    "OnFail",
    "SessionCheck",
    "SessionView",
    "TrialCheck",
    "TrialView",
    "Windows",
    "check_extent",
    "check_samples",
    "check_that_finds",
    "doubts",
    "examine",
    "look_at_channel",
    "look_at_session",
    "look_at_trial",
    "with_changes",
]
