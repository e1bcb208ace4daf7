"""dateline story: the articles of a story."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import out, print_json, reports, settings
from pipeline.commands.tables import time_of
from pipeline.errors import Fatal


@reports
def story(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="A story's id, or that of one of its articles.")],
    json: AsJson = False,
) -> None:
    """The articles of a story, the first published first, and how each relates to it: original, copy, rewrite, update."""
    from pipeline.index.client import open_client
    from pipeline.search.reader import Reader

    with open_client(settings(), timeout=10) as client:
        reader = Reader(client, settings())
        article = reader.article(wanted)
        found = reader.story((article or {}).get("story_id", wanted))
    if found is None:
        raise Fatal(f"readers can see no story and no article with the id {wanted}")
    if json:
        print_json(found)
        return
    count = f": {found['total']} article{'' if found['total'] == 1 else 's'}"
    out.print(Text.assemble((found["story_id"], "bold"), count))
    for one in found["articles"]:
        out.print()
        out.print(Text(one["headline"], "bold"), soft_wrap=True)
        out.print(
            Text(f"{time_of(one['first_published'])[:16]} UTC · {one.get('publisher', '')} · {one['relation']}", "dim")
        )
        out.print(Text(f"  {one['article_id']}", "dim"))
