"""The revisions of an article in their order, which of them readers may see, and what changed from one to the next. Pure.

Readers see of a public article the earlier revisions that readers could see then, and may see still: no revision that was
withheld, killed, or superseded before its embargo ended, and none whose rights are over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from pipeline.search.differences import opcodes
from schemas.documents import COMPARED

Revision = dict[str, Any]

MAX_REVISIONS = 1000
_INTERNAL = frozenset({"embargo_until", "expires"})
"""Compared fields that say nothing to readers."""


def superseded_query(ids: list[str]) -> dict[str, Any]:
    """The superseded revisions of an article with these ids, in `history`: where there are too many, the latest."""
    return {
        "query": {"terms": {"article_id": ids}},
        "sort": [{"revision_key": "desc"}],
        "size": MAX_REVISIONS,
        "_source": {"excludes": ["entities", "body_html", "quotations", "changes", "stemmed"]},
    }


def in_order(found: Iterable[Revision]) -> list[Revision]:
    return sorted(found, key=lambda one: _order(str(one.get("revision_key", ""))))


def timeline(superseded: list[Revision], current: list[Revision]) -> list[Revision]:
    """Superseded revisions in their order, then the current one; each partial update merged with the revision before it."""
    found: list[Revision] = []
    named: Revision = {}
    for one in superseded:
        if any(is_base_of(one, last) for last in current):
            named = {name: one[name] for name in ("named_fields", "cleared") if name in one}
            continue
        found.append(_merged(found[-1] if found else {}, one) if is_partial(one) else one)
    return [*found, *(one | named for one in current)]


def is_base_of(superseded: Revision, current: Revision) -> bool:
    """Whether the current revision is this one, or was made of it."""
    event = (superseded.get("revision") or {}).get("event_id")
    return event is not None and event == (current.get("revision") or {}).get("event_id")


def is_partial(one: Revision) -> bool:
    return _status(one) == "partial"


def readable(found: list[Revision], now: datetime) -> list[Revision]:
    """Those of a public article's timeline that readers may see. What isn't known for sure is hidden."""
    return [one for n, one in enumerate(found[:-1]) if _was_never_hidden(found[n:], now)] + found[-1:]


def _was_never_hidden(found: list[Revision], now: datetime) -> bool:
    """Of the first of them: neither itself, nor as its partial updates left it, which may have withheld it for good."""
    updates = len(list(takewhile(is_partial, found[1:-1])))
    return all(_could_be_seen(found[n], found[n + 1 :], now) for n in {0, updates})


def for_readers(shown: Sequence[Revision], first: int = 1) -> list[dict[str, Any]]:
    """`[{number, at, headline, correction_note, changes, body}]` of revisions that readers may see, the oldest first, the
    current one last; `first` is the number of the first. `changes` are fields, `body` paragraphs that changed from the one
    before in the list."""
    pairs = zip([None, *shown[:-1]], shown, strict=True)
    return [_entry(number, before, one) for number, (before, one) in enumerate(pairs, first)]


def _could_be_seen(one: Revision, later: list[Revision], now: datetime) -> bool:
    if _status(one) not in ("superseded", "partial") or not one.get("headline"):
        return False
    if one.get("withheld") is not False:  # nor where an older index doesn't say
        return False
    try:
        expires, embargo = _time(one.get("expires")), _time(one.get("embargo_until"))
        if expires and expires <= now:
            return False
        if embargo is None:
            return True
        received = [_time((other.get("revision") or {}).get("received")) for other in later]
        return embargo <= min(at for at in received if at)
    except (ValueError, TypeError):
        return False


def _entry(number: int, before: Revision | None, one: Revision) -> dict[str, Any]:
    entry: dict[str, Any] = {"number": number, "at": changed_at(one), "headline": one.get("headline")}
    if one.get("correction_note"):
        entry["correction_note"] = one["correction_note"]
    if before is not None:
        entry["changes"] = list(_changes(before, one))
        entry["body"] = list(paragraphs(before.get("body") or "", one.get("body") or ""))
    return entry


def _changes(before: Revision, after: Revision) -> Iterator[dict[str, Any]]:
    for field in COMPARED:
        if field not in _INTERNAL and before.get(field) != after.get(field):
            yield {"field": field, "before": before.get(field), "after": after.get(field)}


def paragraphs(before: str, after: str) -> Iterator[dict[str, Any]]:
    """`{change: added|removed, text}` of each paragraph that changed, in the order to read them, and between them
    `{change: same, count}` of those that didn't; nothing where all are the same."""
    old, new = (text.split("\n\n") if text else [] for text in (before, after))
    if old == new:
        return
    for kind, at, to, begin, end in opcodes(old, new):
        if kind == "equal":
            yield {"change": "same", "count": to - at}
        else:
            yield from ({"change": "removed", "text": text} for text in old[at:to])
            yield from ({"change": "added", "text": text} for text in new[begin:end])


def changed_at(one: Revision) -> str | None:
    """When a revision changed the article."""
    revision = one.get("revision", {})
    at: str | None = one.get("modified") or revision.get("modified") or one.get("published") or revision.get("received")
    return at


def _merged(before: Revision, partial: Revision) -> Revision:
    changed = {*partial.get("named_fields", []), *partial.get("cleared", [])}
    return {name: value for name, value in before.items() if name not in changed} | partial


def _order(key: str) -> tuple[int, int, str]:
    """A revision's key is `modified ms.version.event`."""
    modified, _, rest = key.partition(".")
    version, _, event = rest.partition(".")
    return (int(modified or 0), int(version or 0), event)


def _status(one: Revision) -> str:
    return str(one.get("status") or one.get("standing", ""))


def _time(value: object) -> datetime | None:
    """Raises ValueError for what is no time."""
    return value if value is None or isinstance(value, datetime) else datetime.fromisoformat(str(value))
