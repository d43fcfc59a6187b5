"""Samples that lie in one regular binary block: read and scaled in pieces."""
