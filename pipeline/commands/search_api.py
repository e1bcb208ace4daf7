"""search-api: the readers' page and its JSON."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.shared import own_process, reports


@reports
def search_api(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; by default DATELINE_SEARCH_PORT.")] = None,
) -> None:
    """Serve the readers' page and its JSON."""
    from pipeline.search.api import run_search_api

    with own_process("search-api") as current:
        run_search_api(current, port)
