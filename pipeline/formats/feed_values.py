"""Names and times of a feed or one of its entries."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Any

from pipeline.dates import names_no_time
from pipeline.formats import html_text

Entry = Any
"""feedparser's dictionary of one entry."""
_YEAR_FIRST = re.compile(r"\d{4}[ -~]*$", re.ASCII)
_ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
_MAIL = re.compile(r"\(?(?:mailto:)?[^\s()<>]+@[^\s()<>]+\)?")


def authors(thing: Any) -> str | None:
    """Names of the authors, without e-mail addresses."""
    written = str(thing.get("author") or "")
    every = list(thing.get("authors") or [])
    whole = [str(one.get("name") or "") for one in every if not _is_cut(one, written)]
    names = whole
    if "@" in written and (len(whole) < 2 or len(whole) < len(every)):
        # "mail@host (Name)" and "Name <mail@host>", which feedparser cuts wrongly for some hosts
        name = parseaddr(written)[0]
        own = name if name and "@" not in name else _MAIL.sub("", written)
        names = [*(whole if len(whole) < len(every) else []), own]
    elif not any(names):
        names = [written]
    plain = [_MAIL.sub("", html_text.plain(name) or "").strip(" ()<>") for name in names]
    return ", ".join(dict.fromkeys(name for name in plain if name)) or None


def _is_cut(author: Any, written: str) -> bool:
    """Whether its address is only the beginning of the one that is written."""
    email = str(author.get("email") or "")
    found = re.findall(r"[^\s()<>]+@[^\s()<>]+", written)
    return bool(email) and any(one != email and one.startswith(email) for one in found)


def time(entry: Entry, name: str) -> str | None:
    """A time as feedparser understood it, in UTC, or as it was written where it did not. A zone's name is for normalize, and
    so is a year first that isn't ISO 8601's: of `2026/03/02 10:00 UTC` feedparser reads the year, and takes the month of today."""
    if name not in entry:  # feedparser would answer with another one
        return None
    parsed = entry.get(f"{name}_parsed")
    written = str(entry.get(name) or "").strip()
    if names_no_time(written):  # of the year 1 feedparser would make 2001
        return None
    own = _YEAR_FIRST.match(written) and not _ISO_8601.fullmatch(written)
    if (
        parsed
        and not own
        and re.search(r"(?:(?<!GMT)(?<!UTC)[+-]\d{2}:?\d{2}|(?<![A-Za-z])(?:Z|GMT|UT|UTC))\s*$", written)
    ):
        return f"{parsed.tm_year:04}-{parsed.tm_mon:02}-{parsed.tm_mday:02}T{parsed.tm_hour:02}:{parsed.tm_min:02}:{parsed.tm_sec:02}Z"
    return written[:4096] or None
