"""Contracts: each pydantic model here is the one definition; the JSON Schemas beside them are generated from it."""
