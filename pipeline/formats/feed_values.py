"""Names and times of a feed or one of its entries."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Any

from pipeline.formats import html_text

Entry = Any
"""feedparser's dictionary of one entry."""
_MAIL = re.compile(r"\(?(?:mailto:)?[^\s()<>]+@[^\s()<>]+\)?")


def authors(thing: Any) -> str | None:
    """Names of the authors, without e-mail addresses."""
    written = str(thing.get("author") or "")
    names = [str(one.get("name") or "") for one in thing.get("authors") or []]
    if len(names) < 2 and "@" in written:
        # "mail@host (Name)" and "Name <mail@host>", which feedparser cuts wrongly for some hosts
        name = parseaddr(written)[0]
        names = [name if name and "@" not in name else _MAIL.sub("", written)]
    elif not any(names):
        names = [written]
    plain = [_MAIL.sub("", html_text.plain(name) or "").strip(" ()<>") for name in names]
    return ", ".join(dict.fromkeys(name for name in plain if name)) or None


def time(entry: Entry, name: str) -> str | None:
    """A time as feedparser understood it, in UTC, or as it was written where it did not."""
    if name not in entry:  # feedparser would answer with another one
        return None
    parsed = entry.get(f"{name}_parsed")
    written = str(entry.get(name) or "").strip()
    if parsed and re.search(r"(?:[+-]\d{2}:?\d{2}|Z|GMT|UT|UTC|[A-Z]{3})\s*$", written):
        return f"{parsed.tm_year:04}-{parsed.tm_mon:02}-{parsed.tm_mday:02}T{parsed.tm_hour:02}:{parsed.tm_min:02}:{parsed.tm_sec:02}Z"
    return written[:4096] or None
