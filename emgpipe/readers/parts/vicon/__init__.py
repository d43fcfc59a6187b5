"""The blocks of Vicon text."""
