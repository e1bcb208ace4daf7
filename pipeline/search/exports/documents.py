"""What the formats take of an article's document. Pure."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def paragraphs(document: Document) -> list[str]:
    return [one for one in (document.get("body") or "").split("\n\n") if one.strip()]


def changed(document: Document) -> str:
    """When the article last changed."""
    at: str = (
        document.get("modified")
        or document.get("revision", {}).get("modified")
        or document.get("published")
        or document.get("shown_at")
        or document.get("processed", {}).get("received")
        or "1970-01-01T00:00:00+00:00"
    )
    return at


def published(document: Document) -> str:
    return document.get("published") or document.get("shown_at") or changed(document)


def urn(document: Document) -> str:
    return f"urn:uuid:{document['article_id']}"


def pages(document: Document, base: str) -> str:
    """Our own page of the article."""
    return f"{base.rstrip('/')}/articles/{document['article_id']}"


def web_address(text: str | None) -> str | None:
    """An address that a format may carry as a link."""
    return (
        text if text and text.startswith(("https://", "http://")) and not any(one.isspace() for one in text) else None
    )


def byline(document: Document) -> str | None:
    found: str | None = document.get("byline") or ", ".join(document.get("authors", [])) or None
    return found


def pictures(document: Document) -> list[dict[str, Any]]:
    return [one for one in document.get("pictures", []) if web_address(one.get("url"))]


def version(document: Document) -> int:
    """The provider's version number, at least 1."""
    return max(1, int(document.get("revision", {}).get("version") or 1))
