"""Quix Streams, in an environment of its own (requirements.lock): `python quix.py sink|hops KAFKA ELASTICSEARCH FOLDER NAME…`.

`sink TOPIC INDEX`: a topic to its Elasticsearch sink. `hops FROM MIDDLE TO`: two hops between topics, in the second of which
the latest version of each document is kept as state. It commits once a second, as its readers wait for no more than that; its
default is five. Kafka has its own defaults: acknowledged by all, at least once.
"""

from __future__ import annotations

import sys
from typing import Any

from elasticsearch import Elasticsearch
from quixstreams import Application, State
from quixstreams.sinks.community.elasticsearch import ElasticsearchSink


class Sink(ElasticsearchSink):  # type: ignore[misc]  # quixstreams has no types
    """Elasticsearch's core, which the local engines are, has no `GET /`, which is asked for at the start."""

    def setup(self) -> None:
        self._client = Elasticsearch(**self._client_kwargs)
        self._create_index()


def main(form: str, kafka: str, elasticsearch: str, folder: str, *names: str) -> None:
    app = Application(
        broker_address=kafka, consumer_group=f"{form}-{names[-1]}", auto_offset_reset="earliest", commit_interval=1.0,
        state_dir=folder, loglevel="WARNING",
    )  # fmt: skip
    topics = [
        app.topic(name, key_deserializer="str", key_serializer="str", value_deserializer="json")
        for name in (names[:1] if form == "sink" else names)
    ]
    if form == "sink":
        app.dataframe(topics[0]).sink(Sink(url=elasticsearch, index=names[1], batch_size=1000))
    else:
        first, middle, last = topics
        app.dataframe(first).apply(_step).to_topic(middle)
        latest = app.dataframe(middle).apply(_latest, stateful=True)
        latest.filter(lambda value: value is not None).to_topic(last)
    app.run()


def _step(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"status": value.get("status", "public")}


def _latest(value: dict[str, Any], state: State) -> dict[str, Any] | None:
    """The document where it is later than what was known of it."""
    known = state.get("current")
    version = value["revision"]["version"]
    if known is not None and known["revision"]["version"] >= version:
        return None
    state.set("current", value)
    return value


if __name__ == "__main__":
    main(*sys.argv[1:])
