"""Ingest: what comes from outside becomes events on the raw topics."""
