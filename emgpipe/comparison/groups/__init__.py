"""What the comparator between groups is made of: who belongs where, the questions, their tables and words."""
