"""Prefect flows: work that operators start, watch and repeat."""
