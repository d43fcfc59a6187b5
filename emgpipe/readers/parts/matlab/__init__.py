"""MAT-files and HDF5 as trees of names, numbers and text, with nothing unpickled and nothing believed unchecked."""
