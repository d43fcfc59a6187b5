"""Exit codes, the same for all commands."""

from __future__ import annotations

EXIT_OK, EXIT_FAILED, EXIT_NOT_STARTED = 0, 1, 2
EXIT_CODES = "exit codes: 0 everything was processed, 1 a recording, a trial or a check failed, 2 could not start"
