"""Articles about one event: the latest in groups, which of a group leads, and what each telling adds. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Article = dict[str, Any]

LATEST_FIELDS = ["article_id", "story_id", "relation", "headline", "summary", "publisher", "section", "language", "direction", "shown_at", "published", "modified", "words", "correction_note"]  # fmt: skip
MEMBER_FIELDS = [*LATEST_FIELDS, "people", "places", "organisations", "figures", "quotations", "reading_seconds", "url", "authors", "locations", "entities.name", "entities.known_as", "entities.latitude", "entities.longitude"]  # fmt: skip
MAX_MEMBERS = 200
"""Of a story, that are compared."""
_ADDED = 8
"""Names, figures and voices that are listed of one telling."""


@dataclass
class Group:
    """Articles about one event. `total` counts all of them that readers can see."""

    lead: Article
    others: list[Article] = field(default_factory=list)
    story_id: str | None = None
    total: int = 1

    @property
    def publishers(self) -> list[str]:
        """Who else tells it."""
        names = dict.fromkeys(one["publisher"] for one in self.others if one.get("publisher"))
        return [name for name in names if name != self.lead.get("publisher")]


def latest_query(size: int, **terms: str) -> dict[str, Any]:
    filters = [{"term": {name: value}} for name, value in terms.items()]
    return {
        "query": {"bool": {"filter": filters}},
        "size": size,
        "sort": [{"shown_at": {"order": "desc", "missing": "_last"}}, {"article_id": "asc"}],
        "_source": LATEST_FIELDS,
        "aggs": {"section": {"terms": {"field": "sections.name", "size": 40}}},
        "track_total_hits": True,
    }


def opening_query(article_id: str) -> dict[str, Any]:
    """The text of an article, for its beginning."""
    return {"query": {"ids": {"values": [article_id]}}, "size": 1, "_source": ["body"]}


def counts_query(story_ids: Sequence[str]) -> dict[str, Any]:
    """How many articles of each of these stories readers can see."""
    return {
        "size": 0,
        "query": {"terms": {"story_id": list(story_ids)}},
        "aggs": {"stories": {"terms": {"field": "story_id", "size": max(1, len(story_ids))}}},
    }


def members_query(story_ids: Sequence[str]) -> dict[str, Any]:
    """A story's articles, earliest first."""
    return {
        "query": {"terms": {"story_id": list(story_ids)}},
        "size": MAX_MEMBERS,
        "sort": [{"shown_at": {"order": "asc", "missing": "_last"}}, {"article_id": "asc"}],
        "_source": MEMBER_FIELDS,
        "track_total_hits": True,
    }


def grouped(articles: Iterable[Article], canonical: Callable[[str], str] = str) -> list[Group]:
    """Articles by event, in the order of the first of each; `canonical` is the id that a story has now."""
    groups: dict[str, list[Article]] = {}
    for one in articles:
        story = one.get("story_id")
        groups.setdefault(f"s{canonical(story)}" if story else f"a{one['article_id']}", []).append(one)
    found = []
    for key, members in groups.items():
        leading = lead(members)
        others = [one for one in members if one is not leading]
        found.append(Group(leading, others, key[1:] if key[0] == "s" else None, len(members)))
    return found


def lead(members: Sequence[Article]) -> Article:
    """The telling that is shown first: the fullest that is no copy; of two alike the earlier one."""
    own = [one for one in members if one.get("relation") != "copy"] or list(members)
    return min(
        own, key=lambda one: (-min(one.get("words") or 0, 1500) // 50, one.get("shown_at") or "", one["article_id"])
    )


def with_added(members: Sequence[Article]) -> list[Article]:
    """Members, each with what it `adds` to those before it: names, voices and figures that none of them has."""
    seen: set[str] = set()
    found = []
    for n, one in enumerate(members):
        added: dict[str, list[str]] = {"names": [], "voices": [], "figures": []}
        for kind, name in _facts(one):
            if f"{kind}{name.casefold()}" not in seen:
                seen.add(f"{kind}{name.casefold()}")
                added[kind].append(name)
        adds = {kind: names[:_ADDED] for kind, names in added.items() if names} if n else {}
        found.append(one | {"adds": adds})
    return found


def _facts(article: Article) -> Iterable[tuple[str, str]]:
    for kind in ("people", "places", "organisations"):
        yield from (("names", name) for name in article.get(kind) or ())
    for quotation in article.get("quotations") or ():
        if quotation.get("speaker") and not quotation.get("partial"):
            yield ("voices", quotation["speaker"])
    for figure in article.get("figures") or ():
        yield ("figures", figure_text(figure))


def figure_text(figure: Article) -> str:
    """`at least 40 tonnes of salmon`."""
    value = float(figure.get("value") or 0)
    number = f"{value:,.0f}" if value.is_integer() else f"{value:,}"
    qualifier = figure.get("qualifier")
    return " ".join(filter(None, [qualifier if qualifier != "exactly" else "", number, figure.get("what")]))


def merged_sections(buckets: Iterable[Article], most: int = 12) -> list[tuple[str, int, list[str]]]:
    """Sections that differ by capitals only as one: its usual name, the number of articles, and each way it is written."""
    found: dict[str, list[tuple[str, int]]] = {}
    for bucket in buckets:
        found.setdefault(" ".join(str(bucket["key"]).split()).casefold(), []).append(
            (bucket["key"], bucket["doc_count"])
        )
    merged = [(ways[0][0], sum(count for _, count in ways), [name for name, _ in ways]) for ways in found.values()]
    return sorted(merged, key=lambda one: -one[1])[:most]
