"""What comparators share: the rows that count, the scopes of a question, participants' values, words."""
