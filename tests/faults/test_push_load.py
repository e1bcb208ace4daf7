"""The ingest API's process under load: slow and greedy clients, full rate, and a broker that stops answering."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from pipeline.process.ports import free_port
from pipeline.push.limits import MAX_IN_PROGRESS
from tests.conftest import Pipeline
from tests.integration.test_push import Desk, _answers, _uris, story
from tests.support.own_kafka import own_kafka
from tests.support.waiting import PATIENCE

FREE = {"burst": 10_000, "requests_per_minute": 1_000_000}
MOST_MEMORY = 400 * 1024 * 1024
"""Bytes by which the process may grow."""


def _trickle(port: int, head: bytes, piece: bytes, ended: list[bytes], stopping: threading.Event) -> None:
    """Send one piece a second until the server closes, and remember its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client, suppress(OSError):
        client.sendall(head)
        client.settimeout(1)
        answer = b""
        while not stopping.is_set():
            with suppress(TimeoutError):
                part = client.recv(65536)
                answer += part
                if not part:
                    break
            with suppress(ConnectionError):
                client.sendall(piece)
    ended.append(answer)


def test_slow_clients_full_rate_and_a_stopped_broker(pipeline: Pipeline, tmp_path: Path) -> None:
    port = free_port()
    providers = json.dumps(dict.fromkeys(("wire", "slow"), FREE))
    with own_kafka(pipeline, tmp_path / "kafka") as broker:
        pipeline.start("ingest-api", DATELINE_INGEST_PORT=str(port), DATELINE_PROVIDERS=providers)
        pipeline.until(lambda: _answers(port))
        wire, slow = Desk(pipeline, "wire", port), Desk(pipeline, "slow", port)
        pipeline.until(lambda: wire.post(b" ").status_code == slow.post(b" ").status_code == 400)
        process = psutil.Process(pipeline.children["ingest-api"].pid)
        before = process.memory_info().rss

        # slow, silent and deaf clients: others are served meanwhile
        head = f"POST /v1/items HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {slow.key}\r\n".encode()
        slow_head = b"GET /docs HTTP/1.1\r\nHost: x\r\nX-Long: "
        slow_body = head + b"Content-Length: 8000000\r\n\r\n["
        endless = head + b"Transfer-Encoding: chunked\r\n\r\n"
        ended: list[bytes] = []
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
        deaf = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        for client in deaf:
            client.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
        kinds: list[tuple[bytes, bytes]] = [(slow_head, b"x"), (slow_body, b" "), (endless, b"1\r\n \r\n")]
        stopping = threading.Event()
        trickling = [
            threading.Thread(target=_trickle, args=(port, *kind, ended, stopping)) for kind in kinds for _ in range(10)
        ]
        for thread in trickling:
            thread.start()
        assert {wire.post(story(f"calm{n}")).status_code for n in range(40)} == {202}

        # 8 clients at full rate
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda n: wire.post(story(f"full{n}")).status_code, range(400)))
        assert set(statuses) == {202}
        for thread in trickling:
            thread.join(PATIENCE)
        stopping.set()
        assert len(ended) == len(trickling), "nobody trickles for ever"
        first_lines = {answer.split(b"\r\n")[0] for answer in ended}
        assert first_lines <= {b"HTTP/1.1 408 Request Timeout", b"HTTP/1.1 429 Too Many Requests", b""}
        assert b"HTTP/1.1 408 Request Timeout" in first_lines
        for client in (*idle, *deaf):
            client.close()

        # the broker stops answering
        broker.freeze()
        large = json.dumps(story("large", body_text="\n\n".join(["word " * 20] * 5000))).encode()
        with ThreadPoolExecutor(60) as pool:
            waiting = [pool.submit(slow.post, large) for _ in range(60)]
            assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE).status_code == 200
            assert httpx.post(f"http://127.0.0.1:{port}/v1/items", content=b"x", timeout=PATIENCE).status_code == 401
            assert not all(one.done() for one in waiting), "others are answered meanwhile"
            refused = [one.result() for one in waiting]
        counts = {status: sum(one.status_code == status for one in refused) for status in (429, 503)}
        assert sum(counts.values()) == 60
        assert counts[503] >= MAX_IN_PROGRESS
        assert all(int(one.headers["Retry-After"]) >= 1 for one in refused)
        broker.thaw()
        pipeline.until(lambda: wire.post(story("after")).status_code == 202)
        assert process.memory_info().rss - before < MOST_MEMORY
        expected = {f"urn:wire:calm{n}" for n in range(40)} | {f"urn:wire:full{n}" for n in range(400)}
        found = _uris(pipeline)
        assert expected | {"urn:wire:after"} <= found
        print(f"grew by {(process.memory_info().rss - before) // 1024 // 1024} MiB; {counts}")
