"""The revisions of an article: in their order, which of them readers may see, and what changed between two. Pure.

Earlier revisions are in an index that front-ends can't search. A reader is shown one only where its article is public now,
and where it was neither withheld nor under embargo while it was the current one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Literal

MAX_REVISIONS = 1000
READERS_FIELDS = ("headline", "summary", "byline", "dateline", "section", "topics")
"""Fields whose changes readers are shown; the body is compared paragraph by paragraph."""
_MAX_WORDS = 4000
"""Of a paragraph that is compared word by word."""
_MAX_PARAGRAPHS = 2000
_ALIKE = 0.35
"""Share of common words from which a paragraph is another version of one, not a new one."""

Revision = dict[str, Any]


def timeline(superseded: list[Revision], current: list[Revision]) -> list[Revision]:
    """Superseded revisions in their order, then the current one; each partial update merged with the revision before it."""
    found: list[Revision] = []
    named: Revision = {}
    last = {one.get("revision", {}).get("event_id") for one in current}
    for one in superseded:
        if one.get("revision") and one["revision"].get("event_id") in last:
            # the current revision is this one, or is the base of it
            named = {name: one[name] for name in ("named_fields", "cleared") if name in one}
            continue
        partial = _status(one) == "partial"
        found.append(_merged(found[-1] if found else {}, one) if partial else one)
    return [*found, *(one | named for one in current)]


def order(revision: Revision) -> tuple[int, int, str]:
    """By its key, which is `modified ms.version.event`."""
    modified, _, rest = str(revision.get("revision_key", "")).partition(".")
    version, _, event = rest.partition(".")
    return (int(modified or 0), int(version or 0), event)


def readable(found: list[Revision], now: datetime) -> list[Revision]:
    """Those of a public article's timeline that readers may see. What isn't known for sure is hidden."""
    if not found:
        return []
    return [
        *(one for one, after in zip(found, found[1:], strict=False) if _was_public(one, after, now)),
        found[-1],
    ]


def _was_public(one: Revision, after: Revision, now: datetime) -> bool:
    if _status(one) not in ("superseded", "partial") or not one.get("headline") or one.get("withheld") is not False:
        return False
    if (expires := one.get("expires")) and not _before(now.isoformat(), expires):
        return False
    until = one.get("embargo_until")
    return not until or _before(until, (after.get("revision") or {}).get("received"))


def _before(earlier: object, later: object) -> bool:
    try:
        return datetime.fromisoformat(str(earlier)) <= datetime.fromisoformat(str(later))
    except (ValueError, TypeError):
        return False


def _merged(before: Revision, partial: Revision) -> Revision:
    changed = {*partial.get("named_fields", []), *partial.get("cleared", [])}
    return {name: value for name, value in before.items() if name not in changed} | partial


def _status(revision: Revision) -> str:
    return str(revision.get("status") or revision.get("standing") or "")


Part = tuple[Literal["same", "out", "in"], str]
"""A piece of text, and whether it stayed, was taken out or put in."""


@dataclass(frozen=True)
class Difference:
    """What one revision changed of the one before."""

    fields: tuple[tuple[str, tuple[Part, ...]], ...]
    body: tuple[tuple[Part, ...] | int, ...]
    """Changed paragraphs, and between them how many are unchanged."""
    too_long: bool = False
    """The body is too long to be compared."""

    def __bool__(self) -> bool:
        return bool(self.fields or self.too_long or any(not isinstance(one, int) for one in self.body))


def difference(older: Revision, newer: Revision) -> Difference:
    fields = []
    for name in READERS_FIELDS:
        before, after = _shown(older.get(name)), _shown(newer.get(name))
        if before != after:
            fields.append((name, words(before, after)))
    before_body, after_body = (str(one.get("body") or "").split("\n\n") for one in (older, newer))
    if len(before_body) + len(after_body) > _MAX_PARAGRAPHS and before_body != after_body:
        return Difference(tuple(fields), (), too_long=True)
    return Difference(tuple(fields), tuple(_paragraphs(before_body, after_body)))


def words(before: str, after: str) -> tuple[Part, ...]:
    """The words of two texts that differ. Two that have little in common are shown one after the other."""
    old, new = tokens(before), tokens(after)
    if len(old) > _MAX_WORDS or len(new) > _MAX_WORDS or _likeness(before, after) < _ALIKE:
        return tuple(part for part in (("out", before), ("in", after)) if part[1])  # type: ignore[misc]
    parts: list[Part] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        taken, put = "".join(old[i:j]), "".join(new[k:m])
        if kind == "equal" and not (taken.isspace() and parts):
            parts.append(("same", taken))
            continue
        parts += [part for part in (("out", taken), ("in", put)) if part[1]]  # type: ignore[misc]
    return tuple(_joined(parts))


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Changes that follow each other as one: first what was taken out, then what was put in. White space at their end is
    nobody's change."""
    taken, put = "", ""
    for kind, text in (*parts, ("same", "")):
        if kind == "out":
            taken += text
        elif kind == "in":
            put += text
        else:
            ending = taken[len(taken.rstrip()) :]
            if ending and put.endswith(ending):
                taken, put, text = taken[: -len(ending)], put[: -len(ending)], ending + text
            if taken:
                yield ("out", taken)
            if put:
                yield ("in", put)
            if text:
                yield ("same", text)
            taken, put = "", ""


def tokens(text: str) -> list[str]:
    """Words, white space, signs; each character by itself where a script has no spaces. A mark stays with its letter."""
    found: list[str] = []
    last = ""
    for n, char in enumerate(text):
        kind = unicodedata.category(char)[0]
        if kind == "M" and found:
            found[-1] += char
            continue
        if char in ".,’'" and text[n - 1 : n].isdigit() and text[n + 1 : n + 2].isdigit():  # 5,000 is one word
            found[-1] += char
            continue
        group = "w" if kind in "LN" and not _unspaced(char) else "s" if char.isspace() else ""
        if group and group == last:
            found[-1] += char
        else:
            found.append(char)
        last = group
    return found


def _unspaced(char: str) -> bool:
    """Of a script that puts no spaces between words: Thai to Khmer, kana, Chinese characters."""
    code = ord(char)
    return 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF or (
        0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF
    )  # fmt: skip


def _paragraphs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Part, ...] | int]:
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield j - i
            continue
        for old, new in _pairs(before[i:j], after[k:m]):
            yield words(old, new)


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Old and new versions of paragraphs, in order; one without another has an empty one beside it."""
    at = 0
    for paragraph in old:
        match = next((n for n in range(at, min(len(new), at + 20)) if _likeness(paragraph, new[n]) >= _ALIKE), None)
        if match is None:
            yield (paragraph, "")
            continue
        for added in new[at:match]:
            yield ("", added)
        yield (paragraph, new[match])
        at = match + 1
    for added in new[at:]:
        yield ("", added)


def _likeness(one: str, other: str) -> float:
    """The share of common words."""
    a, b = ({word for word in tokens(text) if word[0].isalnum()} for text in (one, other))
    return len(a & b) / max(1, min(len(a), len(b)))


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
