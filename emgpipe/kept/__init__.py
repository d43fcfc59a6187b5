"""What was computed before and need not be computed again, found by what it was made of.

Filtered signals, measured numbers and findings of single trials are results of pure functions: the same samples and
the same settings give the same result. They are kept under a digest of everything the function is given, with the
version of emgpipe and of the packages it computes with. So nothing has to be declared stale: what differs in anything
has another name, and is computed. What is found is the same to the last bit as what would be computed.

::

    store.py      Kept: a value by what it was made of; counts what was made and what was found
    digests.py    names of arrays
    signals.py    the chain            samples, rate, steps                       -> filtered, envelope
    numbers.py    the metrics          signals, repetitions, metrics              -> numbers before normalization
    findings.py   checks of a trial    signals, repetitions, thresholds, the trial -> findings
"""

from emgpipe.kept.findings import looks_kept
from emgpipe.kept.numbers import numbers_kept
from emgpipe.kept.signals import chain_kept
from emgpipe.kept.store import STAGES, Kept, Share, Shelf, Tally

__all__ = ["STAGES", "Kept", "Share", "Shelf", "Tally", "chain_kept", "looks_kept", "numbers_kept"]
