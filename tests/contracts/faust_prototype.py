"""A Faust app as its documentation would have it, or by our agent: run by test_faust_traps.py in a process of its own, instead
of `dateline` (tests/support/forking.py).

Modes: `plain` and `ours` fail on a record; `slow-plain` and `slow-ours` need longer for what is there than the client may be
without a poll, of Faust's own configuration and of ours; `gaps` reads what a transactional producer sent."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import faust
from faust.tables.manager import TableManager

from pipeline.settings import load_settings
from pipeline.streams.agents import add_agent
from pipeline.streams.faust_app import watched
from pipeline.streams.faust_consumer import CONSUMER_OPTIONS
from pipeline.streams.faust_fixes import SafeTableManager
from pipeline.streams.gaps import GapReader, OffsetGuard
from pipeline.streams.isolation import Turns

POISON = b"4"
PAUSE = 0.01
SMALL = {"stream_buffer_maxsize": 16, "broker_heartbeat_interval": 0.5}
OPTIONS: dict[str, dict[str, Any]] = {
    "slow-plain": SMALL | {"broker_max_poll_interval": 1.5, "broker_max_poll_records": None},
    "slow-ours": SMALL,
}


def main(mode: str, topic: str) -> None:
    settings = load_settings()
    app = faust.App(
        f"{topic}-{mode}",
        broker=f"kafka://{settings.kafka_servers}",
        web_enabled=False,
        topic_partitions=1,
        datadir=os.environ["DATELINE_LOCAL_DIR"],
        key_serializer="raw",
        value_serializer="raw",
        TableManager=TableManager if mode == "plain" else SafeTableManager,
        **CONSUMER_OPTIONS | OPTIONS.get(mode, {}),
    )

    def see(value: bytes) -> None:
        if value == POISON and mode in ("plain", "ours"):
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
                await asyncio.sleep(PAUSE if mode.startswith("slow") else 0)

        guard = OffsetGuard(GapReader(settings).find)
        app.offset_guard = guard  # type: ignore[attr-defined]
        add_agent(app, settings, "prototype", (topic,), guard, watched(app, Turns()), take)
    faust.Worker(app, loglevel="ERROR", redirect_stdouts=False, quiet=True).execute_from_commandline()


def instead() -> None:
    """Run MODE and TOPIC, the arguments of the process, and no command."""
    main(sys.argv[1], sys.argv[2])
    sys.exit()
