"""The search API and its pages with API keys, on a real index of `many`'s articles, as a server."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson

from pipeline.index.families import READERS
from pipeline.process.connections import ConnectionLimits
from pipeline.process.web import server
from pipeline.search.api import build_api
from pipeline.search.reader import Reader
from pipeline.settings import Settings, load_settings
from tests.support.description import Description
from tests.support.many import SECRET, everything
from tests.support.newsroom import Newsroom
from tests.support.saved import store_of, told
from tests.support.waiting import PATIENCE, until

Documents = dict[str, dict[str, dict[str, Any]]]
KEY = "a key of this test"
TRENDS = [
    {"term": f"{kind} {n}", "kind": kind, "name": f"Ferry {n}", "count": 9, "expected": 0.5, "score": 3.5 + n}
    for n, kind in enumerate(("person", "place", "organisation", "topic"))
]


class Site:
    def __init__(self, client: httpx.Client, documents: Documents) -> None:
        self.client, self.documents = client, documents
        self.saved, self.token = "", ""
        self.description = Description(client.get("/openapi.json").json())
        self.walked: set[str] = set()

    def get(self, path: str, status: int = 200, /, **asked: Any) -> httpx.Response:
        """The answer, held to the description. Names in braces are values of `asked`."""
        named = {name: asked.pop(name) for name in list(asked) if f"{{{name}}}" in path}
        answer = self.client.get(path.format(**named), params=asked)
        self.walked.add(path)
        self.description.hold(answer, "get", path)
        assert answer.status_code == status, answer.text
        return answer

    @property
    def expired(self) -> str:
        """The id of an article whose rights are over, and which the index still has as public."""
        return next(id_ for id_, one in self.documents["articles"].items() if one["headline"] == OVER)

    @property
    def articles(self) -> dict[str, dict[str, Any]]:
        """That readers may see."""
        return {id_: one for id_, one in self.documents["articles"].items() if id_ != self.expired}


OVER = f"{SECRET} is over"


def settings_of(**options: Any) -> Settings:
    return load_settings(search_keys={"test": hashlib.sha256(KEY.encode()).hexdigest()}, **options)


def documents() -> Documents:
    """What the index has, by alias and id."""
    desk, now = everything(), datetime.now(UTC)
    over = str(desk.publish("over", headline=OVER, text=f"{SECRET} said so in Bergen."))
    desk.comments("over", [(1, None, f"{SECRET}!")])
    _in_the_ferries_story(desk)
    found: dict[str, Any] = {alias: {} for alias in READERS} | desk.documents
    found["articles"][over]["expires"] = (now - timedelta(days=1)).isoformat()
    stages = dict.fromkeys(("received", "normalized", "enriched", "revised", "indexed"), now.isoformat())
    for one in (*found["articles"].values(), *found["comments"].values()):
        one["processed"] = stages
    found["trends"] = {one["term"]: one | {"hour": now.isoformat()} for one in TRENDS}
    plain: Documents = orjson.loads(orjson.dumps(found, default=str))
    return plain


@contextmanager
def search_site(client: Any, settings: Settings, shown: Documents) -> Iterator[Site]:
    """Of a server whose index has these documents."""
    store = store_of(settings)
    search, token = store.add("Ferries", {"q": "ferry"}, owner="test")
    over = next(id_ for id_, one in shown["articles"].items() if one["headline"] == OVER)
    ids = [one for one in shown["articles"] if one != over]
    gone = [told(store, search.search_id, one) for one in ids[:5]][-1]
    told(store, search.search_id, ids[4], gone)
    for hidden in (over, *shown["articles-hidden"]):
        told(store, search.search_id, hidden)
    api = build_api(Reader(client, settings), settings, store)
    api.state.server = running = server(api, "127.0.0.1", 0, ConnectionLimits())
    thread = threading.Thread(target=running.run)
    thread.start()
    until(lambda: running.started or not thread.is_alive())
    address = f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    with httpx.Client(base_url=address, timeout=PATIENCE, headers={"Authorization": f"Bearer {KEY}"}) as reader:
        made = Site(reader, shown)
        made.saved, made.token = str(search.search_id), token
        yield made
    running.should_exit = True
    thread.join(PATIENCE)


def _in_the_ferries_story(desk: Newsroom) -> None:
    desk.story(("wire-ferries", "wire.example", "original"), ("copy-ferries", "courier.example", "copy"), ("islands", "islands.example", "rewrite"), ("ferries", "herald.example", "rewrite"), ("over", "herald.example", "rewrite"))  # fmt: skip
