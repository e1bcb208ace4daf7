"""How fast items are read: parsers, per second of CPU of one core; and the ingest API beside an endpoint that only produces."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from benchmarks.corpus.day import Day
from benchmarks.engines import Engines
from benchmarks.push import Measured, bare_endpoint, ingest_api, measure
from pipeline.formats.items import Item
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.settings import load_settings
from schemas.article import ReceivedArticle


class Read(NamedTuple):
    """How fast one format is read."""

    name: str
    items: int
    size: int
    """Bytes of each, on average."""
    rate: float
    """Items for each second of CPU."""


def articles(count: int) -> list[ReceivedArticle]:
    day = Day(prefix="items-", comments=False)
    return [data for _ in range(count) if isinstance(data := day.article().data, ReceivedArticle)]


def parsers(count: int) -> list[Read]:
    some, settings = articles(count), load_settings()
    found = []
    for name, ending, contents in (
        ("ninjs", "json", map(_ninjs, some)),
        ("NITF", "xml", map(_nitf, some)),
        ("RSS, 20 items a feed", "xml", (_rss(some[at : at + 20]) for at in range(0, count, 20))),
        ("HTML pages", "html", map(_page, some)),
    ):
        items = [Item(content.encode(), f"{n}.{ending}") for n, content in enumerate(contents)]
        read_item(items[0], Hints(), settings)  # loads what the next ones need
        began, read = time.process_time(), 0
        for item in items:
            one = read_item(item, Hints(), settings)
            if one.reject is not None:
                raise SystemExit(f"{name}: {one.reject}")
            read += len(one.events)
        seconds = time.process_time() - began
        if read != count:
            raise SystemExit(f"{name}: {read} items of {count} were read")
        found.append(Read(name, count, sum(len(item.content) for item in items) // count, count / seconds))
    return found


def push(engines: Engines, seconds: float) -> list[tuple[Measured, Measured]]:
    """Of the ingest API, and of the bare endpoint with the same requests."""
    stories = [{"headline": one.headline, "body_text": "\n\n".join(one.paragraphs)} for one in articles(300)]
    forms = ((8, 1), (8, 100))
    found: list[list[Measured]] = []
    folder = engines.folder / "ingest"
    folder.mkdir()
    with ingest_api(engines.kafka_servers, folder) as (base, key, _):
        found.append(_pushed(base, key, forms, seconds, stories))
    with bare_endpoint(engines.kafka_servers) as base:
        found.append(_pushed(base, "none", forms, seconds, stories))
    return list(zip(*found, strict=True))


def _pushed(
    base: str, key: str, forms: Iterable[tuple[int, int]], seconds: float, stories: list[dict[str, str]]
) -> list[Measured]:
    measure(base, key, 1, 1, 2, repeatable=False, stories=stories)  # to warm up
    return [measure(base, key, clients, items, seconds, repeatable=False, stories=stories) for clients, items in forms]


def _ninjs(one: ReceivedArticle) -> str:
    body = "\n\n".join(one.paragraphs)
    own = {"uri": one.claims[0].value, "headline": one.headline, "body_text": body, "urgency": one.urgency}
    return json.dumps(own | {"versioncreated": one.published, "byline": one.byline or ""})


def _nitf(one: ReceivedArticle) -> str:
    body = "".join(f"<p>{escape(p)}</p>" for p in one.paragraphs)
    return (
        f'<nitf><head><title>{escape(one.headline)}</title><docdata><doc-id id-string="{one.claims[0].value}"/>'
        f'<urgency ed-urg="{one.urgency}"/><date.issue norm="{one.published}"/></docdata></head><body><body.head><hedline>'
        f"<hl1>{escape(one.headline)}</hl1></hedline></body.head><body.content>{body}</body.content></body></nitf>"
    )


def _rss(some: list[ReceivedArticle]) -> str:
    def item(one: ReceivedArticle) -> str:
        body = escape("".join(f"<p>{escape(p)}</p>" for p in one.paragraphs))
        link = f"https://{one.publisher}/{one.claims[0].value.rpartition(':')[2]}"
        return (
            f"<item><title>{escape(one.headline)}</title><link>{link}</link><guid>{link}</guid>"
            f"<content:encoded>{body}</content:encoded></item>"
        )

    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Paper</title><link>https://paper.example/</link>{''.join(map(item, some))}</channel></rss>"
    )


def _page(one: ReceivedArticle) -> str:
    """With navigation, related stories and a footer around the article, as pages have them."""
    links = "".join(f'<li><a href="/{n}">{escape(p[:40])}</a></li>' for n, p in enumerate(one.paragraphs * 3))
    body = "".join(f"<p>{escape(p)}</p>" for p in one.paragraphs)
    url = f"https://{one.publisher}/{one.claims[0].value.rpartition(':')[2]}"
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(one.headline)} | Paper</title><link rel="canonical" href="{url}">'
        f'<meta property="og:type" content="article"></head><body><nav><ul>{links}</ul></nav><main><article>'
        f"<h1>{escape(one.headline)}</h1>{body}</article></main><aside><h2>Related</h2><ul>{links}</ul></aside>"
        "<footer>All rights reserved</footer></body></html>"
    )
