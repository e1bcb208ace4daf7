"""Text wires: IPTC 7901, ANPA 1312, and messages between ZCZC and NNNN.

Source: "IPTC 7901 Text Transmission Format" (rev. 5, 1995), "ANPA High-Speed Wire Service Transmission Guidelines"
(1312, 1989). All three are a header, a text between control characters (STX, ETX) or words (ZCZC, NNNN), and a trailer
with day and time of filing. They carry no year: it is the one that brings the date nearest to the receipt.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import Reject
from pipeline.formats import datelines, desk_notes, iptc, plain_text, telex_text
from pipeline.formats.format import Format
from pipeline.formats.items import Item, State, Story

SOH, STX, ETX = "\x01", "\x02", "\x03"
_PRIORITIES = {"f": 1, "b": 2, "u": 3, "r": 4, "a": 5, "d": 5, "s": 6, "w": 6}
"""ANPA's priority letters (flash, bulletin, urgent, regular, …) on the IPTC's scale of urgency."""
_HEADER_7901 = re.compile(
    r"^\s*(?P<source>[A-Za-z]{2,6})\s?(?P<number>\d{2,5})\s+(?P<priority>[0-9])\s+(?P<category>[A-Za-z]{1,3})\s+(?P<words>\d{1,5})(?P<rest>[^\n]*)"
)
_BARE_HEADER = re.compile(rb"\s*[A-Za-z]{2,4}\s?\d{3,5}\s+[0-9]\s+[A-Za-z]{1,3}\s+\d{1,5}(?:\s[^\n]{0,60})?\r*\n")
_HEADER_ANPA = re.compile(
    r"^\s*(?P<source>[A-Za-z])(?P<number>\d{3,5})\s*(?:(?P<selector>[^\n]*))\n+(?P<priority>[a-z])\s+(?P<category>[a-z])\s*"
    r"[\x11-\x14]?\s*[\x11-\x14]?\s*(?P<slug>[^\n]*?)(?:\s{2,}|\s*[\x11-\x14]\s*)(?P<month>\d{2})-(?P<day>\d{2})\s+(?P<words>\d{1,5})",
    re.IGNORECASE,
)
_CATEGORIES = {
    "a": "domestic, non-Washington", "b": "special events", "c": "features", "d": "lottery", "e": "lifestyle",
    "f": "financial", "i": "international", "k": "culture", "l": "lifestyle", "n": "state and regional", "o": "weather",
    "p": "politics", "q": "sport scores", "r": "races", "s": "sport", "t": "travel", "v": "advisories",
    "w": "Washington", "x": "undefined", "y": "routing", "z": "undefined",
}  # fmt: skip
_TAKE = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\s?(Ld|Add|Take|Lead)\b", re.IGNORECASE)
_KILL = re.compile(
    r"\b(?:(?:bulletin|mandatory|must)\s+kill|KILL(?:ED)?\b|eliminate|elimination|withdraw(?:n|al)?\s+(?:mandatory|notice))"
)
_EMBARGO = re.compile(
    r"^[\W_]*(?:Eds?:[^\n]*)?\b(?:EMBARGO(?:ED)?\b(?! (?i:on|against)\b)|HOLD FOR RELEASE\b|NOT FOR (?:RELEASE|PUBLICATION|USE) (?:BEFORE|UNTIL)\b|"
    r"(?:Achtung[^\n]*)?Sperrfrist\b|SOUS EMBARGO\b)",
    re.MULTILINE,
)
"""A line by which a desk holds a story back."""
_BYTITLE = re.compile(r"^(?:[A-Z][\w.'-]* ){1,4}(?:Writers?|Correspondents?|Editors?|Columnist)$")
"""What a byline's person is, on a line of its own: "Associated Press Writer"."""
_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][\w .,'’/-]{1,60}?)\s*(?:\((?P<agency>[A-Za-z /.-]{2,30})\)|(?P<kyodo>\b(?:Kyodo|AAP|Xinhua)\b))\s*(?:-{1,2}|–|—|_)?\s"
)


@dataclass
class _Message:
    """A wire's parts, by whatever marks it has."""

    dialect: str
    header: str
    text: str
    trailer: str


def recognises(item: Item) -> bool:
    """A wire's header (source and message number after SOH, a text after STX; or by itself), or ZCZC."""
    content = item.content.removeprefix(codecs.BOM_UTF8)
    head = content[:400]
    if re.match(rb"[\s\x00\x7f\x16]*\x01\s*[A-Za-z]{1,6}\s?\d{2,5}", head):
        return b"\x02" in content[:1200]
    if re.match(rb"[\s\x00\x7f\x16]*ZCZC(?:\b|[A-Z]{2,3}\d{3})", head, re.IGNORECASE):
        return True
    return bool(_BARE_HEADER.match(head)) and _is_bare(telex_text.decode(content))


def _is_bare(text: str) -> bool:
    """Whether what follows a bare header is a wire's: a slug or a headline with its mark, and a time of filing at the end."""
    lines = [line.strip() for line in text.strip().split("\n")[1:12]]
    marked = any(re.search(r"=$|^\S[^.]{2,60}/$", line) for line in lines)
    return marked or telex_text.filed(text[-200:]) is not None


def read(item: Item) -> Iterator[Story | Reject]:
    """The story of each message; of several one that lacks a part is refused by itself. Raises Reject naming the part."""
    messages = telex_text.messages(telex_text.decode(item.content.removeprefix(codecs.BOM_UTF8)))
    for number, text in enumerate(messages, 1):
        try:
            parsed = _read(_split(text))
        except Reject as reject:
            if len(messages) == 1:
                raise
            yield Reject(reject.reason, f"message {number}: {reject.detail}")
            continue
        if len(messages) > 1:
            parsed.original, parsed.original_type = text.encode("utf-8", "replace"), "text/plain"
        yield parsed


def _read(message: _Message) -> Story:
    if message.dialect == "zczc":
        return _zczc(message)
    anpa = _HEADER_ANPA.match(message.header)
    own = _HEADER_7901.match(message.header.lstrip())
    if anpa and not own:
        return _anpa(message, anpa)
    return _iptc_7901(message, own)


def _split(text: str) -> _Message:
    if start := re.match(r"[\s\x00\x7f\x16]*ZCZC", text, re.IGNORECASE):
        header, _, rest = text[start.end() :].partition("\n")
        rest = re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "", rest)
        ends = list(re.finditer(r"NNNN", rest, re.IGNORECASE))
        rest, trailer = (rest[: ends[-1].start()], rest[ends[-1].end() :]) if ends else (rest, "")
        return _Message("zczc", header.strip(), rest, trailer)
    if SOH not in text:
        return _split_bare(text)
    _, _, after = text.partition(SOH)
    header, stx, rest = after.partition(STX)
    if not stx:
        raise Reject("no-text", "the header of a text wire was found, but no STX that begins its text")
    body, etx, trailer = rest.partition(ETX)
    return _Message("wire", header, body, trailer if etx else body[-200:])


def _split_bare(text: str) -> _Message:
    """IPTC 7901 without control characters: a line of header, a slug that ends with a slash, then the text."""
    lines = text.strip().split("\n")
    at = 1
    while at < len(lines) - 1 and (not lines[at].strip() or lines[at].rstrip().endswith("/")):
        at += 1
    return _Message("wire", "\n".join(lines[:at]), "\n".join(lines[at:]), "\n".join(lines[-3:]))


def _iptc_7901(
    message: _Message, header: re.Match[str] | None, slug: str | None = None, anpa: re.Match[str] | None = None
) -> Story:
    rest = (message.header[header.end() :] if header else message.header).strip()
    keyword = slug or next((row.strip(" /") for row in rest.split("\n") if row.strip(" /")), None)
    rows = [row.rstrip() for row in telex_text.visible(message.text).split("\n")]
    headline, below = telex_text.headline(rows)
    if headline and (
        datelines.split(headline) or (not any(row.strip() for row in below) and "=" not in message.text[:400])
    ):
        headline = None  # an alert: text without a headline
    else:
        rows = below
    byline, rows = telex_text.before_text(rows)
    rows, notes = desk_notes.parted(rows)
    paragraphs = telex_text.paragraphs(rows)
    source = header["source"] if header else None
    number = f"{header['source']}{header['number']}".lower() if header else None
    filed = telex_text.filed(message.trailer) or telex_text.filed(message.text[-400:])
    if anpa and not filed:
        filed = telex_text.nearest(int(anpa["month"]), int(anpa["day"]))
    return _story(
        message, headline, paragraphs, byline=byline, slug=keyword, section=_section(header["category"] if header else None),
        urgency=iptc.urgency(header["priority"] if header else None), number=number, source=source, filed=filed,
        note="\n".join(notes) or None,
    )  # fmt: skip


def _anpa(message: _Message, header: re.Match[str]) -> Story:
    lines = list(re.split(r"\n", telex_text.visible(message.text).replace("<", "\n").replace("^", "\n^")))
    slug = re.sub(r"\s+", " ", header["slug"]).strip()
    if sum(row.strip().startswith("^") for row in lines) < 2:
        lines = _marked(lines, slug)
    marked = [row.strip().lstrip("^").strip() for row in lines if row.strip().startswith("^")]
    if len(marked) < 2:  # a desk that uses the header alone
        return _iptc_7901(message, None, slug=slug, anpa=header)
    body = "\n".join(row for row in lines if not row.strip().startswith("^"))
    notes = [row for row in marked if re.match(r"(?:Eds?\b|AP (?:Photo|Video|Graphic)|With |For use|Editors?:)", row)]
    byline = next((row.rstrip("=").strip() for row in marked if telex_text.BYLINE.match(row.rstrip("= "))), None)
    plain = [
        row.rstrip("=+ ")
        for row in marked[1:]
        if row not in notes
        and not telex_text.BYLINE.match(row.rstrip("= "))
        and not row.endswith("=")
        and not _BYTITLE.match(row)
        and not telex_text.filed(row)
    ]
    keyword = re.sub(r",?\s*\d*$", "", marked[0]).strip(" ,") if marked else slug
    headline = next((row for row in plain if row), None)
    summary = next((row for row in plain[1:] if len(row) > 60), None)
    filed = (
        telex_text.filed(message.trailer)
        or telex_text.filed(message.text[-300:])
        or telex_text.filed(" ".join(marked[-2:]))
    )
    if filed is None:
        filed = telex_text.nearest(int(header["month"]), int(header["day"]))
    rows, below = desk_notes.parted(body.split("\n"))
    notes += below
    return _story(
        message, headline, telex_text.paragraphs(rows), byline=byline, slug=slug or keyword,
        section=_section(header["category"]), urgency=_PRIORITIES.get(header["priority"].lower()),
        number=f"{header['source']}{header['number']}", source="anpa", filed=filed, summary=summary,
        note=" ".join(notes) or None,
    )  # fmt: skip


def _marked(rows: list[str], slug: str) -> list[str]:
    """The lines with the mark of a line of the head (`^`) before those which a desk that marks none has above its text:
    the keywords of the header once more, a headline, notes and a byline, down to the first indented line."""
    at = next((nth for nth, row in enumerate(rows) if row.strip()), len(rows))
    end = next(
        (nth for nth in range(at, len(rows)) if rows[nth].startswith(("   ", "\t")) or not rows[nth].strip()), at
    )
    letters = [re.sub(r"[\W_]", "", text).casefold() for text in (slug, rows[at] if at < end else "")]
    same = letters[0][:8] and letters[1].startswith(letters[0][:8])
    return [f"^{row.strip()}" if same and at <= nth < end else row for nth, row in enumerate(rows)]


def _zczc(message: _Message) -> Story:
    """A message whose lines begin with a mark: `$` or `^` a headline, `#` or `:` a slug, `+` or `*` a code, `@` a desk."""
    slug, headline, subject = None, None, None
    rows: list[str] = []
    text = telex_text.visible(message.text)
    for row in (
        [message.header, *text.split("\n")] if re.match(r"[A-Z]+\s*[$#%&:^]", message.header) else text.split("\n")
    ):
        mark, rest = row[:1], row[1:].strip()
        in_head = not any(line.strip() for line in rows)
        if in_head and mark == "^" and rest:
            headline = rest
        elif in_head and mark == "$" and len(rest) > 3:
            headline = headline or rest
        elif in_head and mark in "#:=" and mark:
            slug = slug or rest.strip("()") or None
        elif in_head and mark in "+*" and mark and re.fullmatch(r"\d{8}", rest):
            subject = rest
        elif in_head and ((mark in "%&*@$" and mark and len(rest) <= 60) or telex_text.is_routing(row)):
            continue
        else:
            rows.append(row)
    rows, notes = desk_notes.parted(rows)
    paragraphs = telex_text.paragraphs(rows)
    if headline is None and paragraphs and len(paragraphs[0]) <= 120 and len(paragraphs) > 1:
        headline, paragraphs = re.sub(r"^:\w+\s*:", "", paragraphs[0]).strip(), paragraphs[1:]
    story = _story(
        message, headline, paragraphs, slug=slug, source=message.header.split()[0].lower() if message.header else None,
        filed=telex_text.filed(message.trailer) or telex_text.filed(message.text[-300:]), note="\n".join(notes) or None,
    )  # fmt: skip
    if subject and (found := iptc.subject(f"subj:{subject}", None)):
        story.subjects.append(found)
    return story


def _story(
    message: _Message, headline: str | None, paragraphs: list[str], *, byline: str | None = None, slug: str | None = None,
    section: str | None = None, urgency: int | None = None, number: str | None = None, source: str | None = None,
    filed: str | None = None, summary: str | None = None, note: str | None = None,
) -> Story:  # fmt: skip
    headline = plain_text.headline(headline, *datelines.without(paragraphs), slug)
    if not headline:
        raise Reject("no-headline", "this is a text wire, but no headline was found after its header")
    whole = f"{slug or ''}\n{headline}\n{message.text[:600]}"
    killed = bool(_KILL.search(whole))
    if not paragraphs and not killed:
        raise Reject(
            "no-body", f"this is a text wire with the headline {headline[:80]!r}, but there is no text below it"
        )
    take = _TAKE.search(f"{slug or ''} {message.header}")
    held = _EMBARGO.search(f"{note or ''}\n{message.text[:1500]}")
    corrected, correction = iptc.correction(note or slug, headline if "correct" in headline.casefold() else None)
    first, opening = (_DATELINE.match(paragraphs[0]), datelines.split(paragraphs[0])) if paragraphs else (None, None)
    return Story(
        headline=headline,
        paragraphs=paragraphs,
        byline=byline,
        dateline=opening.place if opening else first["place"].strip(" ,") if first else None,
        slug=re.sub(r"\s+", " ", slug).strip(" /") if slug else None,
        section=section,
        summary=summary,
        guid=None,
        guids=[f"telex:{source}:{number}:{filed}"] if number and filed else [],
        published=filed,
        modified=filed,
        urgency=urgency,
        take=take[0] if take else None,
        version=int(take[1]) if take else None,
        # the end of an embargo is in free words; a story whose embargo is not understood is not shown
        state=State.KILLED if killed else State.WITHHELD if held else State.USABLE,
        corrected=corrected,
        correction_note=correction,
        editor_note=note,
        sender=first["agency"] if first and first["agency"] else None,
    )


def _section(category: str | None) -> str | None:
    return _CATEGORIES.get(category.lower()) if category and len(category) == 1 else None


FORMAT = Format("text wire", "text/plain", recognises, read)
