"""Spreadsheets as tables of numbers."""
