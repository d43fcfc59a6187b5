"""The blocks of LabChart text."""
