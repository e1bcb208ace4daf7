"""Every family of indices, declared once: which topic it is made from, who may read it, which has a hidden twin.

A new indexed record is a model in schemas/documents.py, a projection, and a line here; `topology.INDEX` reads its topic.
What makes the documents is in projections.py: whoever only asks what is indexed needs none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from pipeline.topics import (
    ARTICLES_CURRENT,
    ARTICLES_HISTORY,
    AUDIT,
    COMMENTS_CURRENT,
    DEAD_LETTERS,
    STORIES,
    TRENDS,
    Cleanup,
    Topic,
)
from pipeline.topology import INDEX
from schemas import documents
from schemas.documents import DOCUMENTS, Document


@dataclass(frozen=True)
class Family:
    """Indices of one kind of document. Its name is that of its alias and of its mapping."""

    document: type[Document]
    topic: Topic
    hidden: bool = False
    """Documents that readers may not see are in a twin, `…-hidden`."""
    readers: bool = False
    """Front-ends may search it; never the twin."""
    followed: bool = False
    """It holds items: a provider's own item is looked up in it, and in its twin."""
    refresh: str | None = None
    """How often what was written becomes searchable, searched or not. None: each second while somebody searches; who searches
    after 30 seconds in which nobody did waits until what was written before is searchable."""

    @property
    def name(self) -> str:
        return self.document.index

    @property
    def aliases(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}-hidden") if self.hidden else (self.name,)

    @property
    def compared(self) -> bool:
        """Its topic is compacted and decides its documents for good: `reconcile` compares them."""
        return self.topic.cleanup is Cleanup.COMPACT


_items = partial(Family, readers=True, followed=True, refresh="1s")

FAMILIES = (
    _items(documents.ArticleDocument, ARTICLES_CURRENT, hidden=True),
    _items(documents.CommentDocument, COMMENTS_CURRENT, hidden=True),
    Family(documents.HistoryDocument, ARTICLES_HISTORY),
    Family(documents.StoryDocument, STORIES, readers=True),
    _items(documents.RedirectDocument, ARTICLES_CURRENT),
    Family(documents.TrendDocument, TRENDS, readers=True, refresh="5s"),
    Family(documents.DeadLetterDocument, DEAD_LETTERS),
    Family(documents.AuditDocument, AUDIT),
)

ALIASES = tuple(alias for family in FAMILIES for alias in family.aliases)
"""Each alias's first physical index is its name and `-1`."""
READERS = tuple(family.name for family in FAMILIES if family.readers)
"""Aliases that a front-end may search."""
FOLLOWED = tuple(alias for family in FAMILIES if family.followed for alias in family.aliases)
"""Aliases that hold items."""
ITEMS = {
    topic.name: tuple(
        alias for family in FAMILIES if family.followed and family.topic is topic for alias in family.aliases
    )
    for topic in dict.fromkeys(family.topic for family in FAMILIES if family.followed)
}
"""The aliases that together have every item of a topic, by the topic's name."""
COMPARED = tuple(alias for family in FAMILIES if family.compared for alias in family.aliases)
"""Aliases that `reconcile` compares with the topics."""
PUBLIC = frozenset(COMPARED) & frozenset(READERS)
"""Those of them that readers may search."""
COMPACTED = tuple(dict.fromkeys(family.topic for family in FAMILIES if family.compared))
"""Topics that alone decide what is in the compared indices."""

if {family.topic for family in FAMILIES} != set(INDEX.reads):
    raise ValueError("topology.INDEX reads other topics than the families are made from")
if {family.document for family in FAMILIES} != set(DOCUMENTS):
    raise ValueError("a document of schemas/documents.py has no family, or a family's is not listed there")
