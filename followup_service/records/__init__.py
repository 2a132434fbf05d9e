"""Data out: what other programs read of the records."""
