"""What enrich made of an article, remembered for its copies: an agency's story comes from many papers, and a revision of something
else than the text has the same one. A process has its own memory, so another process or a restart makes the same again."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b

from schemas.article import Article
from schemas.enrichment import ArticleEnrichment

READ_BY_ENRICHERS = ("headline", "paragraphs", "dateline", "language")
"""Fields of an article that its enrichers read: two articles that have the same have one enrichment."""
REMEMBERED = 1024
"""Articles: 20 MB of short ones, 50 MB of a page's length."""


class Copies:
    """The enrichments of the latest texts, by digests of all that was read. They are immutable, so copies share one."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._made: OrderedDict[bytes, ArticleEnrichment] = OrderedDict()

    def get(self, digest: bytes) -> ArticleEnrichment | None:
        found = self._made.get(digest)
        if found is not None:
            self._made.move_to_end(digest)
        return found

    def add(self, digest: bytes, made: ArticleEnrichment) -> None:
        """Remember what is whole: an enricher that failed may not fail on the next copy."""
        if made.missing:
            return
        self._made[digest] = made
        if len(self._made) > self._most:
            self._made.popitem(last=False)


def digest(article: Article) -> bytes:
    """Of all that the enrichers read, with the lengths of its parts, so that no two articles have one digest."""
    parts = [article.headline, article.dateline, article.language, *article.paragraphs]
    lengths = [-1 if part is None else len(part) for part in parts]
    texts = "".join(filter(None, parts))
    return blake2b(f"{lengths}{texts}".encode("utf-8", "surrogatepass"), digest_size=20).digest()
