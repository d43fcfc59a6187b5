"""What is in a recording or in a folder: looked at, summed up, shown as a screen or as JSON.

`Look` reads and sums up, `screen` and `folder_screen` are for eyes, `as_json` is for programs.
"""

from emgpipe.inspection.as_json import as_json
from emgpipe.inspection.folder_screen import folder_screen
from emgpipe.inspection.look import Look
from emgpipe.inspection.sampling import Limits
from emgpipe.inspection.screen import screen
from emgpipe.inspection.summary import ChannelSummary, FolderSummary, RecordingSummary, Unreadable
from emgpipe.inspection.terminal import Terminal

__all__ = [
    "ChannelSummary",
    "FolderSummary",
    "Limits",
    "Look",
    "RecordingSummary",
    "Terminal",
    "Unreadable",
    "as_json",
    "folder_screen",
    "screen",
]
