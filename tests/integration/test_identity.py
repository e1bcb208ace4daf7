"""One article under several ids, through the real pipeline: page first and push second, push first and page second."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from pipeline.identity import article_id, comment_id, comment_name, event_id
from pipeline.kafka.clients import ensure_topics
from schemas.article import Notice, ReceivedArticle
from schemas.event import EventType
from schemas.events import RawArticleEvent
from schemas.identity import Claim, ClaimScheme
from tests.conftest import Pipeline
from tests.support.builders import PUBLISHER, minutes, raw_comment
from tests.support.sender import Sender
from tests.support.waiting import PATIENCE


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
    event = raw_comment(claims[0].value, n)
    identity = article_id(PUBLISHER, claims)
    own = comment_id(identity, comment_name(str(n)))
    return event.model_copy(
        update={
            "subject": str(identity),
            "data": event.data.model_copy(update={"article_id": identity, "claims": claims, "comment_id": own}),
        }
    )


def test_page_and_push_are_one_article_whichever_comes_first(pipeline: Pipeline) -> None:
    ensure_topics(pipeline.settings)
    pipeline.start("worker", "indexer")
    stories = {order: names(order) for order in ("page-first", "push-first")}
    sender = Sender(pipeline.settings)
    for step in range(3):
        for order, (page, push, moved) in stories.items():
            events = [
                revision(page, 0, "of the page"),
                revision(push, 5, "pushed"),
                revision(moved, 10, "under its new address"),
            ]
            sender.event(events[step] if order == "page-first" else events[2 - step])
        sender.flush()
        pipeline.until_quiet()
    for claims in stories.values():
        for n, under in enumerate(claims):
            sender.event(comment_on(under, n))
    sender.close()
    pipeline.until(lambda: pipeline.count("comments") == 6)
    pipeline.until_quiet()
    shown, comments = pipeline.documents("articles"), pipeline.documents("comments")
    assert len(shown) == 2
    assert len(pipeline.documents("redirects")) == 4
    for order, (page, push, moved) in stories.items():
        root, gave_way = str(article_id(PUBLISHER, page)), str(article_id(PUBLISHER, push))
        assert shown[root]["url"] == moved[1].value
        assert sum(one["article_id"] == root for one in comments.values()) == 3
        trace = json.loads(pipeline.command("trace", gave_way, "--json").stdout)
        assert (trace["article_id"], trace["standing"]) == (root, "public"), order
        history = json.loads(pipeline.command("history", gave_way, "--json").stdout)
        told = [one["headline"].removeprefix("Headline: ") for one in history]
        assert told == ["of the page", "pushed", "under its new address"], order
    assert json.loads(pipeline.command("reconcile", "--json").stdout)["missing"]["count"] == 0
    story = json.loads(pipeline.command("story", gave_way, "--json").stdout)
    assert [one["article_id"] for one in story["articles"]] == [root]

    killed = pipeline.command("kill", gave_way, "--reason", "libel", "--wait", f"{PATIENCE:.0f}", "--json")
    assert killed.returncode == 0, killed.stdout
    assert pipeline.count("articles") == 1
    assert pipeline.count("comments") == 3
    history = json.loads(pipeline.command("history", gave_way, "--json").stdout)
    assert all("headline" not in one for one in history)


def names(story: str) -> tuple[tuple[Claim, ...], tuple[Claim, ...], tuple[Claim, ...]]:
    """What page, push, and the page under its new address are called."""
    guid = Claim(scheme=ClaimScheme.GUID, value=f"urn:{story}")
    old, new = (
        Claim(scheme=ClaimScheme.URL, value=f"https://herald.example/{story}/{slug}")
        for slug in ("old-slug", "new-slug")
    )
    return (guid, old), (guid,), (guid, new)


FUTURE = datetime(2099, 1, 1, tzinfo=UTC)


def test_names_and_clocks_of_senders(pipeline: Pipeline) -> None:
    """By Kafka alone: a kill and comments that know one name only, and a sender whose clock is in 2099."""
    began = datetime.now(UTC)
    ensure_topics(pipeline.settings)
    pipeline.start("worker", "indexer")
    guid, url = names("page-first")[0][0], Claim(scheme=ClaimScheme.URL, value="https://herald.example/ahead")
    ahead, other = (Claim(scheme=ClaimScheme.GUID, value="ahead"), url), (guid, *names("page-first")[0][1:])
    sender = Sender(pipeline.settings)
    sent = revision(ahead, 0, "from the future")
    sender.event(
        sent.model_copy(update={"time": FUTURE, "data": sent.data.model_copy(update={"modified": FUTURE.isoformat()})})
    )
    sender.event(revision(other, 0, "to be killed"))
    sender.event(comment_on((ahead[0],), 1))
    sender.flush()
    pipeline.until(lambda: pipeline.count("articles") == 2 and pipeline.count("comments") == 1)
    document = pipeline.documents("articles")[str(article_id(PUBLISHER, ahead))]
    now = datetime.now(UTC)
    ahead_by = timedelta(minutes=5)
    assert began - ahead_by < datetime.fromisoformat(document["revision"]["received"]) < now + ahead_by
    (comment,) = pipeline.documents("comments").values()
    assert comment["article_id"] == str(article_id(PUBLISHER, ahead))
    known = (guid,)
    identity = article_id(PUBLISHER, known)
    notice = Notice(
        kind="withdrawal", article_id=identity, provider="herald", publisher=PUBLISHER, claims=known, at=now
    )
    sender.event(
        RawArticleEvent(
            id="kill", source="/test", type=EventType.ARTICLE_WITHDRAWN, subject=str(identity), time=now, data=notice
        )
    )
    sender.close()
    pipeline.until(lambda: set(pipeline.documents("articles")) == {str(article_id(PUBLISHER, ahead))})
