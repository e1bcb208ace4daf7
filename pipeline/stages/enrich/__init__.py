"""Enrich: what readers search and filter by. One file per enricher, one table that lists them (events.py).

What it does is imported when it is asked for: its word lists are read by others too, and all of it takes a second to load.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.stages.enrich.enricher import Choices as Choices
    from pipeline.stages.enrich.events import choices as choices
    from pipeline.stages.enrich.events import enrich_article as enrich_article
    from pipeline.stages.enrich.events import enrich_comment as enrich_comment
    from pipeline.stages.enrich.events import load as load

__all__ = ["Choices", "choices", "enrich_article", "enrich_comment", "load"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipeline.stages.enrich import events

    return getattr(events, name)
