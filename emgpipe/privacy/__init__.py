"""Keeps what says who somebody is out of results."""

from emgpipe.privacy.free_text import error_for_results, for_results, withheld
from emgpipe.privacy.names import Names
from emgpipe.privacy.reading import read_for_study
from emgpipe.privacy.text import Text

__all__ = ["Names", "Text", "error_for_results", "for_results", "read_for_study", "withheld"]
