"""search, status, trace, embargoes: what came out, where things are, and what is held back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from pipeline.commands.shared import Exit, out, print_json, reports, settings
from pipeline.dates import parse
from pipeline.errors import Fatal
from pipeline.index.client import elasticsearch_client
from pipeline.operations.embargoes import embargoes as read_embargoes
from pipeline.operations.status import status as read_status
from pipeline.operations.trace import trace as read_trace
from pipeline.search.queries import MARK_CLOSE, MARK_OPEN, Search
from pipeline.search.reader import Reader


class TrendKind(StrEnum):
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    TOPIC = "topic"


AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]


@reports
def search(
    text: Annotated[str, typer.Argument(help="Words to look for; empty for the latest.")] = "",
    section: Annotated[str | None, typer.Option(help="Only this section.")] = None,
    language: Annotated[str | None, typer.Option(help="Only this language (ISO 639-1).")] = None,
    publisher: Annotated[str | None, typer.Option(help="Only this publisher.")] = None,
    since: Annotated[str | None, typer.Option(help="Published since then: 2026-03-14, '3 days ago', …")] = None,
    until: Annotated[str | None, typer.Option(help="Published until then.")] = None,
    comments: Annotated[bool, typer.Option("--comments", help="Search readers' comments instead.")] = False,
    size: Annotated[int, typer.Option(min=1, max=1000, help="How many results.")] = 10,
    json: AsJson = False,
) -> None:
    """Search what readers can see, with the words that matched."""
    wanted = Search(
        text, section, language, publisher, None, None, None, _time("--since", since), _time("--until", until), size
    )
    client = elasticsearch_client(settings(), timeout=10)
    try:
        reader = Reader(client, settings())
        found = reader.comments(wanted) if comments else reader.articles(wanted)
    finally:
        client.close()
    if json:
        print_json(_without_marks(found))
        return
    noun = "comment" if comments else "story"
    plural = "comments" if comments else "stories"
    out.print(f"[bold]{found['total']}[/] {noun if found['total'] == 1 else plural} in {found['took_ms']} ms")
    for hit in found["hits"]:
        out.print()
        if comments:
            out.print(
                Text.assemble(
                    (hit.get("author") or "Unnamed", "bold"), f"  {hit.get('posted', '')}  on {hit['article_id']}"
                )
            )
            out.print(_marked((hit["highlights"].get("text") or [hit["text"]])[0]))
            continue
        out.print(_marked((hit["highlights"].get("headline") or [hit["headline"]])[0], "bold"))
        facts = [
            hit.get("publisher"),
            ", ".join(hit.get("authors", [])),
            hit.get("section"),
            hit.get("published"),
            f"{hit['comment_count']} comments",
        ]
        out.print(Text(" · ".join(str(fact) for fact in facts if fact), "dim"))
        for part in hit["highlights"].get("body", [])[:2]:
            out.print(Text("  ") + _marked(" ".join(part.split())))
        out.print(Text(f"  {hit['id']}", "dim"))
    if not found["hits"]:
        out.print("Try fewer or other words." if text else "Nothing has come in yet: dateline publish PATH")


@reports
def status(json: AsJson = False) -> None:
    """What came in, how far each stage is, what is searchable, what was refused."""
    found = read_status(settings())
    if json:
        print_json(found)
    else:
        for engine in ("kafka", "elasticsearch"):
            state = found[engine]
            out.print(
                f"{engine:<14} " + ("[green]up[/]" if state["up"] else f"[red]away[/]  {state.get('error', '')}"),
                soft_wrap=True,
            )
        if found["stages"]:
            stages = Table("stage", "group", "behind by", box=None, pad_edge=False)
            for name, stage in found["stages"].items():
                stages.add_row(
                    name, stage["group"], f"{stage['lag']:,}" if stage["started"] else f"{stage['lag']:,} (not started)"
                )
            out.print(stages)
        if found["topics"]:
            topics = Table("topic", "records", "kept", box=None, pad_edge=False)
            for name, topic in found["topics"].items():
                topics.add_row(name, f"{topic['records']:,}", topic["cleanup"])
            out.print(topics)
        if found["documents"]:
            documents = Table("index", "documents", box=None, pad_edge=False)
            for name, count in found["documents"].items():
                documents.add_row(name, f"{count:,}")
            out.print(documents)
    if not found["ok"]:
        raise typer.Exit(Exit.AWAY)


@reports
def trace(
    wanted: Annotated[
        str, typer.Argument(metavar="ID|URL", help="An article's or comment's id, or an article's address.")
    ],
    json: AsJson = False,
) -> None:
    """Where is my story? Its way through the stages, and which index has it."""
    found = read_trace(settings(), wanted)
    if json:
        print_json(found)
    elif found["steps"] or found["documents"]:
        steps = Table("at", "topic", "event", "partition", "offset", "bytes", box=None, pad_edge=False)
        for step in found["steps"]:
            steps.add_row(
                step["at"][11:23],
                step["topic"],
                step.get("refused") or step["type"] or "",
                str(step["partition"]),
                str(step["offset"]),
                f"{step['bytes']:,}",
            )
        out.print(steps)
        for document in found["documents"]:
            indexed = document.get("processed", {}).get("indexed", "")
            out.print(
                f"{indexed[11:23]:<12} [bold]{document['index']}[/] {document['standing']}"
                + (f" until {document['until']}" if document.get("until") else "")
                + f", version {document['version']}"
            )
        if found["waiting"]:
            out.print("Only partial updates of it have come: they wait for the whole article.")
    if not found["steps"] and not found["documents"]:
        if not json:
            out.print(f"Nothing of {wanted} is in the topics or the indices.")
        raise typer.Exit(Exit.REFUSED)


@reports
def story(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="A story's id, or that of one of its articles.")],
    json: AsJson = False,
) -> None:
    """Who tells a story, first told first, and what each is to it: original, copy, rewrite or update."""
    client = elasticsearch_client(settings(), timeout=10)
    try:
        reader = Reader(client, settings())
        article = reader.article(wanted)
        found = reader.story(article["story_id"] if article else wanted)
    finally:
        client.close()
    if found is None:
        raise Fatal(f"readers can see no story and no article with the id {wanted}")
    if json:
        print_json(found)
        return
    out.print(f"[bold]{found['story_id']}[/]: {found['total']} telling{'' if found['total'] == 1 else 's'}")
    for one in found["articles"]:
        told = (one["told"] or "")[:16].replace("T", " ")
        out.print()
        out.print(Text(one["headline"], "bold"), soft_wrap=True)
        out.print(Text(f"{told} UTC · {one.get('publisher', '')} · {one['relation']}", "dim"))
        out.print(Text(f"  {one['article_id']}", "dim"))


@reports
def trends(
    kind: Annotated[TrendKind | None, typer.Option(help="Only these.")] = None,
    size: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 10,
    json: AsJson = False,
) -> None:
    """What is rising: names and topics in more stories of the last six hours than is usual for them."""
    client = elasticsearch_client(settings(), timeout=10)
    try:
        found = Reader(client, settings()).trends(datetime.now(UTC), kind.value if kind else None, size)
    finally:
        client.close()
    if json:
        print_json(found)
        return
    if not found:
        out.print("Nothing is rising.")
        return
    table = Table("name", "kind", "stories in 6 h", "usual", "score", box=None, pad_edge=False)
    for one in found:
        table.add_row(
            Text(one["name"]), one["kind"], str(one["count"]), f"{one['expected']:.1f}", f"{one['score']:.1f}"
        )
    out.print(table)


@reports
def embargoes(
    size: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
    json: AsJson = False,
) -> None:
    """What is held back from readers: under embargo, the next to lift first, and what its provider withholds."""
    found = read_embargoes(settings(), size)
    if json:
        print_json(found)
        return
    if not found["total"]:
        out.print("Nothing is held back.")
        return
    table = Table("until (UTC)", "publisher", "headline", box=None, pad_edge=False)
    table.add_column("id", no_wrap=True, min_width=36)
    for one in found["articles"]:
        until = one["until"][:19].replace("T", " ") if one.get("until") else "its provider lets it go"
        table.add_row(until, one.get("publisher", ""), Text(one.get("headline", "")), one["article_id"])
    out.print(table)
    if found["total"] > len(found["articles"]):
        out.print(f"{len(found['articles']):,} of {found['total']:,}")


def _time(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = parse(text, "UTC", datetime.now(UTC))
    if moment is None:
        raise Fatal(f"{option} {text!r} can't be read as a time (try 2026-03-14, or '3 days ago')")
    return moment.utc


def _marked(text: str, style: str = "") -> Text:
    shown = Text(style=style)
    for nth, part in enumerate(re.split(f"{MARK_OPEN}|{MARK_CLOSE}", text)):
        shown.append(part, "black on yellow" if nth % 2 else "")
    return shown


def _without_marks(found: object) -> object:
    """Highlights for JSON: the usual <em>, as the text itself is not HTML here."""
    if isinstance(found, dict):
        return {name: _without_marks(value) for name, value in found.items()}
    if isinstance(found, list):
        return [_without_marks(value) for value in found]
    return found.replace(MARK_OPEN, "<em>").replace(MARK_CLOSE, "</em>") if isinstance(found, str) else found
