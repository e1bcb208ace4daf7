"""Doubles, builders and samples for tests: events, tables, a broker and an index in memory."""
