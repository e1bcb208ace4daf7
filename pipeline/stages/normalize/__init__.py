"""Normalize: what was received becomes clean text, UTC times, authors. Pure functions of one event."""

from pipeline.stages.normalize.events import normalize_article, normalize_comment

__all__ = ["normalize_article", "normalize_comment"]
