"""flows: the Prefect flows."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.shared import reports

flows = typer.Typer(no_args_is_help=True, help="Prefect flows.")


@flows.command("serve")
@reports
def flows_serve(
    wait: Annotated[float, typer.Option(min=0, max=3600, help="Seconds to wait for the server at the start.")] = 0.0,
) -> None:
    """Serve the flows to a Prefect server (PREFECT_API_URL), until Ctrl-C."""
    from flows.serve import serve_flows
    from pipeline.logs import configure
    from pipeline.process.registry import registered
    from pipeline.settings import settings

    current = settings()
    configure(current)
    with registered(current, "flows"):
        serve_flows(wait=wait)
