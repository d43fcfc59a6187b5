"""What the exports of Noraxon programs have in common."""
