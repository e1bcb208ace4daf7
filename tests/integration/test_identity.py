"""One article under several ids, through the real pipeline: page first and push second, push first and page second."""

from __future__ import annotations

import json

import pytest

from pipeline.broker import ensure_topics
from pipeline.identity import article_id, event_id
from schemas.article import ReceivedArticle
from schemas.event import EventType
from schemas.events import RawArticleEvent
from schemas.identity import Claim, ClaimScheme
from tests.build import PUBLISHER, minutes
from tests.conftest import Pipeline
from tests.send import Sender, raw_comment

GUID = Claim(scheme=ClaimScheme.GUID, value="urn:story:1")
OLD = Claim(scheme=ClaimScheme.URL, value="https://herald.example/old-slug")
NEW = Claim(scheme=ClaimScheme.URL, value="https://herald.example/new-slug")


def revision(claims: tuple[Claim, ...], at: float, text: str) -> RawArticleEvent:
    identity = article_id(PUBLISHER, claims)
    url = next((claim.value for claim in claims if claim.scheme is ClaimScheme.URL), None)
    data = ReceivedArticle(
        article_id=identity, provider="herald", publisher=PUBLISHER, claims=claims, headline=f"Headline: {text}", paragraphs=(text,),
        modified=minutes(at).isoformat(), url=url,
    )  # fmt: skip
    return RawArticleEvent(
        id=event_id(identity, "article", text, str(at)), source="/test", type=EventType.ARTICLE_PUBLISHED, subject=str(identity),
        time=minutes(at), data=data,
    )  # fmt: skip


def comment_on(claims: tuple[Claim, ...], n: int):  # type: ignore[no-untyped-def]
    event = raw_comment("x", n)
    identity = article_id(PUBLISHER, claims)
    return event.model_copy(
        update={"subject": str(identity), "data": event.data.model_copy(update={"article_id": identity})}
    )


@pytest.mark.parametrize("order", ["page first", "push first"])
def test_page_and_push_are_one_article(pipeline: Pipeline, order: str) -> None:
    ensure_topics(pipeline.settings)
    pipeline.start("worker", "indexer")
    page, push, moved = (GUID, OLD), (GUID,), (GUID, NEW)
    events = [
        revision(page, 0, "of the page"),
        revision(push, 5, "pushed"),
        revision(moved, 10, "under its new address"),
    ]
    comments = [comment_on(page, 1), comment_on(push, 2), comment_on(moved, 3)]
    sender = Sender(pipeline.settings)
    for event in events if order == "page first" else events[::-1]:
        sender.event(event)
        sender.flush()
        pipeline.until_quiet()
    for comment in comments:
        sender.event(comment)
    sender.close()
    pipeline.until(lambda: pipeline.count("comments") == 3)
    pipeline.until_quiet()
    root = str(article_id(PUBLISHER, page))
    (article,) = pipeline.documents("articles").values()
    assert (article["article_id"], article["url"]) == (root, NEW.value)
    assert {one["article_id"] for one in pipeline.documents("comments").values()} == {root}
    assert len(pipeline.documents("redirects")) == 2

    gave_way = str(article_id(PUBLISHER, push))
    trace = json.loads(pipeline.command("trace", gave_way, "--json").stdout)
    assert (trace["article_id"], trace["standing"]) == (root, "public")
    history = json.loads(pipeline.command("history", gave_way, "--json").stdout)
    assert [one["headline"].removeprefix("Headline: ") for one in history] == [
        "of the page",
        "pushed",
        "under its new address",
    ]
    assert json.loads(pipeline.command("reconcile", "--json").stdout)["missing"]["count"] == 0
    story = json.loads(pipeline.command("story", gave_way, "--json").stdout)
    assert [one["article_id"] for one in story["articles"]] == [root]

    killed = pipeline.command("kill", gave_way, "--reason", "libel", "--json")
    assert killed.returncode == 0, killed.stdout
    assert pipeline.count("articles") == 0
    assert pipeline.count("comments") == 0
    assert all("headline" not in one for one in pipeline.documents("history").values())
