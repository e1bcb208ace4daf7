"""The page of an article, and that of its revisions."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.search.coverage import figure_text
from pipeline.search.differences import difference
from pipeline.search.pages import article_source as source
from pipeline.search.pages.body import Body, body, marker
from pipeline.search.pages.errors import error_page
from pipeline.search.pages.places import map_of, places_of
from pipeline.search.pages.rendering import query_string, render
from pipeline.search.pages.routing import Text, as_id, has_feeds, page_router, part
from pipeline.search.pages.texts import address
from pipeline.search.past import Past
from pipeline.search.responses import base_of
from pipeline.search.routes import FromIndex
from schemas.enrichment import SURE

router = page_router()
Number = Annotated[int | None, Query(ge=1, le=1_000_000)]
Back = Annotated[str | None, Query(max_length=2000)]

MEMBERS_BESIDE = 6
COMMENTS_BELOW = 20
CHANGES_LISTED = 5
CHANGES_SHOWN = 50
"""On a page of revisions."""


@router.get("/articles/{article_id}")
def article_page(request: Request, reader: FromIndex, article_id: str, q: Text = None, back: Back = None) -> Response:
    id_ = as_id(article_id)
    article = reader.document(id_) if id_ else None
    if article is None:
        return error_page(404, "There is no such story, or readers may not see it.")
    own, path, base = article["article_id"], request.url.path, base_of(request).rstrip("/")
    if own != article_id:
        return RedirectResponse(f"/articles/{own}{query_string({'q': q, 'back': back})}", 308)
    words = (part(path, lambda: source.marked_words(reader, own, q)) if q else None) or []
    shown = body(article, words)
    story = part(path, lambda: source.members(reader, article["story_id"])) if article.get("story_id") else None
    thread = part(path, lambda: _first_comments(reader, own))
    past = part(path, lambda: reader.past(article, datetime.now(UTC), CHANGES_LISTED + 1))
    return render(
        "article.html",
        a=article,
        q=q or "",
        back=safe_back(back),
        words=marker(words),
        body=shown.html,
        voices=voices(article, shown),
        figures=figures(article, shown),
        people=people(article),
        pictures=pictures(article),
        links=links(article),
        map=map_of(article),
        story=_beside(story, own) if story else None,
        thread=thread,
        changes=None if past is None else changes(past),
        structured=structured(article, thread["total"] if thread else None, base),
        base=base,
        feeds=has_feeds(request),
    )


@router.get("/articles/{article_id}/revisions")
def revisions_page(request: Request, reader: FromIndex, article_id: str, until: Number = None) -> Response:
    id_ = as_id(article_id)
    article = reader.document(id_) if id_ else None
    if article is None:
        return error_page(404, "There is no such story, or readers may not see it.")
    if article["article_id"] != article_id:
        return RedirectResponse(f"/articles/{article['article_id']}/revisions", 308)
    found = reader.past(article, datetime.now(UTC), CHANGES_SHOWN + 1, until) or Past((article,), 1, 1)
    return render("revisions.html", a=article, changes=changes(found), first=found.first, later=until is not None)


def changes(past: Past) -> list[dict[str, Any]]:
    """What each revision changed, the first one left out: `{number, revision, difference, note}`."""
    found = []
    for n, (before, after) in enumerate(pairwise(past.shown), past.first + 1):
        made = difference(before, after)
        note = after.get("correction_note") if after.get("correction_note") != before.get("correction_note") else None
        if made or note:
            found.append({"number": n, "revision": after, "difference": made, "note": note})
    return found


def voices(article: dict[str, Any], shown: Body) -> list[dict[str, Any]]:
    """Who says what, each with the place of the words in the text: whole sentences whose speaker is sure."""
    unsure = [one for one in article.get("entities") or () if (one.get("confidence") or 1.0) < SURE]
    doubtful = {str(one["name"]).casefold() for one in unsure}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in article.get("quotations") or ():
        speaker = one.get("speaker")
        if speaker and not one.get("partial") and speaker.casefold() not in doubtful:
            found[speaker].append({"text": one["text"], "at": shown.place_of(one["text"])})
    roles = {one["name"]: one.get("role") for one in article.get("entities") or () if one.get("role")}
    return [{"speaker": name, "role": roles.get(name), "quotes": quotes} for name, quotes in list(found.items())[:12]]


def figures(article: dict[str, Any], shown: Body) -> list[dict[str, Any]]:
    """Figures, who claims them, and where the text has them."""
    return [
        one | {"shown": figure_text(one), "at": shown.place_of(str(one.get("what") or ""))}
        for one in (article.get("figures") or ())[:12]
    ]


def people(article: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Whom and what it names: the heading, and names with the filter that finds them and the role that the text gives a
    person."""
    roles = {one.get("known_as") or one["name"]: one.get("role") for one in article.get("entities") or ()}
    where = places_of(article)
    kinds = (
        ("people", "person", "People"),
        ("places", "place", "Places"),
        ("organisations", "organisation", "Organisations"),
    )
    return [
        (
            heading,
            [
                {
                    "name": name,
                    "role": roles.get(name),
                    "filter": {filter_: name} | (where.get(name, {}) if filter_ == "place" else {}),
                }
                for name in article[field][:20]
            ],
        )
        for field, filter_, heading in kinds
        if article.get(field)
    ]


def pictures(article: dict[str, Any]) -> list[dict[str, Any]]:
    """Pictures as links, with caption and credit."""
    found = [one | {"href": address(one.get("url"))} for one in article.get("pictures") or ()]
    return [one for one in found if one["href"]][:10]


def links(article: dict[str, Any]) -> list[dict[str, Any]]:
    """What belongs with the story, as far as a reader can follow it there."""
    found = [one | {"href": address(one.get("url"))} for one in article.get("links") or ()]
    return [one for one in found if one["href"]][:10]


def safe_back(back: str | None) -> str | None:
    """The search that the reader came from: a path of this page with its query."""
    return back if back and back.startswith("/search?") else None


def structured(article: dict[str, Any], comments: int | None, base: str) -> dict[str, Any]:
    """The article as schema.org has it."""
    at = article.get("published") or article.get("shown_at")
    found = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article["headline"],
        "description": article.get("summary"),
        "datePublished": at,
        "dateModified": article.get("modified") or at,
        "inLanguage": article.get("language"),
        "articleSection": article.get("section"),
        "keywords": article.get("topics"),
        "author": [{"@type": "Person", "name": name} for name in article.get("authors") or ()],
        "publisher": {"@type": "Organization", "name": article.get("publisher")},
        "image": [one["href"] for one in pictures(article)],
        "mainEntityOfPage": f"{base}/articles/{article['article_id']}",
        "isBasedOn": address(article.get("url")),
        "wordCount": article.get("words"),
        "commentCount": comments,
        "correction": article.get("correction_note"),
    }
    return {name: value for name, value in found.items() if value not in (None, [], ())}


def _first_comments(reader: FromIndex, article_id: str) -> dict[str, Any]:
    places, total = reader.reading(article_id, "oldest")
    return {"total": total, "comments": reader.comments_at(places[:COMMENTS_BELOW])}


def _beside(story: tuple[str, int, list[dict[str, Any]]], own: str) -> dict[str, Any] | None:
    """The other members: those that add most first, copies last."""
    id_, total, members = story
    others = [one for one in members if one["article_id"] != own]
    others.sort(key=lambda one: (one.get("relation") == "copy", -sum(map(len, one["adds"].values()))))
    return {"story_id": id_, "total": total, "others": others[:MEMBERS_BESIDE]} if others else None
