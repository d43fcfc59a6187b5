"""The parts of a ranking: panels, sentences, tables."""
