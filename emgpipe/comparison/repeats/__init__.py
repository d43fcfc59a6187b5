"""What the reliability comparator is made of: matrices of repeated measurements, their table and words."""
