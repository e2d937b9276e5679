"""Tests of the history: entries, files and what reads them."""
