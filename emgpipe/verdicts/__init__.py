"""Findings and decisions -> which numbers count, and where.

A number is touched by a finding in one of two ways. **Through its signal**: the finding is about the trial the number
was measured in, or about the session's electrodes; a number that fails this way is left out of every comparison.
**Through its reference**: the finding is about the MVIC behind it; then only its value in %MVIC is doubtful. Inside one
participant and muscle the reference cancels, so the amplitude still counts there, and only comparisons of normalized
values (between muscles, sessions, groups; levels in %MVIC) do without it.

Who decides, strongest first: a decision to exclude, a decision to keep, the rule ``quality: on_fail``.
"""

from emgpipe.verdicts.judging import Verdict, judge
from emgpipe.verdicts.listed import stored_decisions
from emgpipe.verdicts.reach import ABOUT_REFERENCES
from emgpipe.verdicts.references import about_references, counting_references, needs_run, only_measured
from emgpipe.verdicts.stopping import stop_words

__all__ = [
    "ABOUT_REFERENCES",
    "Verdict",
    "about_references",
    "counting_references",
    "judge",
    "needs_run",
    "only_measured",
    "stop_words",
    "stored_decisions",
]
