"""The parts of a comparison of curves: which curves count, phases, participants' curves, tests, words, tables."""
