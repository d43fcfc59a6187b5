"""From a folder of recordings to a first study file and trials table: `draft_study`, `write_draft`."""

from emgpipe.drafting.draft import Draft, draft_study
from emgpipe.drafting.summary import summary_lines
from emgpipe.drafting.write import Written, check_free, write_draft

__all__ = ["Draft", "Written", "check_free", "draft_study", "summary_lines", "write_draft"]
