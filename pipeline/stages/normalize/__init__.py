"""Normalize: what was received becomes clean text, UTC times, authors. Pure functions of one event.

What it does is imported when it is asked for: the index needs only what it does to personal data, and all of it takes a second to load.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.stages.normalize.events import normalize_article as normalize_article
    from pipeline.stages.normalize.events import normalize_comment as normalize_comment

__all__ = ["normalize_article", "normalize_comment"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipeline.stages.normalize import events

    return getattr(events, name)
