"""Data out, and what the study team makes of the data: adverse events, figures, the replay of readings."""
