"""Data out: what other programs and the study team make of the records: calendars, adverse events, figures, replayed rules."""
