"""Seconds that an operation waits by itself for worker and indexer. Apart, as commands show them without loading the flow."""

KILL = 30.0
ERASE = 60.0
