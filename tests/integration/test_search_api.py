"""The search API on what came through the real pipeline: hidden things stay hidden, on every route and in every format."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from pipeline.process.ports import free_port
from schemas.comment import CommentNotice
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.patch import ReceivedPatch
from tests.conftest import Pipeline
from tests.support.builders import RawEvent, id_of, minutes, raw_article, raw_comment, raw_kill
from tests.support.sender import Sender
from tests.support.waiting import PATIENCE

SECRET = "Zanzibar"
"""In every field of what is hidden, and in nothing else."""
LATER, EARLIER = datetime.now(UTC) + timedelta(days=400), datetime.now(UTC) - timedelta(days=1)
PROVIDERS = {"herald": {"banned_words": ["kraken"], "suspect_words": ["leviathan"]}}
QUERIES = [
    "", "zanzi*", "headline:zanzi*", "author:zanzi*", "section:zanzi*", "place:zanzi*", "person:zanzi*", "topic:zanzi*",
    "organisation:zanzi*", "date:2026", "-ferry", "zanzibra", "ferry OR zanzi*", "(zanzi* -x)",
    "omar zanzibra", "zanziabr jonse",
]  # fmt: skip
FORMATS = ["json", "atom", "jsonfeed", "csv", "ndjson"]
EVERY_FACET = "section,publisher,language,author,person,place,country,organisation,topic,media_topic,story"


def secret(name: str, *, at: float = 0, **fields: Any) -> RawArticleEvent:
    event = raw_article(name, at=at, text=f"{SECRET} police chief Omar {SECRET} said so in {SECRET} of {name}.")
    assert not isinstance(event.data, ReceivedPatch)
    every = {
        "headline": f"{SECRET} of {name} {at}", "summary": f"{SECRET}.", "section": SECRET, "topics": (SECRET,),
        "byline": f"By {SECRET} Jones", "dateline": SECRET, "slug": SECRET, "correction_note": f"Not {SECRET}.", "credit": SECRET,
        "language": "en",
    }  # fmt: skip
    return event.model_copy(update={"data": event.data.model_copy(update=every | fields)})


def public(name: str, text: str, *, at: float = 0, **fields: Any) -> RawArticleEvent:
    event = raw_article(name, at=at, text=text)
    return event.model_copy(update={"data": event.data.model_copy(update={"language": "en", **fields})})


def removal(name: str, n: int) -> RawCommentEvent:
    posted = raw_comment(name, n).data
    notice = CommentNotice.model_validate(
        {"kind": "comment-removal", "article_id": posted.article_id, "comment_id": posted.comment_id, "claims": posted.claims, "provider": "herald", "publisher": posted.publisher, "name": posted.name, "at": minutes(60)}
    )  # fmt: skip
    return RawCommentEvent(
        id=f"removal-{n}", source="/test", type=EventType.COMMENT_REMOVED, subject=str(posted.comment_id), time=minutes(60), data=notice
    )  # fmt: skip


HIDDEN = ("embargoed", "killed", "withheld", "expired")


def send_everything(pipeline: Pipeline) -> None:
    sender = Sender(pipeline.settings)
    events: list[RawEvent] = [
        secret("embargoed", embargo_until=LATER.isoformat()), secret("withheld", withheld=True),
        secret("expired", expires=EARLIER.isoformat()), secret("killed"), secret("killed", at=2), raw_kill("killed", at=10),
        public("open", "The ferry sails.", section="Sport", topics=("boats",), byline="By Ann Lee"),
        *(raw_comment(name, 1, text=f"I know about {SECRET}.") for name in HIDDEN),
        raw_comment("open", 1, text="The ferry is late."), raw_comment("open", 2, text=f"{SECRET} kraken"),
        raw_comment("open", 3, text=f"{SECRET} leviathan"), raw_comment("open", 4, text=f"{SECRET} again"), removal("open", 4),
        # revisions that nobody could see, of articles that everybody can
        secret("was-withheld", withheld=True), public("was-withheld", "A ferry.", at=5),
        secret("was-embargoed", embargo_until=LATER.isoformat()), public("was-embargoed", "A ferry.", at=5),
        secret("was-licensed", expires=EARLIER.isoformat()), public("was-licensed", "A ferry.", at=5),
        public("corrected", "The ferry sank in Mauritius.", correction_note=None), public("corrected", "The ferry didn’t sink.", at=5, correction_note="It did not sink."),
    ]  # fmt: skip
    for event in events:
        sender.event(event)
    sender.close()


def test_hidden_things_stay_hidden_and_nothing_makes_the_api_fail(pipeline: Pipeline) -> None:
    port, health = free_port(), free_port()
    pipeline.start("worker", DATELINE_PROVIDERS=json.dumps(PROVIDERS))
    pipeline.start("indexer")
    pipeline.start("search-api", DATELINE_SEARCH_PORT=str(port), DATELINE_SEARCH_HEALTH_PORT=str(health))
    send_everything(pipeline)
    pipeline.until(lambda: pipeline.count("articles") == 5 and pipeline.count("articles-hidden") == 4)
    pipeline.until_quiet()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
        pipeline.until(lambda: _answers(client))
        pipeline.until(lambda: httpx.get(f"http://127.0.0.1:{health}/readyz", timeout=PATIENCE).status_code == 200)
        assert client.get("/metrics").status_code == 404
        _hidden_by_id(client)
        _hidden_in_searches(client)
        _hidden_beside_articles(client)
        _history(client)
    schema = f"http://127.0.0.1:{port}/openapi.json"
    run = subprocess.run(
        [str(Path(sys.executable).parent / "schemathesis"), "run", schema, "--checks", "not_a_server_error", "--phases", "examples,fuzzing", "--max-examples", "15", "--no-color"],
        capture_output=True, text=True, check=False, cwd=pipeline.folder,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/v1/articles").status_code == 200
    except httpx.HTTPError:
        return False


def _clean(answer: httpx.Response) -> str:
    assert answer.status_code == 200, f"{answer.request.url}: {answer.text}"
    assert SECRET.casefold() not in answer.text.casefold(), answer.request.url
    for name in HIDDEN:
        assert str(id_of(name)) not in answer.text, answer.request.url
    return answer.text


def _hidden_by_id(client: httpx.Client) -> None:
    for name in HIDDEN:
        for rest in (
            "",
            "/comments",
            "/comments?view=flat",
            "/related",
            *(f"?format={one}" for one in ("ninjs", "jsonld", "newsml-g2", "nitf")),
            "?include=history",
        ):
            answer = client.get(f"/v1/articles/{id_of(name)}{rest}")
            assert answer.status_code == 404, rest
            assert SECRET not in answer.text
        assert client.get(f"/articles/{id_of(name)}").status_code == 404
        assert client.get(f"/v1/articles?q=id:{id_of(name)}").json()["total"] == 0
        assert client.get(f"/v1/comments?article={id_of(name)}").json()["total"] == 0


def _hidden_in_searches(client: httpx.Client) -> None:
    assert client.get("/v1/articles?q=ferry").json()["total"] == 5, "what is public is found"
    for text, form in itertools.product(QUERIES, FORMATS):
        _clean(client.get("/v1/articles", params={"q": text, "format": form}))
    for text in QUERIES:
        _clean(
            client.get(
                "/v1/articles", params={"q": text, "facets": EVERY_FACET, "histogram": "day", "sort": "discussed"}
            )
        )
        _clean(client.get("/v1/articles", params={"q": text, "collapse": "story", "has": "comments"}))
        _clean(
            client.get(
                "/v1/articles",
                params={"q": text, "fields": "headline,entities,pictures,changes,claims,correction_note"},
            )
        )
        for route in ("/v1/comments", "/v1/timeline", "/v1/stories", "/search", "/comments"):
            _clean(client.get(route, params={"q": text}))
    for field in ("section", "author", "topic", "place", "person"):
        assert client.get("/v1/articles", params={field: SECRET}).json()["total"] == 0
    assert client.get("/v1/articles", params={"q": SECRET}).json()["total"] == 0
    assert client.get("/v1/comments", params={"q": SECRET}).json()["total"] == 0
    for typed in ("z", "za", "zanzi", "zanzib", "omar z", "jo"):
        _clean(client.get("/v1/suggest", params={"q": typed}))
    _clean(client.get("/v1/trends"))
    _clean(client.get("/"))


def _hidden_beside_articles(client: httpx.Client) -> None:
    for rest in (
        "",
        "/comments",
        "/comments?view=flat",
        "/comments?sort=discussed",
        "/related",
        *(f"?format={one}" for one in ("ninjs", "jsonld", "newsml-g2", "nitf")),
    ):
        for name in ("open", "was-withheld", "was-embargoed", "was-licensed", "corrected"):
            _clean(client.get(f"/v1/articles/{id_of(name)}{rest}"))
    for name in ("open", "was-withheld", "was-embargoed", "was-licensed", "corrected"):
        for rest in ("", "/comments", "/revisions"):
            if not rest or client.get(f"/articles/{id_of(name)}{rest}").status_code != 404:
                _clean(client.get(f"/articles/{id_of(name)}{rest}"))
    with client.stream("GET", "/live") as live:
        told = next(line for line in live.iter_lines() if line.startswith("data: "))
    assert len(json.loads(told.removeprefix("data: "))) == 5
    assert SECRET.casefold() not in told.casefold()
    assert not any(str(id_of(name)) in told for name in HIDDEN)
    thread = client.get(f"/v1/articles/{id_of('open')}/comments").json()
    assert [one["text"] for one in thread["comments"]] == ["The ferry is late."]


def _history(client: httpx.Client) -> None:
    for name in ("was-withheld", "was-embargoed", "was-licensed"):
        assert len(client.get(f"/v1/articles/{id_of(name)}").json()["history"]) == 1
    corrected = client.get(f"/v1/articles/{id_of('corrected')}").json()
    assert [one["number"] for one in corrected["history"]] == [1, 2]
    assert {"change": "removed", "text": "The ferry sank in Mauritius."} in corrected["history"][1]["body"]
    assert [one["note"] for one in corrected["corrections"]] == ["It did not sink."]
