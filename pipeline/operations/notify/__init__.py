"""Telling operators, outside of terminals and pages, what began to be wrong and what is over."""
