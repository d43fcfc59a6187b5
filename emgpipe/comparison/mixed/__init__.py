"""What the mixed model is made of: its design from the rows of the table, its tables and words."""
