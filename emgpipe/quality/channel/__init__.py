"""Checks of one channel by itself; one file each."""
