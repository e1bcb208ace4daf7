"""Saved searches and their alerts, as they are stored."""
