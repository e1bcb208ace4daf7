"""status-page: what the status, trace and dead-letter commands say, in a browser."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

import typer

from pipeline.commands.shared import own_process, reports


@reports
def status_page(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; by default DATELINE_STATUS_PORT.")] = None,
) -> None:
    """Serve the operators' page: is all well, where is my story, what became of a provider's items, and what was refused.

    It reads only. Without DATELINE_STATUS_PASSWORD it listens on this machine alone.
    """
    from pipeline.status_page.api import run_status_page

    with own_process("status-page") as current:
        run_status_page(current, port, prefect_pages(os.environ))


def prefect_pages(environment: Mapping[str, str]) -> str | None:
    """The address of Prefect's own pages, by the variables that Prefect reads; None where it is not known."""
    found = environment.get("PREFECT_UI_URL") or environment.get("PREFECT_API_URL", "").rstrip("/").removesuffix("/api")
    return found.rstrip("/") if found.startswith(("http://", "https://")) else None
