"""SYLK spreadsheets as cells."""
