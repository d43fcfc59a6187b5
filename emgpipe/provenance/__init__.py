"""Where a number comes from, read back from stored results; no signal is processed.

::

    results.py    the results of one run, and what vouches for them
    names.py      what the user calls a trial, a muscle, a metric -> what the results call it
    path.py       the path of some numbers: files, trial, channel, reference, ...
    account.py    follows it
    words.py      the path in words
"""

from emgpipe.provenance.account import account_of
from emgpipe.provenance.names import Asked
from emgpipe.provenance.path import Account
from emgpipe.provenance.results import Results, find_results
from emgpipe.provenance.words import account_text

__all__ = ["Account", "Asked", "Results", "account_of", "account_text", "find_results"]
