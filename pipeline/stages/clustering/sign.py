"""A signature of an article, and the keys under which it can meet others of the same event. Pure."""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import combinations, count
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from pipeline.stages.enrich.enricher import beginning
from pipeline.stages.enrich.words import digits_in, folded, stop_words_of, words_in
from pipeline.topics import STORY_BANDS, Record
from schemas.article import Article
from schemas.enriched import EnrichedArticle
from schemas.enrichment import ArticleEnrichment, EntityKind
from schemas.events import EnrichedArticleEvent
from schemas.story import Band, Signature

SHINGLE = 4
"""Words in one shingle."""
BANDS, ROWS = 4, 10
"""Two texts that share 90 % of their shingles meet with a probability of 82 % (1 - (1 - .9^10)^4); most of the others meet
by the features that they share."""
HASHES = BANDS * ROWS
MIN_SHINGLES = 25
"""A shorter text is compared by its names and figures only."""
MAX_WORDS = 2000
FEATURES = 48
_FEATURE = struct.Struct("<IB")
FEATURE_BYTES = _FEATURE.size
MEETING = 5
"""Each two of the strongest features make a key."""
MIN_FEATURES = 4
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,]\d{3})+(?![\w])|(?<![\w.,])\d+(?![\w])")
_PROPER = re.compile(r" (?<=[\w,;’'\-–] )([^\W\d_a-z][^\W\d_]{3,}(?:[-’'][^\W\d_]+)*)")
"""A capitalised word that doesn't begin a sentence; the search jumps from space to space."""
_HEAD_OF = re.compile(
    r"\b(?:president|premier|prime minister|minister|chancellor|king|queen|pope|secretary)\b", re.IGNORECASE
)
_WEEKDAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag|Sonnabend", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "pt": ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
}
_UNSPACED = re.compile(r"[぀-ヿ㐀-鿿฀-๿]")
"""Scripts that are written without spaces between words: their pairs of letters count as words."""
_OF = frozenset(["'s", "’s"])
_LEAD = 4
"""Paragraphs; news begins with what it is about."""
_STEM = 7
"""Letters of a word that count: endings differ between texts."""

# multiply-shift hashing (Dietzfelbinger 1997) with odd multipliers; part of the contract between workers: never change
# them without new topics
_MULTIPLIERS = np.array([crc32(b"%d" % n) << 32 | crc32(b"-%d" % n) | 1 for n in range(HASHES)], dtype=np.uint64)


def bands(event: Any, partition_of: Callable[[str], int]) -> list[Record]:
    """The signature of a revision for the stage `match`, one record for each partition where it may meet others; none for
    anything that isn't a revision, nor for a text too short to be compared."""
    if not isinstance(event, EnrichedArticleEvent) or not isinstance(event.data, EnrichedArticle):
        return []
    signature = sign(event.data, event.id)
    together: dict[int, list[str]] = {}
    for key in keys(signature):
        together.setdefault(partition_of(key), []).append(key)
    return [STORY_BANDS.record(Band(keys=tuple(some), signature=signature)) for some in together.values()]


def sign(enriched: EnrichedArticle, event_id: str) -> Signature:
    """The signature of one revision."""
    article = beginning(enriched.article)
    words = _Words.of(article)
    return Signature(
        article_id=article.article_id,
        event_id=event_id,
        publisher=article.publisher,
        received=article.revision.received,
        first_published=min(article.published.utc, article.revision.received)
        if article.published
        else article.revision.received,
        shingles=_minhash(words.all),
        features=_features(article, enriched.enrichment, words),
        days=_days(article.paragraphs, enriched.enrichment.language),
    )


def keys(signature: Signature) -> tuple[str, ...]:
    """The keys of a signature: a function of it alone, so that of several keys that two share only the first need count."""
    found: list[str] = []
    if signature.shingles:
        row = ROWS * 2
        found.extend(f"c{n:x}{crc32(signature.shingles[n * row : (n + 1) * row]):08x}" for n in range(BANDS))
    strongest = sorted(number for number, _ in _FEATURE.iter_unpack(signature.features[: MEETING * FEATURE_BYTES]))
    found.extend(f"e{one}{other}" for one, other in combinations([f"{number:08x}" for number in strongest], 2))
    return tuple(sorted(found))


def features(signature: Signature) -> list[tuple[int, int]]:
    """(hash, weight) of each feature, strongest first."""
    return list(_FEATURE.iter_unpack(signature.features))


class _Words(NamedTuple):
    """The words of an article, as far as a signature reads them."""

    headline: list[str]
    lead: list[str]
    """Those of headline, dateline and the first paragraphs."""
    all: list[str]
    """Those of the text, without the headline."""

    @classmethod
    def of(cls, article: Article) -> _Words:
        where = article.dateline.title() if article.dateline else ""
        lead, rest = " ".join(article.paragraphs[:_LEAD]), " ".join(article.paragraphs[_LEAD:])
        headline, place, first, further = (words_in(text.casefold()) for text in (article.headline, where, lead, rest))
        return cls(
            _pairs(headline) if _is_unspaced(article.headline) else headline,
            _pairs([*headline, *place, *first])
            if _is_unspaced(f"{article.headline} {where} {lead}")
            else [*headline, *place, *first],
            _pairs([*first, *further]) if _is_unspaced(f"{lead} {rest}") else [*first, *further],
        )


def _is_unspaced(text: str) -> bool:
    return bool(_UNSPACED.search(text[:400].casefold(), 0, 400))


def _pairs(words: list[str]) -> list[str]:
    return [word[n : n + 2] for word in words for n in range(max(1, len(word) - 1))]


def _minhash(words: list[str]) -> bytes:
    """MinHash (Broder 1997) over shingles of words: HASHES little-endian uint16."""
    words = words[:MAX_WORDS]
    if len(words) < MIN_SHINGLES + SHINGLE:
        return b""
    hashes = np.fromiter(map(crc32, map(str.encode, words)), dtype=np.uint64, count=len(words))
    length = len(words) - SHINGLE + 1
    shingles = hashes[:length]
    for n in range(1, SHINGLE):
        shingles = (shingles * np.uint64(1_000_003) + hashes[n : n + length]) & np.uint64(0xFFFFFFFF)
    smallest = (shingles * _MULTIPLIERS[:, None]).min(axis=1)
    return bytes((smallest >> np.uint64(16) & np.uint64(0xFFFF)).astype("<u2").tobytes())


def _days(paragraphs: tuple[str, ...], language: str | None) -> int:
    lead = " ".join(paragraphs[:_LEAD])
    plain = folded(lead)
    return sum(
        1 << n
        for n, (names, pattern) in enumerate(_weekdays(language or "en"))
        if any(name in plain for name in names) and pattern.search(lead)
    )


@lru_cache(maxsize=len(_WEEKDAYS) + 1)
def _weekdays(language: str) -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """The names of each day, in lower case, and the pattern that finds them as words."""
    return tuple(
        (tuple(names.lower().split("|")), re.compile(rf"\b(?:{names})\b", re.IGNORECASE))
        for names in _WEEKDAYS.get(language, ())
    )


def _numbers(text: str) -> set[str]:
    """As _NUMBER.findall(text), looked for where digits are."""
    digits = digits_in(text)
    found: set[str] = set()
    at = 0
    while (digit := digits.search(text, at)) is not None:
        at = digit.end()
        if number := _NUMBER.match(text, digit.start()):
            found.add(number[0])
            at = number.end()
    return found


def _features(article: Article, enrichment: ArticleEnrichment, words: _Words) -> bytes:
    """Names, figures and the words of headline and lead, weighted by how specific they are to the event."""
    weights: dict[str, float] = {}
    where = article.dateline.title() if article.dateline else ""
    lead = " ".join((article.headline, where, *article.paragraphs[:_LEAD]))

    def add(name: str, weight: float) -> None:
        weights[name] = max(weight, weights.get(name, 0.0))

    named: set[str] = set()
    for entity in enrichment.entities:
        often = 1 + 0.25 * min(4, entity.count - 1)
        leads = 1.5 if entity.name in lead else 1.0
        key = entity.name.casefold()
        if entity.kind is EntityKind.PERSON:
            key = key.split()[-1]
            # who governs is in the news every day
            add(key[:_STEM], (1.0 if _HEAD_OF.search(entity.role or "") else 2.0) * often * leads)
        elif entity.kind is EntityKind.PLACE:
            # a country is where many things happen on one day
            add(key[:_STEM], (0.6 if entity.country and entity.latitude is None else 1.8) * often * leads)
        else:
            add(key[:24], 1.0 * often)
        named.update(entity.name.casefold().split(), (entity.role or "").casefold().split())
    stop = stop_words_of(enrichment.language)
    # names that no gazetteer has; in German every noun is written like one
    proper = (
        set()
        if enrichment.language == "de"
        else {w.casefold() for p in article.paragraphs[:_LEAD] for w in _PROPER.findall(p)}
    )
    headline = set(words.headline)
    for word, n in Counter([word[:-2] if word[-2:] in _OF else word for word in words.lead]).items():
        if word in stop or word in named or (len(word) < 4 and not _UNSPACED.search(word)):
            continue
        weight = 1.7 if word in proper else 1.3 if word in headline else 0.8
        if n > 1:
            weight *= 1 + 0.25 * min(3, n - 1)
        stem = word[:_STEM]  # as `add`, which would be called some hundred times
        if weight > weights.get(stem, 0.0):
            weights[stem] = weight
    for number in _numbers(" ".join(article.paragraphs)):
        plain = number.replace(".", "").replace(",", "")
        if len(plain) > 1 and not 1900 <= int(plain[:9]) <= 2100:
            add(f"#{plain[:9]}", 1.0 if len(plain) == 2 else 1.6)
    strengths = [-round(weight, 3) for weight in weights.values()]
    numbers = map(crc32, map(str.encode, weights))
    ranked = sorted(zip(strengths, numbers, count(), weights.values(), strict=False))[:FEATURES]
    if len(ranked) < MIN_FEATURES:
        return b""
    return b"".join(_FEATURE.pack(number, min(255, round(10 * weight))) for _, number, _, weight in ranked)
