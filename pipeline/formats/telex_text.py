"""What the text wires share: lines to headline, byline and paragraphs, and the day and time of filing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pipeline.formats import encodings

FF = "\x0c"
_DAY_TIME = re.compile(
    r"\b(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})\s*(?P<zone>GMT|UTC|Z|[A-Z]{3,4})?\s+(?P<month>[A-Za-zäéû]{3,9})\.?\s+(?P<year>\d{2,4})\b"
)
_FILED = re.compile(
    r"\b(?P<month>\d{2})-(?P<day>\d{2})-(?P<year>\d{2})\s+(?P<hour>\d{2})(?P<minute>\d{2})\s*(?P<zone>GMT|[A-Z]{3})?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700"}  # fmt: skip
_MARK = re.compile(
    r"(?:EXTRA|REFILE|URGENT|BULLETIN|FLASH|UPDATE|CORRECTION|REPEAT|\d?(?:ST|ND|RD|TH)?\s?(?:LEAD|ADD|UPDATE|ROUNDUP)|\d{1,2}(?:ST|ND|RD|TH) (?:LEAD|ADD|UPDATE|ROUNDUP))[:\s]*"
)
"""Words of a wire desk above a headline."""
BYLINE = re.compile(r"^(?:By|Von|Par|Por|Di)\s+\S.{0,120}$")


def headline(rows: list[str]) -> tuple[str | None, list[str]]:
    """The first lines that are not indented and end before the text: a headline of one or two lines, and the rest."""
    at = 0
    while at < len(rows) and not rows[at].strip():
        at += 1
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
    fresh = True
    wrapped = sum(1 for row in rows if 50 <= len(row.strip()) <= 84) >= max(
        1, sum(1 for row in rows if row.strip()) // 3
    )
    for row in rows:
        text = " ".join(row.replace("\xad", "").split())
        if not text:
            fresh = True
            continue
        if fresh or row.startswith(("   ", "\t")) or not wrapped:
            found.append([])
        found[-1].append(text)
        fresh = False
    joined = [" ".join(part) for part in found]
    return [
        text
        for text in joined
        if re.search(r"\w", text)
        and not filed(text)
        and not re.fullmatch(r"[A-Z]{2,5}(?: [A-Z]{2,5})?|NNNN|[-_=*.\s]+", text)
    ]


def visible(text: str) -> str:
    """Without control characters other than line breaks; underscores for dashes, and doubled quotes, read as such."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", "", text).replace(FF, "\n")
    text = re.sub(r"(?<=\s)_(?=\s)", "—", text)
    return text.replace("``", "“").replace("''", "”")


def filed(text: str) -> str | None:
    """Day and time of filing as ISO 8601, where the text has it."""
    if match := _FILED.search(text):
        zone = _ZONES.get(match["zone"] or "", "+0000")
        return f"20{match['year']}-{match['month']}-{match['day']}T{match['hour']}:{match['minute']}:00{zone}"
    for match in _DAY_TIME.finditer(text):
        month = match["month"][:3].lower().translate(str.maketrans("äéû", "aeu"))
        month = {"mai": "may", "okt": "oct", "dez": "dec", "mrz": "mar", "fev": "feb", "avr": "apr", "aou": "aug", "jui": "jun", "ago": "aug", "ene": "jan", "dic": "dec"}.get(month, month)  # fmt: skip
        if month in _MONTHS and int(match["hour"]) < 24 and int(match["minute"]) < 60 and 1 <= int(match["day"]) <= 31:
            year = match["year"] if len(match["year"]) == 4 else f"20{match['year'][-2:]}"
            number = _MONTHS.index(month) + 1
            zone = _ZONES.get(match["zone"] or "", "+0000")
            return f"{year}-{number:02}-{match['day']}T{match['hour']}:{match['minute']}:00{zone}"
    return None


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
