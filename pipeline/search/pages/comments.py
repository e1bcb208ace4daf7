"""The comments of an article on a page of their own, and the address of a single one that lasts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import RedirectResponse, Response

from pipeline.search import detail_queries, threads
from pipeline.search.pages.errors import error_page
from pipeline.search.pages.rendering import query_string, render
from pipeline.search.pages.routing import as_id, page_router
from pipeline.search.routes import FromIndex
from pipeline.search.threads import Order

router = page_router()
PAGE = 50
MAX_PAGE = threads.MAX_COMMENTS // PAGE


@router.get("/articles/{article_id}/comments")
def comments_page(
    reader: FromIndex, article_id: str, page: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 1, sort: Order = "oldest"
) -> Response:
    id_ = as_id(article_id)
    article = reader.document(id_) if id_ else None
    if article is None:
        return error_page(404, "There is no such story, or readers may not see it.")
    own = article["article_id"]
    if own != article_id:
        query = query_string({"page": page if page > 1 else None, "sort": sort if sort != "oldest" else None})
        return RedirectResponse(f"/articles/{own}/comments{query}", 308)
    places, total = reader.reading(own, sort)
    pages = max(1, -(-len(places) // PAGE))
    if page > pages:
        return error_page(404, f"The comments of this story end on page {pages}.")
    here = places[(page - 1) * PAGE : page * PAGE]
    return render(
        "comments.html", a=article, comments=reader.comments_at(here), total=total, left=total - len(places), page=page, pages=pages, sort=sort,
        first=(page - 1) * PAGE,
    )  # fmt: skip


@router.get("/comments/{comment_id}")
def comment(reader: FromIndex, comment_id: str) -> Response:
    """To its place in the thread."""
    id_ = as_id(comment_id)
    found = reader.sources("comments", detail_queries.comments([id_])) if id_ else []
    if not found or id_ is None:
        return error_page(404, "There is no such comment, or readers may not see it.")
    article_id = found[0]["article_id"]
    places, _ = reader.reading(article_id, "oldest")
    page = threads.page_of(places, id_, PAGE) or 1
    return RedirectResponse(
        f"/articles/{article_id}/comments{query_string({'page': page if page > 1 else None})}#c-{id_}", 303
    )
