"""The parts of a page's text, recognised by their headings and shapes: what is a section heading, a comment's first line,
a byline, site furniture. Words of several newsrooms; no page is known by name."""

from __future__ import annotations

import re
from enum import StrEnum


class Part(StrEnum):
    BODY = "body"
    FAQ = "faq"
    TOPICS = "topics"
    COMMENTS = "comments"
    FURNITURE = "furniture"


_I = re.IGNORECASE
_HEADINGS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    (Part.FAQ, re.compile(r"^(?:frequently asked questions|faqs?\b|questions (?:and|&) answers|q\s?(?:&|and)\s?a\b|(?:your|common|key|reader) questions\b|what you need to know$|explainer:)", _I)),
    (Part.COMMENTS, re.compile(r"^(?:\d+\s+)?(?:readers?['’]?s?\s+)?(?:comments?|responses|replies|reactions)(?:\s*[(:]?\s*\d*\s*[):]?)?$|^(?:what (?:our )?readers (?:say|think)|join the (?:conversation|discussion)|have your say|the discussion|from our readers|readers['’]? (?:letters|views)|thoughts on)\b", _I)),
    (Part.FURNITURE, re.compile(r"^(?:you (?:may|might) (?:also )?(?:like|enjoy|be interested)|recommended|most (?:read|popular|viewed|shared)|trending|popular (?:now|stories)|latest (?:news|stories|headlines)|top stories|editor[s'’]*\s+(?:pick|choice)|related (?:stories|articles|news|posts|content)|more (?:stories|from|news|headlines)\b|leave a (?:comment|reply)|post a comment|add (?:a|your) comment|log ?in to|sign (?:up|in)\b|subscribe|newsletter|share (?:this|on|via)|follow us|about (?:us|the author|this site)|advertisement|sponsored|copyright\b|©|\(c\) \d{4}|all rights reserved|terms (?:of|and)|privacy policy|cookie|contact us|download our app|previous (?:article|post|story)|next (?:article|post|story)|read (?:more|next|also)|don['’]t miss|watch:|listen:|support (?:our|us))", _I)),
    (Part.TOPICS, re.compile(r"^(?:more (?:about|on)|topics?|tags?|tagged|related topics|in this (?:story|article)|filed under|key ?words|subjects|explore)\b", _I)),
    (Part.BODY, re.compile(r"^(?:the )?(?:full )?(?:story|article|report|text)(?: in full)?:?$", _I)),
)  # fmt: skip
_MAX_HEADING = 110

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|märz|mai|juni|juli|okt|dez|janv|févr|mars|avr|juin|juil|août)[a-zäéû]*\.?"
_DATE = (
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{_MONTH},?\s+\d{{4}}|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}})"
)
_TIME = r"\d{1,2}(?:[:.h]\d{2})(?::\d{2})?\s*(?:[ap]\.?\s?m\.?)?(?:\s*uhr\b)?(?:\s*\(?(?:(?:utc|gmt)?\s?[+-]\d{1,2}[:.]?\d{2}|(?:utc|gmt|[ecmp][sd]t|ak[sd]t|hst|wet|[ce]es?t|me[sz]{1,2}t?|mez|bst|ist|idt|[jkhp]kt|[jk]st|sgt|pht|pkt|msk|ict|wib|wita|a[ecw][sd]t|nz[sd]t|[ecw]at|sast|gst|brt|z)\b|(?-i:[ECMP]T)\b)\)?)?"
_AGO = (
    r"(?:\d+|an?|one|two|three)\s+(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\s+ago|yesterday at \d{1,2}:\d{2}"
)
_WHEN = re.compile(
    rf"(?:{_DATE}(?:\s*(?:,|-|–|—|at|um|à|\||@|T|·|•)?\s*{_TIME})?|{_TIME}\s*(?:,|-|–|—|on|\|)?\s*{_DATE}|{_AGO})", _I
)
_AUTHOR_EDGE = re.compile(
    r"^(?:(?:posted|written|comment(?:ed)?|reply|from|by|name|user)\b\s*:?\s*(?:by\b)?\s*:?)+|\b(?:wrote|says?|said|writes|commented|posted|replied|on|at)\b\s*:?\s*$",
    _I,
)
_META_LABEL = re.compile(
    r"^\W*(?:first |last )?(?:published|updated|posted|modified|date|publication|created|aktualisiert|publié)\b", _I
)
BYLINE = re.compile(
    r"^(?:(?:written|reported|posted|words|story|text|report)\s+)?(?:by|par|von|por|di|door)\b\s*:?\s+\S", _I
)
_NAVIGATION = frozenset(
    [
        "home",
        "world",
        "news",
        "sport",
        "sports",
        "business",
        "politics",
        "weather",
        "opinion",
        "subscribe",
        "login",
        "menu",
        "search",
        "skip",
        "content",
        "culture",
        "science",
        "tech",
        "technology",
        "health",
        "travel",
        "video",
        "live",
        "international",
        "local",
        "arts",
        "life",
        "money",
        "sign",
        "register",
    ]
)
_BULLET = re.compile(r"^\s*(?:[•·▪◦‣*–—-]|\d{1,2}[.)])\s+")


def heading(text: str) -> Part | None:
    """Which part of the page this block opens, or None where it is no heading."""
    text = text.strip().lstrip("#=*- ").rstrip("=*:- ")
    if not text or len(text) > _MAX_HEADING or (text.endswith((".", "?")) and len(text) > 60):
        return None
    for part, pattern in _HEADINGS:
        if pattern.search(text):
            if part in (Part.TOPICS, Part.FURNITURE) and len(text) > 70 and text.endswith("."):
                continue
            return part
    return None


def inline_topics(text: str) -> list[str]:
    """Topics on the heading's own line: "Tags: ceasefire, Armenia"."""
    _, colon, rest = text.partition(":")
    return split_topics(rest) if (colon and heading(text) is Part.TOPICS and "," in rest) or "|" in rest else []


def split_topics(text: str) -> list[str]:
    """Topics of one line: a bullet, or several between commas or bars."""
    text = _BULLET.sub("", text).strip()
    parts = re.split(r"\s*[|•·]\s*", text) if re.search(r"[|•·]", text) else [text]
    if len(parts) == 1 and text.count(",") >= 2 and len(text) < 300:
        parts = text.split(",")
    return [part.strip(" #\t") for part in parts if part.strip(" #\t")]


def comment_head(line: str) -> tuple[str, str] | None:
    """(author, time as written) where `line` heads a comment: a name and a time, and little else."""
    if len(line) > 140:
        return None
    when = _WHEN.search(line)
    if when is None or (_META_LABEL.match(line) and not re.match(r"^\W*posted by", line, _I)):
        return None
    rest = (line[: when.start()] + " \x00 " + line[when.end() :]).strip()
    pieces = [
        _AUTHOR_EDGE.sub("", piece.strip(" \t,;:|•·–—-()[]<>@#*")).strip(" \t,;:|•·–—-()[]<>#*")
        for piece in rest.split("\x00")
    ]
    pieces = [_AUTHOR_EDGE.sub("", piece).strip(" ,:|-") for piece in pieces if piece]
    names = [
        piece
        for piece in pieces
        if piece and not re.fullmatch(r"(?:reply|report|like|permalink|edited|\d+ (?:likes?|points?))", piece, _I)
    ]
    if len(names) != 1 or (
        BYLINE.match(line) and not re.match(r"^\W*(?:posted|comment)", line, _I) and ":" not in line
    ):
        return None
    author = names[0]
    if (
        len(author) > 60
        or len(author.split()) > 5
        or (re.search(r"[!?;]|\.\s|\.$", author) and not re.search(r"\b[A-Z]\.", author))
    ):
        return None
    return author, when[0].strip()


def written_time(line: str) -> str | None:
    """The time on a line of the article's own ("Published: 3 March 2024, 14:05"), or None."""
    when = _WHEN.search(line)
    return when[0].strip() if when and len(line) <= 140 else None


def is_navigation(block: str) -> bool:
    """A menu, a breadcrumb, a skip link."""
    words = re.findall(r"[^\W\d_]+", block.casefold())
    if not words:
        return True
    known = sum(word in _NAVIGATION for word in words)
    return (len(words) <= 25 and known >= 2 and known / len(words) >= 0.5) or bool(
        re.search(r"\S\s*[›»>|]\s*\S+\s*[›»>|]\s*\S", block)
    )


def is_paragraph(block: str) -> bool:
    """Running text rather than a heading or a label."""
    return len(block) >= 120 or (len(block) >= 60 and block.rstrip("”\"'’)").endswith((".", "!", "?", ":", "…")))
