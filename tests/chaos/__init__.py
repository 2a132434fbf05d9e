"""Chaos: the service as real processes, in traffic, while processes die, stop, lose their database and are lied to by the provider.

`make chaos ARGS="--seed 7 --minutes 3 --database sqlite"` runs it and prints a table; it exits with 1 if anything was lost or came twice.
"""
