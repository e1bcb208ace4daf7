"""Prefect flows: work that operators start, watch and repeat. One file per flow, with its schedule; serve.py finds them."""
