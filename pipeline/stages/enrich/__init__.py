"""Enrich: what readers search and filter by. One file per enricher, one table that lists them (events.py)."""

from pipeline.stages.enrich.enricher import Choices
from pipeline.stages.enrich.events import choices, enrich_article, enrich_comment, load

__all__ = ["Choices", "choices", "enrich_article", "enrich_comment", "load"]
