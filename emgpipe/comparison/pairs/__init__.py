"""What comparisons of two levels share: which pairs, their numbers and their words."""
