"""dateline search: what readers can find."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.text import Text

from pipeline.commands.options import AsJson, moment
from pipeline.commands.shared import out, print_json, reports, settings


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
    """Search what readers can see; matched words are highlighted."""
    from pipeline.commands.highlights import with_em
    from pipeline.index.client import open_client
    from pipeline.search.filters import only
    from pipeline.search.queries import Search
    from pipeline.search.reader import Reader

    conditions = replace(
        only(section=section, language=language, publisher=publisher),
        since=moment("--since", since),
        before=moment("--until", until),
    )
    wanted = Search(text, conditions, size=size)
    with open_client(settings(), timeout=10) as client:
        reader = Reader(client, settings())
        found = reader.comments(wanted) if comments else reader.articles(wanted)
    if json:
        print_json(with_em(found))
        return
    one, many = ("comment", "comments") if comments else ("story", "stories")
    what = f" {one if found['total'] == 1 else many} in {found['took_ms']} ms"
    out.print(Text.assemble((str(found["total"]), "bold"), what))
    for hit in found["hits"]:
        out.print()
        (_show_comment if comments else _show_article)(hit)
    if not found["hits"]:
        out.print("Try fewer or other words." if text else "There is nothing yet: dateline publish PATH")


def _show_comment(hit: dict[str, Any]) -> None:
    from pipeline.commands.highlights import highlighted

    out.print(
        Text.assemble((hit.get("author") or "Unnamed", "bold"), f"  {hit.get('posted', '')}  on {hit['article_id']}")
    )
    out.print(highlighted((hit["highlights"].get("text") or [hit["text"]])[0]))


def _show_article(hit: dict[str, Any]) -> None:
    from pipeline.commands.highlights import highlighted

    out.print(highlighted((hit["highlights"].get("headline") or [hit["headline"]])[0], "bold"))
    count = hit["comment_count"]
    facts = [
        hit.get("publisher"),
        ", ".join(hit.get("authors", [])),
        hit.get("section"),
        hit.get("published"),
        f"{count} comment{'' if count == 1 else 's'}",
    ]
    out.print(Text(" · ".join(str(fact) for fact in facts if fact), "dim"))
    for part in hit["highlights"].get("body", [])[:2]:
        out.print(Text("  ") + highlighted(" ".join(part.split())))
    out.print(Text(f"  {hit['id']}", "dim"))
