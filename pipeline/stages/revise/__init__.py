"""Revise: the current revision of each article and its comments, and their visibility. Pure decisions; pipeline/streams does the I/O."""
