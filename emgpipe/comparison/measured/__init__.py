"""Head positions as they were measured: bins of the neck angle, trial labels, instructed against measured."""
