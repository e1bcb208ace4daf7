"""SIGKILL of the push door in the middle of requests: what it answered 202 is there, and what it didn't can be sent again."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from pipeline.process.ports import free_port
from tests.conftest import Pipeline
from tests.faults import LONG
from tests.support.waiting import PATIENCE, until

KILLS = 15 if LONG else 3
DESKS = 4


def test_a_door_that_is_killed_loses_nothing_that_it_accepted_and_doubles_nothing(pipeline: Pipeline) -> None:
    port, seed = free_port(), time.time_ns() % 100_000
    print(f"DATELINE_TEST_SEED={seed}")
    rng = random.Random(seed)
    key = json.loads(pipeline.command("keys", "new", "wire", "--json").stdout)["key"]
    providers = json.dumps({"wire": {"requests_per_minute": 1_000_000, "burst": 10_000}})

    def send(number: int) -> bool:
        """A desk with patience: it sends until it is answered 202. Whether it had to send more than once."""
        body = json.dumps({"uri": f"urn:wire:{number}", "headline": f"Head {number}", "body_text": "One.\n\nTwo."})
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(number)}
        cut_off: list[Exception] = []

        def taken() -> bool:
            try:
                answer = httpx.post(
                    f"http://127.0.0.1:{port}/v1/items", content=body, headers=headers, timeout=PATIENCE
                )
            except httpx.HTTPError as e:
                cut_off.append(e)
                return False
            assert answer.status_code in (202, 401, 409, 429, 503), answer.text  # 401: it has not read its keys yet
            return answer.status_code == 202

        until(taken, every=0.1)
        return bool(cut_off)

    pipeline.start("ingest-api", DATELINE_INGEST_PORT=str(port), DATELINE_PROVIDERS=providers)
    pipeline.start("worker", "indexer")
    sent = killed = interrupted = 0  # until some desk was cut off in the middle
    with ThreadPoolExecutor(DESKS) as desks:
        while killed < KILLS or not interrupted:
            waiting = [desks.submit(send, sent + n) for n in range(40)]
            sent += len(waiting)
            if sent > 40:
                time.sleep(rng.uniform(0, 0.4))
                pipeline.kill("ingest-api")
                killed += 1
                pipeline.start("ingest-api")
            interrupted += sum(one.result() for one in waiting)
    pipeline.until(lambda: pipeline.count("articles") >= sent)
    pipeline.until_quiet()
    documents = pipeline.documents("articles").values()
    assert sorted(one["claims"][0] for one in documents) == sorted(f"guid:urn:wire:{n}" for n in range(sent))
    assert pipeline.count("history") == 0, "what was sent twice stands once"
    assert pipeline.count("dead-letters") == 0
