"""ingest-api: where senders push to."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.shared import own_process, reports


@reports
def ingest_api(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; by default DATELINE_INGEST_PORT.")] = None,
) -> None:
    """Serve the ingest API: POST /v1/items and /v1/comments, and what WebSub hubs deliver."""
    from pipeline.push.api import run_push_api

    with own_process("ingest-api") as current:
        run_push_api(current, port)
