"""Parts of an article, cut to the lengths of the contract (schemas/article.py)."""

from __future__ import annotations

from schemas.article import Faq, Link, Picture


def picture(url: str, caption: str | None = None, credit: str | None = None) -> Picture:
    """A picture by its address, with caption and credit."""
    return Picture(url=url, caption=caption[:4096] if caption else None, credit=credit[:4096] if credit else None)


def link(url: str, title: str | None = None, rel: str | None = None) -> Link:
    """A link to something that belongs to the story."""
    return Link(url=url[:2048], title=title[:4096] if title else None, rel=(rel or "related")[:100])


def faq(question: str, answer: str = "") -> Faq:
    """A question and its answer."""
    return Faq(question=question[:4096], answer=answer[:100_000])
