"""Bylines to authors: "By A, B and C in Paris, Reuters" names three people, where they were, and for whom they wrote."""

from __future__ import annotations

import re
from functools import lru_cache

from schemas.article import Author

_LEAD = re.compile(
    r"^\s*(?:(?:written|reported|posted|story|text|words|analysis|opinion)\s+)?(?:by|par|von|por|di|door|af|av|od|του|της|автор|текст)\b\s*:?\s+|^\s*(?:文|取材|بقلم|글)(?:\s*[:：・=＝]\s*|\s+)",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:,|;|\||/|&|\band\b|\bund\b|\bet\b|\ben\b|\bo(?:ch|g)\b|\bwith\b|\bavec\b|\bmit\b|\bmed\b|\bmet\b|\bcon\b|\bcom\b|\bve\b|\bés\b|\bși\b|\bκαι\b|(?-i:\b[eyiи]\b(?![.’'-]))|[、，])\s*",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\s+(?:in|at|from)\s+(?P<place>[^\W\d_a-z][^\n]*)$")
_FOR = re.compile(r"\s+(?:of|for)\s+(?P<affiliation>(?:the\s+)?(?-i:[^\W\d_a-z])[\w.&’' -]{1,60})$", re.IGNORECASE)
_AFTER_DASH = re.compile(r"\s*[—–]\s*(?P<affiliation>[^\W\d_].*)$|\s+-\s+(?P<plain>[^\W\d_a-z].*)$")
_IN_PARENTHESES = re.compile(r"\s*\((?P<inside>[^()]{2,60})\)")
_MAIL = re.compile(r"\S+@\S+")
_HANDLE = re.compile(r"(?<!\w)@\w+")
_ROLE = re.compile(
    r"\b(?:correspondent|editor|reporter|staff|writer|desk|newsroom|bureau|analyst|columnist|contributor|agencies|agency|chief|producer|photographer|redaktion|rédaction|redacción|team|admin|editorial|ministry|ministries)\b",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"^(?:(?:the )?associated press|ap|reuters|thomson reuters|afp|agence france-presse|dpa|efe|ansa|bloomberg(?: news)?|upi|pti|ani|xinhua|tass|pa media|press association|kyodo(?: news)?|anadolu(?: agency)?|canadian press|belga|apa|(?:cnn|bbc|cbs|nbc|abc|npr|fox|sky)\b.{0,20}|.{2,40}\b(?:news agency|news service|press agency|wire service|news|times|post|herald|today|tribune|magazine|network|media|press))$",
    re.IGNORECASE,
)
_NEWS_AGENCY = re.compile(
    r"(?<=\w)(?<!^the)\s+(?P<affiliation>(?:the )?associated press|reuters|agence france-presse|bloomberg news|(?-i:AP|AFP|UPI|CNN|BBC News|NPR))$",
    re.IGNORECASE,
)
_TRADE = re.compile(r"(?<=\w)\s*(?P<role>記者|记者|編集委員|기자|특파원)$")
_TITLES = re.compile(r"^(?:dr|prof|mr|mrs|ms)\.?\s+", re.IGNORECASE)


def authors(byline: str | None) -> tuple[Author, ...]:
    """Who is named by a byline, in order, each once; empty where it names a desk or nobody.

    A place, an agency or a paper behind all of them belongs to everybody: `By A and B in Paris — Reuters`.
    """
    if not byline:
        return ()
    return _remembered(byline) if len(byline) <= _MAX_REMEMBERED else _authors(byline)


def _authors(byline: str) -> tuple[Author, ...]:
    text = _HANDLE.sub(" ", _MAIL.sub(" ", _LEAD.sub("", byline)))
    place = affiliation = None
    for inside in _IN_PARENTHESES.findall(text):
        if _AGENCY.match(inside.strip()):
            affiliation = inside.strip()
    text = _IN_PARENTHESES.sub("", text)
    if (match := _AFTER_DASH.search(text)) and not _HANDLE.search(match[0]):
        tail = (match["affiliation"] or match["plain"]).strip()
        text = text[: match.start()]
        if not _ROLE.search(tail) or _AGENCY.match(tail):
            affiliation = affiliation or tail
    found: dict[str, Author] = {}
    for part in _SPLIT.split(text):
        part = part.strip(" .()*·•-–—\t")
        if match := _PLACE.search(part):
            place, part = match["place"].strip(" ."), part[: match.start()]
        trade = _TRADE.search(part)
        part = part[: trade.start()] if trade else part
        behind = _FOR.search(part) or _NEWS_AGENCY.search(part)
        own = behind["affiliation"].strip(" .") if behind else None
        name = _TITLES.sub("", part[: behind.start()] if behind else part).strip(" .()*·•-–—\t")
        if not name or not re.search(r"[^\W\d_]", name) or len(name) > 80:
            continue
        if _AGENCY.match(name):
            affiliation = affiliation or name
            continue
        if _ROLE.search(name):
            for earlier in found:
                if found[earlier].role is None:
                    found[earlier] = found[earlier].model_copy(update={"role": name})
            continue
        if name.isupper() and len(name) > 5:
            name = name.title()
        if name not in found:
            found[name] = Author(name=name, affiliation=own, role=trade["role"] if trade else None)
    return tuple(
        author.model_copy(update={"place": place, "affiliation": author.affiliation or affiliation})
        for author in found.values()
    )


_MAX_REMEMBERED = 200
"""Characters of a byline: those of a newsroom come again and again."""
_remembered = lru_cache(maxsize=4096)(_authors)
