"""search-api: the readers' page and its JSON."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.shared import reports, settings
from pipeline.logs import configure
from pipeline.process.registry import registered


@reports
def search_api(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; by default DATELINE_SEARCH_PORT.")] = None,
) -> None:
    """Serve the readers' page and its JSON."""
    from pipeline.search.api import run_search_api

    current = settings("search-api")
    configure(current)
    with registered(current, "search-api"):
        run_search_api(current, port)
