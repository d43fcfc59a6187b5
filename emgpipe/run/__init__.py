"""Run a study: find out what is to be done, process those sessions, and join all of them in tables and a report.

::

    opened.py       the study file, its trials and decisions
    only.py         some sessions of it instead of all
    todo.py         which sessions are to be processed, and why
    work.py         one session, in whichever process: signals to its HDF5 file
    processing.py   all that are due, and what became of each
    gathering.py    the files of all sessions -> tables, comparisons, report; light_session.py reads one
    study.py        all of it in order, `run.json` last
    how.py          what the user may ask for: how many at once, which sessions, ...; and what is told meanwhile
    dry.py          what would be done; with why.py, consequences.py, estimate.py, outlook.py
    several.py      several studies: which, whether they get in each other's way; in_turn.py runs them
    events.py       what happens, told to the terminal, to log.py and as_json.py; said.py has the words
"""

from emgpipe.run.how import How
from emgpipe.run.study import Ran, bring_up_to_date, run_study

__all__ = ["How", "Ran", "bring_up_to_date", "run_study"]
