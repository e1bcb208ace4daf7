"""An endpoint that only produces: `python -m benchmarks.peers.bare_endpoint KAFKA PORT`.

What the ingest API is compared with. A request's bytes are one record, acknowledged before the answer: nothing is parsed,
named, checked or remembered.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic
from kafka.errors import TopicAlreadyExistsError

TOPIC, PARTITIONS = "bare-endpoint", 12


def create_topic(kafka: str) -> None:
    """Brokers don't make topics by themselves here."""
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        with suppress(TopicAlreadyExistsError):
            admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])
    finally:
        admin.close()


def build(kafka: str) -> FastAPI:
    producer = KafkaProducer(
        bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=5, max_request_size=16 * 1024 * 1024
    )

    @asynccontextmanager
    async def closing(_: FastAPI) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(producer.close, 5)  # by itself, at the end, it waits for as long as it takes

    api = FastAPI(lifespan=closing)

    @api.get("/readyz")
    def ready() -> Response:
        return Response("ready\n")

    @api.post("/v1/items", status_code=202)
    async def items(request: Request) -> dict[str, str]:
        future = producer.send(TOPIC, value=await request.body())
        await run_in_threadpool(future.get, 30)
        return {"status": "accepted"}

    return api


if __name__ == "__main__":
    create_topic(sys.argv[1])
    uvicorn.run(build(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
