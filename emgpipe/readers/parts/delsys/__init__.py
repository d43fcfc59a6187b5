"""What the exports of Delsys programs have in common."""
