"""Revise: what currently stands for each article and its comments. Pure decisions here; `carrier.py` does the I/O."""
