"""The parts of a C3D file."""
