"""Numbers above 100 %MVIC: what is read, what the windows alone would read, and what explains the rest."""
