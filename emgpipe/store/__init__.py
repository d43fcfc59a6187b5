"""What a run leaves behind in `processed/<study>/`: tables, one HDF5 file per session, and `run.json`.

::

    metrics.csv  curves.csv  findings.csv  references.csv
    *.parquet                the same, where pyarrow is installed
    decisions.csv            what somebody, or a rule of the study file, decided, and what it did to the numbers
    cleaning.csv             what the cleaning steps of the chain took away, where it has any
    participants.csv         where the study has a participants table
    comparisons/<kind>.csv   and its further tables, the participants' own values, families.csv, sentences.txt
    comparisons.html         the comparisons alone
    inputs/                  copies of the small tables the run read
    sessions/<participant>_<session>.h5
    report.html
    run.json                 written last, with the hash of every input and output
    kept/                    what the next run need not compute again; may be deleted at any time
"""

from emgpipe.atomic import replace_file, write_text
from emgpipe.store.cleaning import CLEANING, cleaning_table
from emgpipe.store.comparisons import FOLDER, write_comparisons
from emgpipe.store.hashes import file_hash
from emgpipe.store.kept_file import KeptFile, forget_others, kept_paths
from emgpipe.store.levels import count_levels
from emgpipe.store.lock import hold
from emgpipe.store.log_file import open_log
from emgpipe.store.names import session_path, session_paths
from emgpipe.store.parquet import has_parquet, write_parquet
from emgpipe.store.references import references_table
from emgpipe.store.room import room_to_keep
from emgpipe.store.run_file import (
    RUN_FILE,
    RunFile,
    earlier_outputs,
    read_run_file,
    remove_stale,
    update_run_file,
    write_run_file,
)
from emgpipe.store.session_file import LAYOUT, write_session
from emgpipe.store.session_reading import StoredSession, read_made_of, read_session, read_session_trials
from emgpipe.store.stamps import MISSING, Stamp, Stamps, stamp_of
from emgpipe.store.tables import (
    CURVES,
    DECISIONS,
    FINDINGS,
    METRICS,
    PARTICIPANTS,
    REFERENCES,
    STORED_TABLES,
    read_table,
    stored_tables,
    write_table,
)

__all__ = [
    "CLEANING",
    "CURVES",
    "DECISIONS",
    "FINDINGS",
    "FOLDER",
    "LAYOUT",
    "METRICS",
    "MISSING",
    "PARTICIPANTS",
    "REFERENCES",
    "RUN_FILE",
    "STORED_TABLES",
    "KeptFile",
    "RunFile",
    "Stamp",
    "Stamps",
    "StoredSession",
    "cleaning_table",
    "count_levels",
    "earlier_outputs",
    "file_hash",
    "forget_others",
    "has_parquet",
    "hold",
    "kept_paths",
    "open_log",
    "read_made_of",
    "read_run_file",
    "read_session",
    "read_session_trials",
    "read_table",
    "references_table",
    "remove_stale",
    "replace_file",
    "room_to_keep",
    "session_path",
    "session_paths",
    "stamp_of",
    "stored_tables",
    "update_run_file",
    "write_comparisons",
    "write_parquet",
    "write_run_file",
    "write_session",
    "write_table",
    "write_text",
]
