"""Dateline: publishers push articles and reader comments; readers find them a second later."""

__version__ = "0.1.0"
