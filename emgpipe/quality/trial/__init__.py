"""Checks of the channels of one trial beside each other; one file each."""
