"""The `dateline` command: every subcommand, listed in one place."""

from __future__ import annotations

import typer

from pipeline.commands import dead_letters, demo, feeds, grants, keeping, keys, publishing, reading, running

app = typer.Typer(
    name="dateline",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="News from the wire to the search box: publish articles and comments, watch them become searchable.",
)
app.command()(demo.demo)
app.add_typer(running.local, name="local")
app.command()(publishing.publish)
app.command()(publishing.preview)
app.command()(running.run)
app.command()(running.worker)
app.command()(running.indexer)
app.command("ingest-api")(running.ingest_api)
app.command("search-api")(running.search_api)
app.command()(reading.search)
app.command()(reading.status)
app.command()(reading.trace)
app.command()(reading.story)
app.command()(reading.trends)
app.command()(reading.embargoes)
app.command()(keeping.history)
app.command()(keeping.kill)
app.add_typer(keeping.erase, name="erase")
app.command()(keeping.audit)
app.command()(keeping.reconcile)
app.command()(keeping.reindex)
app.add_typer(keeping.snapshot, name="snapshot")
app.add_typer(dead_letters.dead_letters, name="dead-letters")
app.add_typer(grants.grant, name="grant")
app.add_typer(keys.keys, name="keys")
app.add_typer(feeds.feeds, name="feeds")
app.add_typer(running.schemas, name="schemas")
app.add_typer(running.flows, name="flows")


def main() -> None:
    """Entry point of the console command."""
    app()


if __name__ == "__main__":
    main()
