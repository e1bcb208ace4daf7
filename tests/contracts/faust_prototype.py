"""A Faust app as its documentation would have it, or by our agent: run by test_faust_traps.py in a process of its own."""

from __future__ import annotations

import os
import sys
from typing import Any

import faust

from pipeline.settings import load_settings
from pipeline.streams.faust_app import add_agent
from pipeline.streams.faust_fixes import OffsetGuard

POISON = b"4"


def main(mode: str, topic: str) -> None:
    settings = load_settings()
    app = faust.App(
        f"{topic}-{mode}",
        broker=f"kafka://{settings.kafka_servers}",
        web_enabled=False,
        topic_disable_leader=True,
        topic_partitions=1,
        stream_wait_empty=False,
        broker_commit_interval=0.5,
        broker_session_timeout=6.0,
        broker_heartbeat_interval=2.0,
        datadir=os.environ["DATELINE_LOCAL_DIR"],
        consumer_auto_offset_reset="earliest",
        key_serializer="raw",
        value_serializer="raw",
    )

    def see(value: bytes) -> None:
        if value == POISON:
            raise ValueError("this record fails")
        print(f"SEEN {value.decode()}", flush=True)

    if mode == "plain":

        @app.agent(app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"))
        async def plain(stream: Any) -> None:
            async for value in stream:
                see(value)

    else:

        async def take(events: list[Any]) -> None:
            for event in events:
                see(event.message.value)

        add_agent(app, settings, "prototype", (topic,), OffsetGuard(), take)
    faust.Worker(app, loglevel="ERROR", redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
