"""An article as JSON-LD, a NewsArticle of schema.org. Pure."""

from __future__ import annotations

from typing import Any

from pipeline.search.exports.documents import (
    Document,
    changed,
    pages,
    paragraphs,
    pictures,
    published,
    urn,
    web_address,
)

MEDIA_TYPE = "application/ld+json"


def news_article(document: Document, base: str) -> dict[str, Any]:
    mentions = [
        *({"@type": "Person", "name": name} for name in document.get("people", [])),
        *({"@type": "Organization", "name": name} for name in document.get("organisations", [])),
    ]
    made = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": urn(document),
        "headline": document.get("headline"),
        "description": document.get("summary"),
        "articleBody": "\n\n".join(paragraphs(document)) or None,
        "articleSection": document.get("section"),
        "keywords": document.get("topics"),
        "inLanguage": document.get("language"),
        "datePublished": published(document),
        "dateModified": changed(document),
        "dateline": document.get("dateline"),
        "author": [{"@type": "Person", "name": name} for name in document.get("authors", [])],
        "publisher": {"@type": "Organization", "name": document["publisher"]} if document.get("publisher") else None,
        "url": web_address(document.get("url")) or pages(document, base),
        "mainEntityOfPage": pages(document, base),
        "image": [_picture(one) for one in pictures(document)],
        "mentions": mentions,
        "contentLocation": [{"@type": "Place", "name": name} for name in document.get("places", [])],
        "copyrightNotice": document.get("rights"),
        "correction": document.get("correction_note"),
        "wordCount": document.get("words"),
    }
    return {name: value for name, value in made.items() if value not in (None, [])}


def _picture(picture: dict[str, Any]) -> dict[str, Any]:
    made = {
        "@type": "ImageObject",
        "url": picture["url"],
        "caption": picture.get("caption"),
        "creditText": picture.get("credit"),
    }
    return {name: value for name, value in made.items() if value}
