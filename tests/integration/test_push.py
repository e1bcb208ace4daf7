"""The ingest API: the running process, a real broker, and the answers that a wire desk gets."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.kafka.clients import admin_client, consumer
from pipeline.process.ports import free_port
from pipeline.push import auth as keys
from pipeline.topics import ARTICLES_RAW, DEAD_LETTERS
from tests.conftest import Pipeline
from tests.support.own_kafka import own_kafka
from tests.support.waiting import PATIENCE


class Desk:
    """A wire desk with a key."""

    def __init__(self, pipeline: Pipeline, provider: str, port: int, *options: str) -> None:
        made = json.loads(pipeline.command("keys", "new", provider, *options, "--json").stdout)
        self.key, self.key_id = made["key"], made["key_id"]
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {self.key}"}, timeout=PATIENCE
        )

    def post(self, body: Any, path: str = "/v1/items", **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(path, content=content, headers=headers)

    def told(self, name: str) -> dict[str, Any]:
        """What it is told of an item; nothing where that takes too long just now."""
        answer = self.http.get(f"/v1/items/{name}")
        found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
        return found


def story(own: str, **more: Any) -> dict[str, Any]:
    return {
        "uri": f"urn:wire:{own}",
        "headline": f"Head {own}",
        "body_text": "One.\n\nTwo.",
        "versioncreated": "2026-03-14T08:20:00Z",
    } | more


@pytest.fixture
def ingest_api(pipeline: Pipeline) -> tuple[Pipeline, int]:
    port = free_port()
    providers = {"slow": {"requests_per_minute": 3, "items_per_request": 2}}
    pipeline.start("ingest-api", DATELINE_INGEST_PORT=str(port), DATELINE_PROVIDERS=json.dumps(providers))
    pipeline.until(lambda: _answers(port))
    return pipeline, port


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE).status_code == 200
    except httpx.HTTPError:
        return False


def test_keys_signatures_limits_and_answers_per_item(ingest_api: tuple[Pipeline, int]) -> None:
    pipeline, port = ingest_api
    desk, slow = Desk(pipeline, "wire", port), Desk(pipeline, "slow", port)
    signed = Desk(pipeline, "signed", port, "--signed-only")
    pipeline.until(lambda: desk.post(b" ").status_code == 400 and signed.post(b" ").json()["title"] == "bad signature")

    # who may come in
    assert httpx.post(f"http://127.0.0.1:{port}/v1/items", content=b"x", timeout=PATIENCE).status_code == 401
    other = {"Authorization": f"Bearer {desk.key[:-1]}x"}
    wrong = httpx.post(f"http://127.0.0.1:{port}/v1/items", content=b"x", headers=other, timeout=PATIENCE)
    assert (wrong.status_code, wrong.headers["content-type"]) == (401, "application/problem+json")
    assert desk.key not in pipeline.log("ingest-api")

    # one, many, and what is wrong with one of many
    one = desk.post(story("1"))
    assert (one.status_code, one.json()["accepted"]) == (202, 1)
    many = desk.post([story("2"), story("3", urgency="soon"), story("4")]).json()
    assert (many["accepted"], many["refused"]) == (2, 1)
    assert "urgency" in many["items"][-1]["detail"]
    nothing = desk.post(b"{ not json")
    assert nothing.status_code == 422
    assert nothing.json()["type"] == "urn:dateline:problem:unknown-format"
    comments = desk.post(
        {"article": {"id": "urn:wire:1"}, "comments": [{"id": "1", "text": "Well said."}]}, "/v1/comments"
    ).json()
    assert comments["items"][0]["id"] == one.json()["items"][0]["id"], "comments find their story by the desk's own id"
    assert desk.post(story("5"), "/v1/comments").status_code == 422

    # only as itself
    stolen = {"specversion": "1.0", "id": "x", "source": "/other", "type": "article.withdrawn", "subject": "s", "time": "2026-03-14T08:20:00Z",
              "data": {"kind": "withdrawal", "article_id": one.json()["items"][0]["id"], "provider": "other", "publisher": "other"}}  # fmt: skip
    assert desk.post(stolen).json()["items"][0]["reason"] == "not-yours"
    mine = stolen | {"data": stolen["data"] | {"provider": "wire", "publisher": "wire"}}  # type: ignore[operator]
    assert desk.post(mine).json()["items"][0]["reason"] == "no-claims"

    # signed, once, and not later
    body = json.dumps(story("s1")).encode()
    now = int(time.time())
    assert signed.post(body).status_code == 401
    assert signed.post(body, **{"Dateline-Signature": keys.sign(signed.key, now - 1000, body)}).status_code == 401
    good = {"Dateline-Signature": keys.sign(signed.key, now, body)}
    assert signed.post(body, **good).status_code == 202
    again = signed.post(body, **good)
    assert (again.status_code, again.json()["type"]) == (401, "urn:dateline:problem:replayed")
    assert signed.post(body + b" ", **good).status_code == 401

    # once per Idempotency-Key
    first = desk.post(story("i1"), **{"Idempotency-Key": "k1"})
    assert desk.post(story("i1"), **{"Idempotency-Key": "k1"}).json() == first.json()
    assert desk.post(story("i2"), **{"Idempotency-Key": "k1"}).status_code == 422

    # as much as may be sent
    assert slow.post([story(str(n)) for n in range(3)]).status_code == 413
    with ThreadPoolExecutor(8) as pool:  # at once: more than a minute would bring new ones
        answers = list(pool.map(lambda _: slow.post(story("l")), range(8)))
    limited = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(limited.headers["Retry-After"]) <= 60
    huge = desk.http.post("/v1/items", content=b"x" * (pipeline.settings.largest_record + 1))
    assert huge.status_code == 413

    # keys end
    assert pipeline.command("keys", "revoke", desk.key_id).returncode == 0
    pipeline.until(lambda: desk.post(story("6")).status_code == 401)
    listed = json.loads(pipeline.command("keys", "list", "--json").stdout)
    assert {row["provider"]: row["state"] for row in listed} == {"wire": "revoked", "slow": "good", "signed": "good"}


def test_what_kafka_refuses_of_a_request_is_said_by_item(ingest_api: tuple[Pipeline, int]) -> None:
    """The topic's limit was lowered by somebody while the ingest API ran. What is too large only together is sent apart."""
    pipeline, port = ingest_api
    desk = Desk(pipeline, "wire", port)
    pipeline.until(lambda: desk.post(b" ").status_code == 400)
    admin = admin_client(pipeline.settings)
    try:
        limits = {"max.message.bytes": "20000"}
        admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, ARTICLES_RAW.full_name(pipeline.settings), limits)]
        )
    finally:
        admin.close()
    rng = random.Random(1)
    long, medium = (" ".join(f"{rng.getrandbits(40):x}" for _ in range(words)) for words in (4000, 400))
    pipeline.until(lambda: desk.post(story("probe", body_text=long)).status_code == 413)
    stories = [story(f"m{n}", body_text=medium) for n in range(12)]
    answer = desk.post([story("1"), story("large", body_text=long), story("2"), *stories])
    assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (202, 14, 1)
    (refused,) = (one for one in answer.json()["items"] if one["status"] != "accepted")
    assert refused["reason"] == "too-large"
    assert "topic" in refused["detail"]
    taken = _uris(pipeline) - {"urn:wire:probe"}  # the limit may hold a moment later
    assert taken == {f"urn:wire:{own}" for own in ("1", "2", *(f"m{n}" for n in range(12)))}
    letters = DEAD_LETTERS.full_name(pipeline.settings)
    reader = consumer(pipeline.settings)
    partitions = [TopicPartition(letters, n) for n in range(pipeline.settings.partitions)]
    try:
        assert sum(reader.end_offsets(partitions).values()) >= 2, "the probe and the large one are kept there"
    finally:
        reader.close()


def test_a_pushed_story_is_followed_killed_and_stays_dead(ingest_api: tuple[Pipeline, int]) -> None:
    pipeline, port = ingest_api
    desk, other = Desk(pipeline, "wire", port), Desk(pipeline, "rival", port)
    pipeline.start("worker", "indexer")
    pipeline.until(lambda: desk.post(b" ").status_code == 400 and other.post(b" ").status_code == 400)
    assert desk.post(story("1")).status_code == 202
    pipeline.until(lambda: desk.told("urn:wire:1").get("searchable"))
    told = pipeline.until(lambda: desk.told("urn:wire:1"))
    assert [step["stage"] for step in told["steps"]][:2] == ["articles.raw", "articles.current"]
    assert list(told["steps"][1]["times"]) == ["normalized", "enriched", "revised"]
    own = told["id"]
    assert pipeline.until(lambda: desk.told(own))["standing"] == "public"
    # a rival sees and kills nothing of it, whichever name it tries
    assert other.http.get(f"/v1/items/{own}").status_code == 404
    assert other.http.delete(f"/v1/items/{own}").status_code == 404
    assert other.http.delete("/v1/items/urn:wire:1").json()["id"] != own
    pipeline.until_quiet()
    assert pipeline.until(lambda: desk.told(own))["standing"] == "public"
    # some fields change, named under its own id, its article id, or before it is there at all
    assert other.http.patch(f"/v1/items/{own}", json={"headline": "Captured"}).status_code == 404
    wrong = desk.http.patch(f"/v1/items/{own}", json={"headlin": "x"})
    assert (wrong.status_code, wrong.json()["title"]) == (422, "invalid")
    assert "fields.headlin" in wrong.json()["detail"]
    assert desk.http.patch(f"/v1/items/{own}", content=b"[1]").json()["title"] == "not json"
    assert desk.http.patch("/v1/items/urn:wire:early", json={"summary": "It waited."}).status_code == 202
    assert desk.http.patch("/v1/items/urn:wire:1", json={"summary": "In short."}).status_code == 202
    assert desk.http.patch(f"/v1/items/{own}", json={"headline": "Mended"}).status_code == 202
    early = desk.post(story("early", versioncreated="2026-03-01T00:00:00Z")).json()["items"][0]["id"]
    pipeline.until(lambda: pipeline.documents("articles").get(own, {}).get("headline") == "Mended")
    pipeline.until(lambda: pipeline.documents("articles").get(early, {}).get("summary") == "It waited.")
    assert pipeline.documents("articles")[own]["summary"] == "In short."
    assert pipeline.documents("articles")[own]["body"] == "One.\n\nTwo."
    pipeline.until_quiet()
    listed = json.loads(pipeline.command("history", own, "--json").stdout)
    assert [(row["headline"], row.get("summary")) for row in listed] == [
        ("Head 1", None), ("Head 1", "In short."), ("Mended", "In short."),
    ]  # fmt: skip
    assert desk.http.delete(f"/v1/items/{early}").status_code == 202
    assert desk.http.delete(f"/v1/items/{own}", params={"reason": "libel"}).status_code == 202
    pipeline.until(lambda: desk.told("urn:wire:1").get("standing") == "killed")
    assert desk.post(story("1", versioncreated="2026-03-15T00:00:00Z")).status_code == 202
    # its own id kills what has not come yet
    assert desk.http.delete("/v1/items/urn:wire:late").status_code == 202
    assert desk.post(story("late")).status_code == 202
    pipeline.until_quiet()
    assert pipeline.count("articles") == 0
    assert desk.http.get("/v1/items/urn:wire:never").status_code == 404


def test_whatever_is_sent_by_its_openapi_description_gets_no_5xx(ingest_api: tuple[Pipeline, int]) -> None:
    pipeline, port = ingest_api
    desk = Desk(pipeline, "wire", port)
    pipeline.until(lambda: desk.post(b" ").status_code == 400)
    run = subprocess.run(
        [str(Path(sys.executable).parent / "schemathesis"), "run", f"http://127.0.0.1:{port}/openapi.json", "--checks", "not_a_server_error",
         "--phases", "examples,fuzzing", "--max-examples", "30", "--header", f"Authorization: Bearer {desk.key}", "--no-color"],
        capture_output=True, text=True, check=False, cwd=pipeline.folder,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]
    assert "Operations:" in run.stdout or "4 selected" in run.stdout, run.stdout[-2000:]


def test_a_broker_that_stops_in_the_middle_loses_nothing_that_was_accepted(pipeline: Pipeline, tmp_path: Path) -> None:
    ingest_api = free_port()
    with own_kafka(pipeline, tmp_path / "kafka") as broker:
        pipeline.start("ingest-api", DATELINE_INGEST_PORT=str(ingest_api))
        pipeline.until(lambda: _answers(ingest_api))
        desk = Desk(pipeline, "wire", ingest_api)
        pipeline.until(lambda: desk.post(b" ").status_code == 400)
        accepted: list[str] = []
        refused, number, started_again = 0, 0, False
        with ThreadPoolExecutor(4) as pool:
            while len(accepted) < 200:
                if len(accepted) >= 100 and not started_again:
                    broker.stop()
                    waiting = [pool.submit(desk.post, story(f"down{n}")) for n in range(4)]
                    answers = [one.result() for one in waiting]
                    assert {answer.status_code for answer in answers} == {503}
                    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers)
                    refused += len(answers)
                    broker.start_again()
                    started_again = True
                sent = [pool.submit(desk.post, story(str(number + n))) for n in range(4)]
                for nth, one in enumerate(sent):
                    if one.result().status_code == 202:
                        accepted.append(f"urn:wire:{number + nth}")
                    else:
                        refused += 1
                number += 4
        assert refused >= 4
        found = _uris(pipeline)
        assert set(accepted) <= found, "what was answered 202 is in Kafka"


def _uris(pipeline: Pipeline) -> set[str]:
    reader = consumer(pipeline.settings)
    try:
        partitions = [
            TopicPartition(ARTICLES_RAW.full_name(pipeline.settings), n) for n in range(pipeline.settings.partitions)
        ]
        reader.assign(partitions)
        reader.seek_to_beginning(*partitions)
        ends = reader.end_offsets(partitions)
        found: set[str] = set()
        while any(reader.position(tp) < end for tp, end in ends.items()):
            for records in reader.poll(timeout_ms=500).values():
                found.update(json.loads(record.value)["data"]["claims"][0]["value"] for record in records)
        return found
    finally:
        reader.close()
