"""Words of a text, and the ones that carry no topic."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")

WORDS_PER_MINUTE = 238
"""Silent reading of English non-fiction: Brysbaert, "How many words do we read per minute?", 2019."""


def count(text: str) -> int:
    return len(WORD.findall(text))


def reading_seconds(words: int) -> int:
    """Seconds that an adult takes to read this many words."""
    return round(words * 60 / WORDS_PER_MINUTE)


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """English function words and newsroom verbs that say nothing of the topic."""
    text = files("pipeline.processors.enrich").joinpath("data/stop_words.txt").read_text()
    return frozenset(word for row in text.splitlines() if not row.startswith("#") for word in row.split())
