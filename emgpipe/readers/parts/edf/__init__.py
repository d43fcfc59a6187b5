"""The parts of EDF, EDF+, BDF and BDF+ files."""
