"""Elasticsearch as a sink: documents, bulk requests, what to do about each answer, templates."""
