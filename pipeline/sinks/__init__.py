"""Sinks: the contract of one, and the loop that runs it."""
