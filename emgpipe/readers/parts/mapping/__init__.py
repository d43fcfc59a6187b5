"""Any layout of MAT, HDF5 and spreadsheets through a mapping in the study file."""
