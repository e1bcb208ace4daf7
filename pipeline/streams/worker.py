"""The worker process: the Faust app until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import sys
from typing import NoReturn

import faust

from pipeline.kafka.clients import ensure_topics, existing_topics
from pipeline.process.health import serve_health
from pipeline.settings import Settings
from pipeline.stages import enrich
from pipeline.streams.faust_app import build_app, changelog_topics, event_loop_policy, is_ready, state_folder


def run_worker(settings: Settings) -> NoReturn:
    """Make the topics, load the models, and process until SIGTERM. Raises Fatal or Retry before it starts."""
    ensure_topics(settings, more=changelog_topics(settings))
    enrich.load(enrich.choices(settings))
    if policy := event_loop_policy():
        asyncio.set_event_loop_policy(policy)
    app = build_app(settings, existing_topics(settings))
    state_folder(settings).mkdir(parents=True, exist_ok=True)
    serve_health(settings.bind, settings.worker_port, lambda: is_ready(app), "DATELINE_WORKER_PORT")
    worker = faust.Worker(app, loglevel=settings.log_level, redirect_stdouts=False, quiet=True, override_logging=False)
    sys.exit(worker.execute_from_commandline())
