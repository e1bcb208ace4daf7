"""`python -m benchmarks.relevance [SAMPLES] [--wrong]`: what readers' searches find, beside plain BM25 on title and body.

Queries, judgements and the short articles were written by us, by those who wrote the search: the figures flatter. The pages of
others (SAMPLES, `../shared/samples`) are not part of the project and are left out where they aren't there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from elasticsearch import Elasticsearch

from benchmarks.engines import running_engines
from benchmarks.relevance.measure import Figures, Query, figures, ndcg, queries
from benchmarks.relevance.searching import PLAIN, Documents, answers, index, ours, own_articles, pages, plainly
from pipeline.index.client import elasticsearch_client
from pipeline.settings import Settings
from pipeline.stages.enrich.events import load

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
HEAD = "| | queries | nDCG@10 | success@1 | plain nDCG@10 | plain success@1 |\n|---|---:|---:|---:|---:|---:|"


def main(samples: Path, wrong: bool) -> None:
    load()
    sets: list[tuple[str, Documents, list[Query]]] = [("own articles", own_articles(), queries("queries"))]
    if (samples / "fundus").is_dir():
        sets.append(("pages of others", pages(samples / "fundus"), queries("page_queries")))
    else:
        print(f"No pages of others at {samples}: only our own articles.\n")
    with running_engines(heap="512m") as engines:
        for n, (label, documents, asked) in enumerate(sets):
            settings = engines.settings(namespace=f"relevance-{n}")
            with elasticsearch_client(settings) as client:
                index(client, settings, documents)
                print(f"\n{label}: {len(documents)} articles; queries and judgements are our own\n\n{HEAD}")
                show(client, settings, asked, wrong)


def show(client: Elasticsearch, settings: Settings, asked: list[Query], wrong: bool) -> None:
    mine = list(answers(client, settings.named("articles"), ours, asked))
    plain = list(answers(client, settings.named(PLAIN), plainly, asked))
    for kind in dict.fromkeys(query.kind for query in asked):
        of_kind = [[pair for pair in pairs if pair[0].kind == kind] for pairs in (mine, plain)]
        print(_row(kind, *map(figures, of_kind)))
    print(_row("**all**", figures(mine), figures(plain)))
    for query, found in mine if wrong else ():
        if ndcg(found, query.right) < 1:
            print(f"{query.kind}: {query.text}: {found}, right are {dict(query.right)}")


def _row(label: str, mine: Figures, plain: Figures) -> str:
    cells: Sequence[str] = (
        f"{mine.queries}", f"{mine.ndcg:.3f}", f"{mine.success:.3f}", f"{plain.ndcg:.3f}", f"{plain.success:.3f}",
    )  # fmt: skip
    return f"| {label} | {' | '.join(cells)} |"


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    main(Path(given[0]) if given else SAMPLES, "--wrong" in sys.argv)
