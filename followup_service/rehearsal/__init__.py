"""A trial's first months before its first participant: a script played against the real service with a clock that it moves."""
