"""What the documentation asks the search API: every request is answered, and every route is told of."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import pytest

from pipeline.process.ports import free_port
from pipeline.saved.signing import new_secret, signature
from pipeline.search.api import build_api
from pipeline.settings import Settings
from tests.conftest import ROOT
from tests.docs.test_pages import PAGES
from tests.support.saved import store_of
from tests.support.search_api import NEW, Reader
from tests.support.waiting import until
from tests.unit.search.saved_api import ask

PORT = 8642
"""Of the search API."""
SETTINGS = Settings(_env_file=None)


class Asked(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: str | None


def requests(text: str) -> Iterator[Asked]:
    """Those that a page's blocks make by curl, to the search API."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for command in re.split(r"^(?=curl )", block, flags=re.MULTILINE):
            if command.startswith("curl ") and f":{PORT}/" in command:
                yield request(shlex.split(command.replace("\\\n", " "), comments=True))


def request(words: list[str]) -> Asked:
    method, url, headers, body = None, "", {}, None
    given = iter(words[1:])
    for word in given:
        if word == ">":
            break
        if word in ("-X", "--request"):
            method = next(given)
        elif word in ("-H", "--header"):
            name, _, value = next(given).partition(":")
            headers[name] = value.strip()
        elif word in ("-d", "--data"):
            body = next(given)
        elif not word.startswith("-") and not url:  # behind it there may be another command
            url = word if "//" in word else f"//{word}"
    parts = urlsplit(url)
    path = parts.path.replace("/ID", f"/{NEW}") + (f"?{parts.query}" if parts.query else "")
    return Asked(method or ("POST" if body else "GET"), path, headers, body)


FOUND = [(str(page.relative_to(ROOT)), one) for page in PAGES for one in requests(page.read_text())]


def test_the_pages_for_front_ends_have_requests() -> None:
    assert {"docs/search.md", "docs/saved-searches.md", "docs/howto/front-end.md"} <= {page for page, _ in FOUND}


@pytest.mark.parametrize(("page", "asked"), FOUND, ids=lambda one: one if isinstance(one, str) else one.path[:60])
def test_a_request_of_a_page_is_answered(page: str, asked: Asked) -> None:
    api = build_api(cast(Any, Reader()), SETTINGS, store_of(SETTINGS))
    path, _, cursor = asked.path.partition("&cursor=NEXT")  # as the answer before named it
    assert not cursor
    answer = ask(api, asked.method, path, content=asked.body)
    assert answer.status_code in (200, 201), (page, asked, answer.text)


def test_a_request_that_is_wrong_would_be_seen() -> None:
    (wrong,) = requests("```sh\ncurl 'localhost:8642/v1/articles?sektion=Sport' > x # so\n```")
    assert wrong == Asked("GET", "/v1/articles?sektion=Sport", {}, None)
    assert ask(build_api(cast(Any, Reader()), SETTINGS), "GET", wrong.path).status_code == 400


def test_every_route_is_told_of_and_no_other() -> None:
    def form(path: str) -> str:
        return re.sub(r"\{[^}]*\}", "{id}", path)

    routes = {form(path) for path in build_api(cast(Any, Reader()), SETTINGS).openapi()["paths"]}
    pages = [(ROOT / "docs" / name).read_text() for name in ("search.md", "saved-searches.md")]
    told = {form(path) for text in pages for path in re.findall(r"`(?:GET |POST |PATCH |DELETE )?(/v1/[\w{}./]+)", text)}  # fmt: skip
    told |= {"/v1/searches"} if "/v1/searches " in pages[1] else set()
    assert told == routes


def test_the_receiver_of_the_page_takes_what_is_signed() -> None:
    """The block of Python is run as it stands, but for its secret, its port and its end."""
    secret, port = new_secret(), free_port()
    block = _receiver("python", {"whsec_…": secret, '("", 8000)': f'("127.0.0.1", {port})'})
    block, end = block.rstrip().rsplit("\n", 1)
    assert end.endswith(".serve_forever()")
    space: dict[str, Any] = {"__name__": "receiver"}
    exec(compile(f"{block}\nserver = {end.removesuffix('.serve_forever()')}", "receiver", "exec"), space)
    serving = threading.Thread(target=space["server"].serve_forever, daemon=True)
    serving.start()
    try:
        assert _answers(secret, port) == [204, 204, 401, 401]
        assert space["seen"] == {"a1"}
    finally:
        space["server"].shutdown()
        space["server"].server_close()


@pytest.mark.skipif(not shutil.which("node"), reason="no Node here")
def test_the_receiver_in_node_does_the_same(tmp_path: Path) -> None:
    secret, port = new_secret(), free_port()
    script = tmp_path / "receiver.mjs"
    script.write_text(_receiver("js", {"whsec_…": secret, "listen(8000)": f'listen({port}, "127.0.0.1")'}))
    with subprocess.Popen(["node", script], stdout=subprocess.PIPE, text=True) as receiver:
        try:
            until(lambda: receiver.poll() is not None or _listens(port))
            assert _answers(secret, port) == [204, 204, 401, 401]
        finally:
            receiver.terminate()
        assert receiver.stdout
        assert receiver.stdout.read().count("story.matched") == 1


def _receiver(language: str, changed: dict[str, str]) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", (ROOT / "docs/saved-searches.md").read_text(), re.M | re.S)
    for old, new in changed.items():
        assert old in block
        block = block.replace(old, new)
    return str(block)


def _answers(secret: str, port: int) -> list[int]:
    """To an alert, the same again, one whose signature is of other bytes, and one of ten minutes ago."""
    body = json.dumps({"type": "story.matched", "article": {"article_id": NEW}}).encode()

    def post(signed: bytes, age: int = 0) -> int:
        at = int(time.time()) - age
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"webhook-id": "a1", "webhook-timestamp": str(at), "webhook-signature": signature(secret, "a1", at, signed)}  # fmt: skip
        connection.request("POST", "/", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    return [post(body), post(body), post(b"other"), post(body, 600)]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
