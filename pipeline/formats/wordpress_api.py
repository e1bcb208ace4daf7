"""Posts and comments as WordPress's REST API answers them (`/wp-json/wp/v2/posts`, `/comments`): one, or a list.

Source: https://developer.wordpress.org/rest-api/reference/posts/ and /comments/. What is scheduled is under embargo until its
date, what needs a password is withheld; drafts, private and deleted posts are no stories. Names of authors, pictures and terms
are there where it was asked with `_embed`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag

from pipeline import addresses
from pipeline.dates import names_no_time
from pipeline.errors import Reject
from pipeline.formats import html_text, json_values, parts, wordpress_posts
from pipeline.formats.format import Format, LeftOut
from pipeline.formats.items import CommentState, Discussion, Item, State, Story, StoryComment
from pipeline.formats.threads import Threads, words
from pipeline.formats.wxr_comments import NOT_COMMENTS, STATES
from schemas.article import Picture

Thing = dict[str, Any]
_PAGE_OF_COMMENTS = re.compile(r"comment-page-\d+/?$")


def recognises(item: Item) -> bool:
    loaded = item.json
    return any(
        isinstance(json_values.as_dict(one.get("content")).get("rendered"), str)
        and (_is_comment(one) or "rendered" in json_values.as_dict(one.get("title")))
        for one in json_values.objects([loaded] if isinstance(loaded, dict) else loaded)
    )


def read(item: Item) -> Iterator[Story | Discussion | Reject]:
    """A story for each published post, the comments by the post under whose address they stand. Raises Reject where there
    are neither."""
    loaded = item.json
    threads = Threads()
    unpublished: Counter[str] = Counter()
    found = 0
    for number, one in enumerate(loaded if isinstance(loaded, list) else [loaded], 1):
        try:
            if not isinstance(one, dict):
                raise Reject("invalid", f"it has to be an object, not {json_values.kind_of(one)}")
            status = json_values.text(one.get("status")) or "publish"
            if _is_comment(one):
                if json_values.text(one.get("type")) not in NOT_COMMENTS:
                    threads.add(_comment(one, status), *_thread(one))
                    found += 1
            elif status in ("publish", "future"):
                story = _story(one, status)
                story.original = json.dumps(one, ensure_ascii=False).encode()
                story.original_type = "application/json"
                found += 1
                yield story
            else:
                unpublished[f"{status} {json_values.text(one.get('type')) or 'post'}"] += 1
        except Reject as reject:
            found += 1
            yield Reject(reject.reason, f"item {number}: {reject.detail}")
    left_out = ", ".join(f"{number} {what} (not published)" for what, number in sorted(unpublished.items()))
    if not found:
        raise Reject("no-story", f"this answer has no published post; it has {left_out or 'nothing'}")
    yield from threads
    if left_out:
        yield LeftOut(left_out)


def _is_comment(thing: Thing) -> bool:
    return "post" in thing and "author_name" in thing


def _comment(thing: Thing, status: str) -> StoryComment:
    parent = json_values.identifier(thing.get("parent"))
    return StoryComment(
        author=html_text.plain(json_values.text(thing.get("author_name"))),
        posted=_time(thing, "date"),
        text=words(_rendered(thing, "content")),
        own_id=json_values.identifier(thing.get("id")),
        parent=parent if parent != "0" else None,
        state=CommentState.APPROVED if status == "publish" else STATES.get(status.casefold(), CommentState.HELD),
    )


def _thread(thing: Thing) -> tuple[str | None, str | None]:
    """The address of its post; else the name that WordPress gives it by its number."""
    link = json_values.text(thing.get("link"))
    if link and addresses.is_link(link):
        return _PAGE_OF_COMMENTS.sub("", urldefrag(link).url), None
    return None, _numbered(thing, "post")


def _story(thing: Thing, status: str) -> Story:
    link = json_values.text(thing.get("link"))
    url = link if addresses.is_link(link) else None
    embedded = json_values.as_dict(thing.get("_embedded"))
    title = html_text.plain(_rendered(thing, "title"))
    names = (html_text.plain(json_values.text(one.get("name"))) for one in json_values.objects(embedded.get("author")))
    byline = ", ".join(dict.fromkeys(name for name in names if name)) or None
    excerpt = html_text.plain(_rendered(thing, "excerpt") or "")
    slug = json_values.text(thing.get("slug"))
    texts = wordpress_posts.read(_rendered(thing, "content"), title, byline, excerpt, slug, url)
    terms = [
        (one.get("taxonomy"), word)
        for several in json_values.as_list(embedded.get("wp:term"))
        for one in json_values.objects(several)
        if (word := html_text.plain(json_values.text(one.get("name"))))
    ]
    published = _time(thing, "date")
    protected = json_values.is_true(json_values.as_dict(thing.get("content")).get("protected"))
    scheduled = status == "future"
    guid = _rendered(thing, "guid")
    return Story(
        headline=texts.headline,
        paragraphs=texts.paragraphs,
        body_html=texts.body_html,
        byline=byline,
        editor_note=texts.editor_note,
        summary=excerpt,
        section=next((word for taxonomy, word in terms if taxonomy == "category"), None),
        topics=list(dict.fromkeys(word for taxonomy, word in terms if taxonomy in ("category", "post_tag")))[:200],
        language=json_values.text(thing.get("lang")),
        url=url,
        guid=guid.strip() if guid and guid.strip() else None if url else _numbered(thing, "id"),
        site_url=_home(thing),
        slug=slug,
        published=published,
        modified=_time(thing, "modified"),
        embargo_until=published if scheduled else None,
        state=State.WITHHELD if protected else State.EMBARGOED if scheduled else State.USABLE,
        pictures=wordpress_posts.all_pictures(_pictures(embedded), texts.pictured),
    )


def _rendered(thing: Thing, name: str) -> str | None:
    value = json_values.as_dict(thing.get(name)).get("rendered")
    return value if isinstance(value, str) else None


def _time(thing: Thing, name: str) -> str | None:
    """The time in GMT, which is written without a zone; where that is none, the one in the site's own zone."""
    gmt, local = (json_values.text(thing.get(key)) for key in (f"{name}_gmt", name))
    if gmt and not names_no_time(gmt):
        return f"{gmt}Z" if re.fullmatch(r"[\d-]+T[\d:]+", gmt) else gmt
    return local if local and not names_no_time(local) else None


def _home(thing: Thing) -> str | None:
    """The address of the site: that of its API ends with `/wp-json/`."""
    links = json_values.as_dict(thing.get("_links"))
    for one in json_values.objects(links.get("self")):
        home, api, _ = (json_values.text(one.get("href")) or "").partition("/wp-json/")
        if api and addresses.is_link(home):
            return f"{home}/"
    return None


def _numbered(thing: Thing, name: str) -> str | None:
    home, number = _home(thing), json_values.identifier(thing.get(name))
    return f"{home}?p={number}" if home and number and number != "0" else None


def _pictures(embedded: Thing) -> list[Picture]:
    """The post's own."""
    found = []
    for one in json_values.objects(embedded.get("wp:featuredmedia")):
        address = json_values.text(one.get("source_url"))
        if address and addresses.is_link(address):
            caption = html_text.plain(_rendered(one, "caption")) or json_values.text(one.get("alt_text"))
            found.append(parts.picture(address, caption))
    return found


FORMAT = Format("wordpress api", "application/json", recognises, read)
