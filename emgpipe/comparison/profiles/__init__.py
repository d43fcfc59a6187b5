"""The parts of individual responses: own error, own differences, words, tables."""
