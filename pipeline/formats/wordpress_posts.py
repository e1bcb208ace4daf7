"""What a post's texts say, alike in WordPress's export and in the answers of its API."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import Reject
from pipeline.formats import captions, html_text, plain_text, private_marks, wire_markup
from pipeline.formats.wxr_fields import markup
from schemas.article import Picture


@dataclass(frozen=True)
class PostTexts:
    """`pictured` are the pictures in the text that have a caption."""

    headline: str
    paragraphs: list[str]
    body_html: str | None
    editor_note: str | None
    pictured: list[Picture]


def read(
    content: str | None, title: str | None, byline: str | None, excerpt: str | None, slug: str | None, url: str | None
) -> PostTexts:
    """`content` as HTML. Without a title its first words are the headline, or the slug in words. Raises Reject where there is
    none of these."""
    written, notes = private_marks.without_private(markup(content))
    written, _, _ = wire_markup.of_page(written, title, byline)
    rows, pictured = captions.without_captions(written, url)
    start = plain_text.shortened(rows[0] if rows else excerpt or "")
    headline = plain_text.headline(title, start, slug and slug.replace("-", " ").capitalize())
    if not headline:
        raise Reject("no-headline", "the post has neither a title, nor a text, nor a name")
    return PostTexts(headline, rows, html_text.reduced(written), "\n".join(notes) or None, pictured)


def all_pictures(own: list[Picture], pictured: list[Picture]) -> list[Picture]:
    """The post's own picture, and those of its text, each once."""
    found: dict[str, Picture] = {}
    for one in (*own, *pictured):
        found.setdefault(one.url, one)
    return list(found.values())[:20]
