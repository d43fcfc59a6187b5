"""Run a study: find out what is to be done, process those sessions, and join all of them in tables and a report.

::

    opened.py       the study file, its trials and decisions
    todo.py         which sessions are to be processed, and why
    work.py         one session, in whichever process: signals to its HDF5 file
    gathering.py    the files of all sessions -> tables, comparisons, report
    study.py        all of it in order, `run.json` last
    how.py          what the user may ask for: how many at once, which sessions, ...
"""

from emgpipe.run.how import How
from emgpipe.run.study import Ran, bring_up_to_date, run_study

__all__ = ["How", "Ran", "bring_up_to_date", "run_study"]
