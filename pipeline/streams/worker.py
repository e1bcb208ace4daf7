"""The worker process: the Faust app until SIGTERM."""

from __future__ import annotations

import asyncio
import sys
from typing import NoReturn

import faust
from aiokafka.errors import KafkaConnectionError

from pipeline.kafka.clients import ensure_topics, existing_topics, kafka_servers, unreachable
from pipeline.process.collector import spare_what_stays
from pipeline.process.health import serve_health, show_build
from pipeline.settings import Settings
from pipeline.stages import enrich
from pipeline.streams.clock import Clock
from pipeline.streams.faust_app import build_app, changelog_topics, event_loop_policy, is_ready
from pipeline.streams.kafka_clock import kafka_time
from pipeline.streams.lost_tables import report_lost_tables
from pipeline.streams.state_folder import claim_state_folder


def run_worker(settings: Settings) -> NoReturn:
    """Make the topics, load the models, and process until SIGTERM. Raises Fatal or Retry before it starts."""
    settings, lock = claim_state_folder(settings)
    ensure_topics(settings, more=changelog_topics(settings))
    report_lost_tables(settings)
    enrich.load(enrich.choices(settings))
    if policy := event_loop_policy():
        asyncio.set_event_loop_policy(policy)
    app = build_app(settings, existing_topics(settings), clock=Clock(shown=kafka_time(settings)))
    show_build(settings.process)
    serve_health(settings.bind, settings.worker_port, lambda: is_ready(app), "DATELINE_WORKER_PORT")
    spare_what_stays()
    worker = Worker(app, loglevel=settings.log_level, redirect_stdouts=False, quiet=True, override_logging=False)
    with lock:
        try:
            sys.exit(worker.execute_from_commandline())
        except SystemExit:
            if worker.away is None:
                raise
    raise unreachable(kafka_servers(settings), worker.away)


class Worker(faust.Worker):
    """Faust's own, but it leaves in order where starting ends early: by a Kafka that goes away meanwhile, `away` has the error
    then, or by SIGTERM. Faust stops what is half started then, and what waits for it raises errors of many kinds (an
    InvalidStateError where the making of a topic was waited for)."""

    away: KafkaConnectionError | None = None

    async def start(self) -> None:
        try:
            await super().start()
        except KafkaConnectionError as e:
            self.away = e
            raise asyncio.CancelledError from e  # what Faust takes for an orderly end
        except Exception as e:  # of whatever kind: what it waited for was stopped under it
            if self._signal_stop_future is None:
                raise
            raise asyncio.CancelledError from e
