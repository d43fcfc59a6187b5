"""Trends inside a set: over its repetitions, and over a hold."""
