"""The parts of a WFDB record."""
