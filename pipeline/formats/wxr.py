"""WordPress exports (WXR 1.0 to 1.2): published posts with their comments.

Source: https://github.com/WordPress/wordpress-importer and the export that WordPress writes. A post that is scheduled is
under embargo until its date; drafts, private and deleted posts are no stories. E-mail and IP addresses are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import html_text, parts, xml
from pipeline.formats.format import Format
from pipeline.formats.items import CommentState, Discussion, Item, State, Story, StoryComment
from pipeline.formats.xml import Element, text_of
from schemas.article import Picture

_STORIES = frozenset({"post", "page", ""})
_NOT_COMMENTS = frozenset({"pingback", "trackback"})
_STATES = {"1": CommentState.APPROVED, "approve": CommentState.APPROVED, "approved": CommentState.APPROVED, "": CommentState.APPROVED,
           "0": CommentState.HELD, "hold": CommentState.HELD, "spam": CommentState.REJECTED, "trash": CommentState.REMOVED,
           "post-trashed": CommentState.REMOVED}  # fmt: skip
_SHORTCODE = re.compile(r"\[/?[a-z_-]+(?:\s[^\]\n]{0,400})?\]")
_BLOCK = re.compile(r"<(?:p|div|table|ul|ol|h[1-6]|blockquote|figure|section|pre)\b", re.IGNORECASE)


def recognises(item: Item) -> bool:
    if not xml.looks_like_xml(item.content):
        return False
    root = xml.root_name(item.content)
    return root in ("rss", "channel") and (b"wordpress.org/export" in item.content[:20_000] or b"<wp:" in item.content)


def read(item: Item) -> Iterator[Story | Discussion | Reject]:
    """Each published post with its comments; comments of a post that isn't published wait for it."""
    root = xml.parse_export(item.content, prefixes=True)
    authors = {
        login: name
        for one in root.iter()
        if xml.qualified(one) == "wp:author"
        and (login := _text(one, "wp:author_login"))
        and (name := _text(one, "wp:author_display_name"))
    }
    site = next((title for one in root.iter("channel") if (title := _text(one, "title"))), None)
    language = next((tag for one in root.iter("channel") if (tag := _text(one, "language"))), None)
    items = list(root.iter("item"))
    attached = {_text(one, "wp:post_id"): one for one in items if _text(one, "wp:post_type") == "attachment"}
    for number, element in enumerate(items, 1):
        if (_text(element, "wp:post_type") or "") not in _STORIES:
            continue
        status = _text(element, "wp:status") or "publish"
        comments = list(_comments(element))
        if status not in ("publish", "future"):
            if comments and addresses.is_link(link := _text(element, "link")):
                yield Discussion(url=link, comments=comments)
            continue
        try:
            parsed = _story(element, authors, attached, status)
        except Reject as reject:
            yield Reject(reject.reason, f"item {number}: {reject.detail}")
            continue
        parsed.site, parsed.language, parsed.comments = site, language, comments
        parsed.original, parsed.original_type = xml.markup(element), "application/xml"
        yield parsed


def _story(element: Element, authors: dict[str, str], attached: dict[str | None, Element], status: str) -> Story:
    markup = _markup(_raw(element, "content:encoded"))
    excerpt = html_text.plain(_raw(element, "excerpt:encoded") or "")
    rows = html_text.paragraphs(markup)
    headline = html_text.plain(_text(element, "title"))
    if not headline:
        raise Reject("no-headline", "the post has no title")
    published = _gmt(element, "wp:post_date_gmt") or _text(element, "pubDate") or _text(element, "wp:post_date")
    login = _text(element, "dc:creator")
    categories = [
        (one.get("domain") or "category", text) for one in element.iterfind("category") if (text := text_of(one))
    ]
    link = _text(element, "link")
    guid = _text(element, "guid")
    return Story(
        headline=headline,
        paragraphs=rows,
        body_html=html_text.reduced(markup),
        byline=authors.get(login or "", login),
        summary=excerpt,
        section=next((text for domain, text in categories if domain == "category"), None),
        topics=list(dict.fromkeys(text for domain, text in categories if domain in ("tag", "post_tag", "category")))[
            :200
        ],
        url=link if addresses.is_link(link) else None,
        guid=guid,
        slug=_text(element, "wp:post_name"),
        published=published,
        modified=_gmt(element, "wp:post_modified_gmt"),
        embargo_until=published if status == "future" else None,
        state=State.EMBARGOED if status == "future" else State.USABLE,
        pictures=_pictures(element, attached),
    )


def _markup(content: str | None) -> str:
    """Content as HTML: WordPress has empty lines between paragraphs, and has codes in brackets."""
    text = _SHORTCODE.sub("", re.sub(r"<!--.*?-->", "", content or "", flags=re.DOTALL))
    if _BLOCK.search(text):
        parts = re.split(r"\n\s*\n", text)
        return "\n".join(part if _BLOCK.search(part) else f"<p>{part}</p>" for part in parts if part.strip())
    return "\n".join(f"<p>{part.strip()}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


def _comments(element: Element) -> Iterator[StoryComment]:
    for one in _all(element, "wp:comment"):
        if (_text(one, "wp:comment_type") or "") in _NOT_COMMENTS:
            continue
        text = "\n\n".join(html_text.paragraphs(_markup(_raw(one, "wp:comment_content"))))
        state = _STATES.get((_text(one, "wp:comment_approved") or "").casefold(), CommentState.HELD)
        parent = _text(one, "wp:comment_parent")
        if text:
            yield StoryComment(
                author=html_text.plain(_text(one, "wp:comment_author")),
                posted=_gmt(one, "wp:comment_date_gmt") or _text(one, "wp:comment_date"),
                text=text,
                own_id=_text(one, "wp:comment_id"),
                parent=parent if parent and parent != "0" else None,
                state=state,
            )


def _pictures(element: Element, attached: dict[str | None, Element]) -> list[Picture]:
    found = []
    for meta in _all(element, "wp:postmeta"):
        if (
            _text(meta, "wp:meta_key") == "_thumbnail_id"
            and (picture := attached.get(_text(meta, "wp:meta_value"))) is not None
        ):
            url = _text(picture, "wp:attachment_url") or _text(picture, "guid")
            if addresses.is_link(url):
                found.append(
                    parts.picture(
                        str(url), html_text.plain(_raw(picture, "excerpt:encoded")) or _text(picture, "title")
                    )
                )
    return found[:20]


def _gmt(element: Element, name: str) -> str | None:
    """A time in GMT, as ISO 8601; WordPress writes zeros where there is none."""
    text = _text(element, name)
    if not text or text.startswith("0000"):
        return None
    return f"{text.replace(' ', 'T')}Z" if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text) else text


def _all(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element if xml.qualified(one) == name)


def _text(element: Element, name: str) -> str | None:
    return text_of(next(_all(element, name), None))


def _raw(element: Element, name: str) -> str | None:
    child = next(_all(element, name), None)
    return "".join(str(part) for part in child.itertext()) if child is not None else None


FORMAT = Format("wxr", "application/rss+xml", recognises, read)
