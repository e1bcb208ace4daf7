"""Saved searches on real engines: from a story that is published to the webhook that is told, and withdrawn from."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from pipeline.process.ports import free_port
from pipeline.saved.signing import signature
from schemas.events import RawArticleEvent
from tests.conftest import Pipeline
from tests.support.builders import id_of, raw_article, raw_kill
from tests.support.sender import Sender
from tests.support.waiting import PATIENCE

KEY = "the-desk's-key"
TEXTS = {
    "ferries": ("en", "The ferries of Varnholm stay in port; 12,500 passengers wait."),
    "kill": ("en", "A ferry captain is accused."),
    "mail": ("en", "She sent an e-mail about the F-16 to O’Neill."),
    "haus": ("de", "Die Häuser der Müllers stehen am Fährhafen."),
    "maison": ("fr", "L’élection a été reportée aux écoles."),
    "tokyo": ("ja", "東京都の知事選挙は来月に行われる。"),
    "moscow": ("ru", "Паромы идут в Москву, ёлки стоят."),
    "arabic": ("ar", "انتخابات الرئاسة في المدينة"),
    "other": ("en", "Nothing of all that."),
}
QUERIES = [
    "ferry", "ferry passengers", '"stay in port"', "12500", "ferr*", "varnholm -captain", "ferry OR election", "email", "F16", "e-mail",
    "oneill", "o'neill", "Haus", "mueller", "Müller", "fahrhafen", "élection", "election", "école", "東京", "知事", "東京 大阪 選挙 来月", "паром", "елка", "москв*",
    "انتخاب", "headline:ferries", "publisher:herald.example", "language:de", "-ferry", "zeppelin", "section:business", "solberg", "author:annaferries", "topic:sea", "sea ferries", "solberg ferry", "ferries port passengers zeppelin",
]  # fmt: skip


class Receiver:
    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204

    def told(self) -> list[tuple[str, str]]:
        """Type and article of each alert, without repetitions."""
        alerts = {headers["webhook-id"]: json.loads(body) for headers, body in self.got}
        return [(one["type"], one["article"]["article_id"]) for one in alerts.values()]


@contextmanager
def receiving() -> Iterator[tuple[Receiver, str]]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver, f"http://127.0.0.1:{server.server_port}/alerts"
    finally:
        server.shutdown()
        server.server_close()


def story(name: str) -> RawArticleEvent:
    """Received now: what came before a search was saved is not told."""
    language, text = TEXTS[name]
    event = raw_article(name, text=text)
    data = event.data.model_copy(
        update={
            "language": language,
            "headline": f"Of {name}",
            "byline": f"By Anna{name} Solberg",
            "topics": (f"Sea {name}",),
        }
    )
    return event.model_copy(update={"time": datetime.now(UTC), "data": data})


def test_what_is_found_is_told_withdrawn_and_never_lost(pipeline: Pipeline) -> None:
    port = free_port()
    variables = {
        "DATELINE_SEARCH_PORT": str(port),
        "DATELINE_SEARCH_KEYS": json.dumps({"desk": hashlib.sha256(KEY.encode()).hexdigest()}),
        "DATELINE_PRIVATE_WEBHOOKS": "true",
        "DATELINE_SAVED_SEARCHES": "100",
    }
    pipeline.start("worker", "indexer", **variables)
    pipeline.start("alerts", "search-api", **variables)
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}/v1", headers={"Authorization": f"Bearer {KEY}"}, timeout=PATIENCE
    )
    with receiving() as (receiver, address), client:

        def save(query: dict[str, Any], **more: Any) -> dict[str, Any] | None:
            try:
                answer = client.post("/searches", json={"name": str(query), "query": query, **more})
            except httpx.TransportError:
                return None
            assert answer.status_code in (201, 503), answer.text
            return answer.json() if answer.status_code == 201 else None

        def asked(path: str, **parameters: str) -> Any:
            return client.get(path, params=parameters).raise_for_status().json()

        desk = pipeline.until(lambda: save({"q": "ferry"}, webhook={"url": address}))
        each: dict[str, str] = {}
        for query in QUERIES:
            each[query] = pipeline.until(partial(save, {"q": query}))["id"]
        sender = Sender(pipeline.settings)
        for name in TEXTS:
            sender.event(story(name))
        sender.flush()
        killed, kept = str(id_of("kill")), str(id_of("ferries"))
        pipeline.until(lambda: len(receiver.told()) >= 2)
        assert sorted(receiver.told()) == sorted([("story.matched", killed), ("story.matched", kept)])
        for headers, body in receiver.got:
            wanted = signature(desk["secret"], headers["webhook-id"], int(headers["webhook-timestamp"]), body)
            assert headers["webhook-signature"] == wanted

        def found(query: str) -> set[str]:
            return {hit["id"] for hit in asked("/articles", q=query, size="100")["hits"]}

        def alerted(search_id: str) -> set[str]:
            return {one["article"]["article_id"] for one in asked(f"/searches/{search_id}/alerts")}

        pipeline.until(lambda: len(found("")) == len(TEXTS))
        pipeline.until(
            lambda: {query: alerted(each[query]) for query in QUERIES} == {query: found(query) for query in QUERIES}
        )
        assert sum(bool(found(query)) for query in QUERIES) > 20, "the searches find something"

        receiver.status = 503
        sender.event(raw_kill("kill", at=5))
        sender.flush()
        pipeline.until(lambda: ("story.withdrawn", killed) in receiver.told())
        pipeline.kill("alerts")
        attempts = len(receiver.got)
        receiver.status = 204
        pipeline.start("alerts")
        pipeline.until(lambda: asked(f"/searches/{desk['id']}/deliveries")[0]["state"] == "delivered")
        assert len(receiver.got) > attempts, "it was not delivered yet"
        withdrawals = [
            (headers["webhook-id"], json.loads(body)) for headers, body in receiver.got if b"story.withdrawn" in body
        ]
        assert len({id_ for id_, _ in withdrawals}) == 1, "a repetition has the same id"
        assert withdrawals[0][1]["article"] == {"article_id": killed}, "and nothing of the story's text"
        feed = client.get(f"/searches/{desk['id']}.atom").text
        assert "accused" not in feed
        assert re.search(rf'deleted-entry [^>]*ref="urn:uuid:{killed}"', feed)
        with client.stream("GET", f"/searches/{desk['id']}/live", headers={"Last-Event-ID": "1-x"}) as live:
            events = iter(live.iter_lines())
            seen = ""
            while f'"{kept}"' not in seen:
                seen += next(events)
        assert "event: story.matched" in seen
        assert "accused" not in seen

        # received before the search was saved, and shown after
        for seconds in (15, 60, 240):
            ends = datetime.now(UTC) + timedelta(seconds=seconds)
            embargoed = raw_article(f"later-{seconds}", text="A zeppelin lands.", embargo=ends)
            sender.event(embargoed.model_copy(update={"time": datetime.now(UTC)}))
            sender.flush()
            landing = pipeline.until(lambda: save({"q": "zeppelin lands"}))["id"]
            if datetime.now(UTC) < ends:
                break  # else it is no longer what it has to be: once more, with more time
        pipeline.until(lambda: str(id_of(f"later-{seconds}")) in alerted(landing))

        # another index, by whose analysis searches are read from then on
        reindexed = pipeline.command("reindex", "--json")
        assert reindexed.returncode == 0, reindexed.stderr
        sender.event(second())
        sender.flush()
        pipeline.until(lambda: str(id_of("second")) in alerted(desk["id"]))


def second() -> RawArticleEvent:
    """One more that the desk's search finds."""
    event = raw_article("second", text="The last ferries leave.")
    return event.model_copy(update={"time": datetime.now(UTC)})
