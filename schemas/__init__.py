"""Contracts: each pydantic model here is the one definition; the JSON Schemas in `json/` are generated from it."""
