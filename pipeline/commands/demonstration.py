"""What `dateline demo` does: a story from the wire to the search box, on real engines, with how long each stage took."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from rich.table import Table
from rich.text import Text

from pipeline import identity
from pipeline.commands.engines import addresses, bring_up
from pipeline.commands.highlights import highlighted
from pipeline.commands.processes import Processes
from pipeline.commands.shared import err, out
from pipeline.errors import Fatal
from pipeline.index.client import elasticsearch_client
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_items
from pipeline.ingest.publisher import Publisher
from pipeline.local import prefect
from pipeline.local.java import QUICK_START
from pipeline.local.resolve import resolved
from pipeline.operations.status import documents, lag
from pipeline.process.folders import data_folder
from pipeline.process.ports import free_port
from pipeline.search.queries import Search
from pipeline.search.reader import Reader
from pipeline.settings import Settings, settings
from schemas.events import RawArticleEvent
from schemas.identity import Claim

_TIMEOUT = 180.0
_PREFECT_PORT = 4200
_LAST_FLOW = "watch"
"""Of the flows that are served, in their order."""
_EMBARGO = 8.0
_QUESTION = "ceasefire talks ferry"
_STEPS = ("received", "normalized", "enriched", "revised", "indexed")


def _step(number: int, what: str) -> None:
    err.print(Text.assemble((f"{number}.", "bold"), f" {what}"))


def demonstrate(*, stay: bool) -> None:
    """The whole demo; with `stay` all stays up until Ctrl-C. Raises Fatal where something is not ready in time."""
    started = time.monotonic()
    samples = _samples()
    current = settings()
    options = current.local_java_options or QUICK_START
    current = current.model_copy(
        update={"kafka_servers": None, "elasticsearch_url": None, "local_java_options": options}
    )
    port, prefect_port = free_port(current.search_port), free_port(_PREFECT_PORT)
    health = {"worker": free_port(), "indexer": free_port()}
    supervisor = Processes({}, quiet=True)
    try:
        _step(1, "Kafka and Elasticsearch; Prefect beside them")
        folder = data_folder(current)
        folder.mkdir(parents=True, exist_ok=True)
        supervisor.add("prefect", lambda: prefect.start_server(folder, prefect_port))
        bring_up(current, attached=True)
        variables = {
            **addresses(current),
            "DATELINE_SEARCH_PORT": str(port),
            "DATELINE_WORKER_PORT": str(health["worker"]),
            "DATELINE_INDEXER_PORT": str(health["indexer"]),
        }
        current = resolved(current)
        _step(2, "Worker (normalize, enrich, revise), indexer, search page")
        with err.status("Starting"):
            for name in ("worker", "indexer", "search-api"):
                supervisor.add_command(name, variables=variables)
            _wait_until_ready(supervisor, health)
        _step(3, "Publishing samples/ to Kafka")
        sent = datetime.now(UTC)
        article_ids = _publish(current, samples)
        with err.status("Waiting until everything is searchable"):
            _wait_until_idle(current, supervisor, article_ids)
        # only now: what is measured is not to wait for it
        supervisor.add("flows", lambda: prefect.start_flows(folder, prefect_port, variables))
        _summary(current, article_ids, sent, time.monotonic() - started)
        _embargo(current, supervisor, samples)
        with err.status("Waiting for the flows"):
            served = _wait_for_flows(supervisor, prefect_port)
        address = f"http://{current.bind}:{port}/"
        out.print(Text.assemble("\nThe readers' page:    ", (f"{address}?q=ferry", "bold")), soft_wrap=True)
        ends = "   (Ctrl-C ends the demo)" if stay else ""
        out.print(
            Text.assemble("The operators' flows: ", (f"{prefect.page(prefect_port)}/deployments", "bold"), ends),
            soft_wrap=True,
        )
        if not served:
            err.print(f"   they are not served yet: {folder / 'flows.log'} and prefect.log say why", soft_wrap=True)
        if stay:
            supervisor.run()
    finally:
        with err.status("Stopping"):
            supervisor.stop()


def _samples() -> Path:
    folder = Path(__file__).parents[2] / "samples"
    if not folder.is_dir():
        raise Fatal(f"the demo's pages are not at {folder}; run it from a clone of the project")
    return folder


def _wait_until_ready(supervisor: Processes, health: dict[str, int]) -> None:
    deadline = time.monotonic() + _TIMEOUT
    waiting = dict(health)
    while waiting:
        supervisor.restart_ended()
        for name, port in list(waiting.items()):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200:
                    del waiting[name]
        if waiting and time.monotonic() > deadline:
            raise Fatal(f"{', '.join(waiting)} did not get ready within {_TIMEOUT:.0f} s")
        time.sleep(0.1)


def _wait_for_flows(supervisor: Processes, port: int) -> bool:
    """Whether they are served; without them all the rest of the demo is there."""
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline:
        supervisor.restart_ended()
        if prefect.served(port, _LAST_FLOW):
            return True
        time.sleep(0.5)
    return False


def _publish(current: Settings, samples: Path) -> list[str]:
    ids: list[str] = []
    comments = 0
    with Publisher(current) as publisher:
        for read in read_items(str(samples), Hints(), current):
            if read.reject:
                publisher.refuse(read, None)
                err.print(f"   refused {read.item.source}: {read.reject}")
            for event in read.events:
                publisher.publish(event, read.item.source)
                if isinstance(event, RawArticleEvent):
                    ids.append(str(event.data.article_id))
                else:
                    comments += 1
    err.print(f"   {len(ids)} article events of {len(set(ids))} articles and {comments} comments are in Kafka")
    return list(dict.fromkeys(ids))


def _wait_until_idle(current: Settings, supervisor: Processes, article_ids: list[str]) -> None:
    """Until every stage has finished everything and each article is in one index or the other."""
    client = elasticsearch_client(current)
    deadline = time.monotonic() + _TIMEOUT
    try:
        while time.monotonic() < deadline:
            supervisor.restart_ended()
            known = documents(current)
            if "dead-letters" in known and known.get("articles", 0) and lag(current) == 0:
                indices = [current.named("articles"), current.named("articles-hidden")]
                client.indices.refresh(index=indices)
                if client.count(index=indices, query={"ids": {"values": article_ids}})["count"] >= len(article_ids):
                    return
            time.sleep(0.3)
    finally:
        client.close()
    raise Fatal(f"not everything was searchable after {_TIMEOUT:.0f} s; `dateline status` shows which stage is behind")


def _summary(current: Settings, article_ids: list[str], sent: datetime, seconds: float) -> None:
    client = elasticsearch_client(current)
    try:
        client.indices.refresh(index=[current.named("articles"), current.named("comments")])
        found = Reader(client, current).articles(Search(_QUESTION, size=3))
        story = Reader(client, current).article(found["hits"][0]["id"]) if found["hits"] else None
        answer = client.search(
            index=current.named("articles"),
            query={"ids": {"values": article_ids}},
            size=100,
            source_includes=["processed"],
        )
        counts = documents(current)
    finally:
        client.close()
    out.rule(f'dateline search "{_QUESTION}"')
    for hit in found["hits"]:
        out.print(highlighted((hit["highlights"].get("headline") or [hit["headline"]])[0], "bold"))
        facts = filter(None, [hit["publisher"], ", ".join(hit.get("authors", []))])
        out.print(f"  {' · '.join(facts)} · {hit['comment_count']} comments · {hit['id']}")
    if story:
        out.rule("The first of them")
        out.print(f"Section   {story.get('section')}")
        out.print(f"Topics    {', '.join(story.get('topics', []))}")
        out.print(f"People    {', '.join(story.get('people', [])[:6])}")
        out.print(
            f"FAQ       {len(story.get('faq', []))} questions, such as: {story['faq'][0]['question'] if story.get('faq') else '–'}"
        )
        for comment in story["comments"][:3]:
            out.print(f"Comment   {comment.get('author')}: {comment['text'][:90]}")
    out.rule("Time in each stage")
    table = Table("stage", "median", "slowest", box=None, pad_edge=False)
    # events carry their own time of receipt; the pages were received now
    trails = [hit["_source"].get("processed", {}) for hit in answer["hits"]["hits"]]
    trails = [trail for trail in trails if datetime.fromisoformat(trail["received"]) >= sent]
    for before, after in pairwise(_STEPS):
        times = [_seconds(trail, before, after) for trail in trails if before in trail and after in trail]
        if times:
            table.add_row(
                {"normalized": "normalize", "enriched": "enrich", "revised": "revise", "indexed": "index"}[after],
                f"{median(times):.3f} s",
                f"{max(times):.3f} s",
            )
    whole = [_seconds(trail, "received", "indexed") for trail in trails]
    if whole:
        table.add_row("total", f"{median(whole):.3f} s", f"{max(whole):.3f} s")
    out.print(table)
    hidden = counts.get("articles-hidden", 0)
    out.print(
        f"\n{counts.get('articles', 0)} articles and {counts.get('comments', 0)} comments are searchable, {hidden} articles are hidden (killed or under embargo), after {seconds:.0f} s."
    )


def _embargo(current: Settings, supervisor: Processes, samples: Path) -> None:
    """A story under embargo for some seconds: hidden, then public when the embargo ends."""
    lines = (samples / "events" / "wire-north.ndjson").read_text().splitlines()
    template: dict[str, Any] = next(row for row in map(json.loads, lines) if row["data"].get("embargo_until"))
    now = datetime.now(UTC)
    until = now + timedelta(seconds=_EMBARGO)
    guid = f"urn:wire-north:demo:{now:%Y%m%d%H%M%S}"
    claim = Claim.model_validate({"scheme": "guid", "value": guid})
    article_id = identity.article_id(template["data"]["publisher"], [claim])
    template |= {"id": str(article_id), "subject": str(article_id), "time": now.isoformat()}
    template["data"] |= {
        "article_id": str(article_id),
        "claims": [claim.model_dump(mode="json")],
        "headline": f"{template['data']['headline']} (embargo of {now:%H:%M:%S})",
        "modified": now.isoformat(),
        "published": now.isoformat(),
        "embargo_until": until.isoformat(),
    }
    out.rule("An embargo lifts")
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as handle, Publisher(current) as publisher:
        handle.write(json.dumps(template) + "\n")
        handle.flush()
        for read in read_items(handle.name, Hints(), current):
            for event in read.events:
                publisher.publish(event)
    client = elasticsearch_client(current)
    try:
        reader = Reader(client, current)
        hidden = False
        while datetime.now(UTC) < until + timedelta(seconds=30):
            supervisor.restart_ended()
            seen = reader.article(str(article_id))
            if not hidden and client.exists(index=current.named("articles-hidden"), id=str(article_id)):
                hidden = True
                out.print(
                    f"{datetime.now(UTC):%H:%M:%S}  {template['data']['headline']}: in the hidden index until {until:%H:%M:%S}"
                )
            if seen is not None:
                late = (datetime.now(UTC) - until).total_seconds()
                out.print(f"{datetime.now(UTC):%H:%M:%S}  readers can see it, {late:.1f} s after the embargo's end")
                return
            time.sleep(0.1)
    finally:
        client.close()
    err.print("   the embargoed story did not appear within 30 s of its release")


def _seconds(trail: dict[str, str], before: str, after: str) -> float:
    return (datetime.fromisoformat(trail[after]) - datetime.fromisoformat(trail[before])).total_seconds()
