"""Where a number comes from, read back from stored results; no signal is processed.

::

    results.py    the results of one run, and what vouches for them
    names.py      what the user calls a trial, a muscle, a metric -> what the results call it
    path.py       the path of some numbers: files, trial, channel, reference, ...
    tracing.py    metrics rows -> their path, from the stored session and run.json
    words.py      the path in words
"""

from emgpipe.provenance.names import Asked
from emgpipe.provenance.path import NumberPath
from emgpipe.provenance.results import Results, find_results
from emgpipe.provenance.tracing import trace
from emgpipe.provenance.words import path_text

__all__ = ["Asked", "NumberPath", "Results", "find_results", "path_text", "trace"]
