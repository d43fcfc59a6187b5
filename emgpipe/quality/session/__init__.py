"""Checks of all trials of one participant's session; one file each."""
