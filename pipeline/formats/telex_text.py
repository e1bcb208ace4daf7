"""What the text wires share: lines to headline, byline and paragraphs, and the day and time of filing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from pipeline.formats import datelines, encodings, wire_text

FF = "\x0c"
_DAY_TIME = re.compile(
    r"\b(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})\s*(?P<zone>GMT|UTC|Z|[A-Z]{3,4})?\s+(?P<month>[A-Za-zäéû]{3,9})\.?\s+(?P<year>\d{2,4})\b"
)
_WITH_HYPHENS = re.compile(
    r"\b(?P<day>\d{2})-(?P<month>[A-Za-zäéû]{3,9})-(?P<year>\d{2,4})\s+(?P<hour>\d{2})[:.]?(?P<minute>\d{2})\s*(?P<zone>GMT|UTC|Z|[A-Z]{3,4}(?<!NNNN))?\b"
)
_FILED = re.compile(
    r"\b(?P<month>\d{2})-(?P<day>\d{2})-(?P<year>\d{2})\s+(?P<hour>\d{2})(?P<minute>\d{2})\s*(?P<zone>GMT|[A-Z]{3,4})?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OTHER_MONTHS = {
    "gen": "jan", "ene": "jan", "fev": "feb", "mrz": "mar", "mrt": "mar", "avr": "apr", "abr": "apr", "mai": "may", "mei": "may",
    "maj": "may", "mag": "may", "jui": "jun", "giu": "jun", "lug": "jul", "aou": "aug", "ago": "aug", "set": "sep", "okt": "oct",
    "ott": "oct", "out": "oct", "dez": "dec", "dic": "dec",
}  # fmt: skip
"""In the languages of wires."""
_ZONES = {"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700"}  # fmt: skip
_BEGINS = re.compile(
    r"^[\x00-\x20\x7f]*ZCZC(?:\b|[A-Z]{2,3}\d{3})|\x01\s*[A-Za-z]{1,6}\s?\d{2,5}(?=[^\x01\x02]{0,600}\x02)",
    re.IGNORECASE | re.MULTILINE,
)
_MARK = re.compile(
    r"(?:EXTRA|REFILE|URGENT|BULLETIN|FLASH|UPDATE|CORRECTION|REPEAT|\d?(?:ST|ND|RD|TH)?\s?(?:LEAD|ADD|UPDATE|ROUNDUP)|\d{1,2}(?:ST|ND|RD|TH) (?:LEAD|ADD|UPDATE|ROUNDUP))[:\s]*"
)
"""Words of a wire desk above a headline."""
_SERVICE = re.compile(
    r"^(?:\(?(?:more(?: to come)?|ends?|end ?it|endall|eom|suite|à suivre|segue|sigue|folgt|schluss|slut)\)?|-{1,3}\s*30\s*-{1,3}|(?:fm|to|attn|from|svc|slug|key ?words?|category|priority|desk|routing|distribution|ref)\s*[:/]\s*\S.{0,80})\W*$",
    re.IGNORECASE,
)
"""A line of a desk's routing, or that says whether more follows."""
_ROUTING = re.compile(r"[a-z] [a-z]|[A-Z](?: [A-Z0-9]{3,4}){2,5}|[A-Z]{2,4}\d{3,}(?:_[A-Z0-9]{2,6})+")
"""A line of a message's priority, category and receivers, above its headline."""
BYLINE = re.compile(r"^(?:By|Von|Par|Por|Di)\s+\S.{0,120}$")

_PERSON = re.compile(
    r"^(?:By|Von|Par|Por|Di)(?: (?=\S*[^\W\d_A-ZÀ-Þ])[^\W\d_a-zß-ÿ][\w.'’-]+| [A-Z]\.){2,4}(?:, [^\W\d_a-zß-ÿ][\w ]{2,30})?\s*[=+]?$"
)
"""A byline and nothing else: names, of which not all are in capitals as in a headline."""


def messages(text: str) -> list[str]:
    """The messages of a file: each begins with ZCZC on a line, or with a header after SOH."""
    borders = [0, *[match.start() for match in _BEGINS.finditer(text)][1:], len(text)]
    return [text[start:end] for start, end in pairwise(borders)]


def is_routing(row: str) -> bool:
    """Whether a line is codes and no words: of three letters and more one has no vowel, or a figure."""
    bare = row.strip()
    return _ROUTING.fullmatch(bare) is not None and (
        len(bare) == 3
        or "_" in bare
        or any(len(one) > 2 and not re.search(r"[AEIOUY](?!\w*\d)", one) for one in bare.split())
    )


def headline(rows: list[str]) -> tuple[str | None, list[str]]:
    """The first lines that are not indented and end before the text: a headline of one or two lines, and the rest."""
    at = 0
    while at < len(rows) and not rows[at].strip():
        at += 1
    if at < len(rows) and _PERSON.match(rows[at].strip()) and any(row.strip() for row in rows[at + 1 :]):
        return None, rows  # a byline, and no headline above it
    block: list[str] = []
    indented = at < len(rows) and rows[at].startswith(("   ", "\t"))
    while at < len(rows) and rows[at].strip() and len(block) < 4 and not (block and rows[at].startswith(("   ", "\t"))):
        block.append(rows[at].strip())
        ended = block[-1].endswith(("=", "+"))
        at += 1
        if ended or indented:
            break
    if len(block) > 1 and len(block[0].split()) == 1 and "-" in block[0] and not block[0].endswith("="):
        block = block[1:]  # the slug, repeated
    marks = []
    while len(block) > 1 and _MARK.fullmatch(block[0]):
        marks.append(block.pop(0))
    bylines = [row for row in block[1:] if BYLINE.match(row.rstrip("=+ "))]
    if bylines:  # in the headline's last line
        block = [row for row in block if row not in bylines]
        rows = [*rows[:at], *bylines, *rows[at:]]
    text = " ".join(block).rstrip("=+ ").strip()
    return text or None, rows[at:]


def before_text(rows: list[str]) -> tuple[str | None, list[str]]:
    """A byline above the text, and the lines from the text on."""
    byline, at = None, 0
    while at < len(rows):
        row = rows[at].strip()
        if not row:
            at += 1
        elif BYLINE.match(row.rstrip("= ")) and len(row) < 100:
            byline, at = row.rstrip("= "), at + 1
        elif row.endswith("=") and len(row) < 100:
            at += 1
        else:
            break
    return byline, rows[at:]


def paragraphs(rows: list[str]) -> list[str]:
    """Wrapped lines as paragraphs: one begins where a line is indented or follows an empty one."""
    found: list[list[str]] = []
    rows = [row for row in rows if not _is_filing(row)]
    fresh = True
    wrapped = sum(1 for row in rows if 50 <= len(row.strip()) <= 84) >= max(
        1, sum(1 for row in rows if row.strip()) // 3
    )
    for row in rows:
        text = " ".join(row.replace("\xad", "").split())
        if not text:
            fresh = True
            continue
        begins = len(found) == 1 and (opening := datelines.split(text)) is not None and opening.agency is not None
        if fresh or begins or row.startswith(("   ", "\t")) or not wrapped:
            found.append([])
        found[-1].append(text)
        fresh = False
    joined = [" ".join(part) for part in found]
    return [
        text
        for text in joined
        if re.search(r"\w", text)
        and not (filed(text) and len(text) < 60)
        and not _SERVICE.match(text)
        and not re.fullmatch(r"[A-Z]{2,5}(?: [A-Z]{2,5})?|[A-Z]\d{1,3}-[A-Z]{2,4}|NNNN|[-_=*.\s]+", text)
    ]


def _is_filing(row: str) -> bool:
    """Whether a line is nothing but a day and a time of filing."""
    bare = row.strip() if len(row) < 60 else ""
    match = _DAY_TIME.fullmatch(bare) or _WITH_HYPHENS.fullmatch(bare)
    return match is not None and filed(row) is not None


def visible(text: str) -> str:
    """Without control characters other than line breaks; underscores for dashes, and doubled quotes, read as such."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", "", text).replace(FF, "\n")
    return wire_text.plain(text)


def filed(text: str) -> str | None:
    """Day and time of filing as ISO 8601, where the text has it."""
    if match := _FILED.search(text):
        return f"20{match['year']}-{match['month']}-{match['day']}T{match['hour']}:{match['minute']}:00{_zone(match)}"
    for match in (*_DAY_TIME.finditer(text), *_WITH_HYPHENS.finditer(text)):
        written = match["month"].lower().translate(str.maketrans("äéû", "aeu"))
        month = "jul" if written.startswith("juil") else _OTHER_MONTHS.get(written[:3], written[:3])
        if month in _MONTHS and int(match["hour"]) < 24 and int(match["minute"]) < 60 and 1 <= int(match["day"]) <= 31:
            year = match["year"] if len(match["year"]) == 4 else f"20{match['year'][-2:]}"
            number = _MONTHS.index(month) + 1
            return f"{year}-{number:02}-{match['day']}T{match['hour']}:{match['minute']}:00{_zone(match)}"
    return None


def _zone(match: re.Match[str]) -> str:
    """Of North America as an offset; of others the name, which is the one that the provider's own zone has."""
    name = match["zone"] or "GMT"
    return "+0000" if name in ("GMT", "UTC", "Z") else _ZONES.get(name, f" {name}")


def nearest(month: int, day: int) -> str | None:
    """A day without a year, in the year that brings it nearest to now, but not into the future."""
    now = datetime.now(UTC)
    for year in (now.year, now.year - 1):
        try:
            at = datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            continue
        if at <= now + timedelta(days=1):
            return at.date().isoformat()
    return None


def decode(content: bytes) -> str:
    """The text, with plain line breaks."""
    return encodings.decode(content).replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
