"""Cluster: which articles are about the same event. sign (what decides) → match (who meets) → join (one name for all).

Members are the connected parts of a relation between two articles that depends on those two alone (relate.py), so the
order in which they come doesn't matter. A story is named after its member received first.
"""
