"""Every document is counted: a run that loses or repeats one is no result."""

from __future__ import annotations

from collections import Counter
from typing import Any

from elasticsearch import Elasticsearch, helpers

from benchmarks.corpus.day import Expected
from pipeline.settings import Settings


class Wrong(SystemExit):
    """The run lost or repeated something."""


def check(client: Elasticsearch, settings: Settings, expected: Expected, letters: int) -> str:
    """What was counted, in words. Raises Wrong. `letters` is how many dead letters there are."""
    client.indices.refresh(index=[settings.named(one) for one in ("articles*", "comments*")])
    public = _versions(client, settings.named("articles"))
    hidden = _ids(client, settings.named("articles-hidden"))
    comments = _ids(client, settings.named("comments")) + _ids(client, settings.named("comments-hidden"))
    wanted = {str(one): version for one, version in expected.versions.items() if one not in expected.killed}
    _same("public articles", Counter(public.keys()), Counter(wanted.keys()))
    _same("killed articles", hidden, Counter(map(str, expected.killed)))
    _same("comments", comments, Counter(map(str, expected.comments)))
    if old := [one for one, version in wanted.items() if public[one] != version]:
        raise Wrong(f"{len(old)} articles are not in their latest revision, such as {old[0]}")
    if letters:
        raise Wrong(f"{letters} dead letters, where none was expected")
    return f"{len(public):,} articles in their latest revision, {hidden.total():,} killed ones, {comments.total():,} comments"


def check_ids(client: Elasticsearch, index: str, wanted: Counter[str]) -> None:
    """The same for an index of a peer. Raises Wrong."""
    client.indices.refresh(index=index)
    _same(f"documents in {index}", _ids(client, index), wanted)


def _same(what: str, found: Counter[str], wanted: Counter[str]) -> None:
    lost, more = wanted - found, found - wanted
    if lost or more:
        shown = [*lost, *more][0]
        raise Wrong(f"{what}: {lost.total()} lost, {more.total()} too many, such as {shown}")


def _ids(client: Elasticsearch, index: str) -> Counter[str]:
    return Counter(hit["_id"] for hit in helpers.scan(client, index=index, size=5000, _source=False))


def _versions(client: Elasticsearch, index: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for hit in helpers.scan(client, index=index, size=5000, _source_includes=["revision.version"]):
        source: dict[str, Any] = hit["_source"]
        if hit["_id"] in found:
            raise Wrong(f"{hit['_id']} is there twice")
        found[hit["_id"]] = int(source["revision"]["version"])
    return found
