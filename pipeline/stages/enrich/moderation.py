"""What the machine thinks should become of a comment: ordered phases, the first that objects decides.

After Coral's moderation pipeline (https://docs.coralproject.net): length, repetition, banned words, links, spam, suspect
words, shouting, toxicity. No service is asked. It only ever holds or rejects; a moderator's decision wins over it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from pipeline.stages.enrich.enricher import Choices, Enricher, Made
from pipeline.stages.enrich.hostility import aimed, called, curse, hostile_phrase
from pipeline.stages.enrich.lexicon import NOTHING, Lexicon, Token, make_lexicon, tokens
from schemas.comment import Comment
from schemas.enrichment import Moderation

MIN_LENGTH, MAX_LENGTH = 2, 10_000
"""Characters."""
MAX_LINKS = 2
HELD_TOXICITY, REJECTED_TOXICITY = 0.6, 0.95
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|info|biz|ru|xyz|shop|top|online)\b(?:/\S*)?", re.IGNORECASE
)
_SPAM = re.compile(
    r"\b(?:work from home|earn (?:up to )?[$€£]?\d|make money (?:fast|online|from)|(?:online )?casino|viagra|cialis|crypto ?(?:currency)? (?:invest|trad|recover)"
    r"|guaranteed (?:profit|return)|click (?:here|the link|my (?:profile|name))|whats ?app (?:me|us|\+?\d)|telegram (?:me|@)|loan offer|buy (?:cheap|now)|free (?:gift|bitcoin|trial)"
    r"|spell caster|hot singles|onlyfans|forex|100% (?:free|legit)|dm me|contact (?:him|her|us) (?:on|via|at)|promo code|limited offer)\b",
    re.IGNORECASE,
)  # fmt: skip
_YOU = frozenset(
    ["you", "your", "youre", "yourself", "u", "ur", "du", "dich", "ihr", "tu", "toi", "vous", "eres", "sei", "jij"]
)


BANNED, SUSPECT, AIMED, CALLED, HARMLESS = "!", "?", "~", "=", "-"
"""Marks of the list: rejected; held; held where somebody is spoken to or about; held where somebody is called so; a phrase in which
a listed word means something else."""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The list of all sites."""
    text = files("pipeline.stages.enrich").joinpath("data/moderation_words.txt").read_text()
    rows = (row.partition(" ") for row in text.splitlines() if not row.startswith("#"))
    return make_lexicon((mark, word.strip()) for mark, _, word in rows)


def moderate(text: str, own: Lexicon = NOTHING) -> Moderation:
    """The decision on a comment, with the phase and the words that decided. `own` are a site's words in addition to those of
    all sites."""
    if len(text.strip()) > MAX_LENGTH:
        return Moderation(decision="held", phase="length", matched=(), toxicity=0.0)
    read = tokens(text)
    spoken_to = aimed(read)
    forbidden, doubtful = [], []
    hits = lexicon().hits(read)
    harmless = {at for hit in hits if hit.mark == HARMLESS for at in range(hit.at, hit.at + hit.word.count(" ") + 1)}
    for hit in (*(hit for hit in hits if hit.at not in harmless), *own.hits(read)):
        if hit.mark == BANNED:
            forbidden.append(hit.word)
        elif hit.mark == SUSPECT or (hit.mark == AIMED and spoken_to) or (hit.mark == CALLED and called(read, hit.at)):
            doubtful.append(hit.word)
    if said := curse(text):
        doubtful.append(said)
    hostile = hostile_phrase(read)
    toxicity = _toxicity(text, read, len(forbidden), len(doubtful), hostile is not None)

    def decided(decision: str, phase: str, *matched: str) -> Moderation:
        return Moderation(
            decision=decision,
            phase=phase,
            matched=tuple(m[:512] for m in dict.fromkeys(matched) if m)[:20],
            toxicity=toxicity,
        )

    stripped = text.strip()
    if len(stripped) < MIN_LENGTH or not re.search(r"\w", stripped):
        return decided("rejected", "length")
    if repeated := _repetition(stripped):
        return decided("rejected", "repetition", repeated)
    if forbidden:
        return decided("rejected", "banned-words", *forbidden)
    if hostile is not None:
        return decided("held", *hostile)
    links = _LINK.findall(text)
    if spam := _SPAM.search(text):
        return decided("rejected" if links else "held", "spam", spam[0])
    if len(links) > MAX_LINKS:
        return decided("held", "links", *links)
    if links and len(re.sub(r"\W", "", _LINK.sub("", text))) < 15:
        return decided("held", "links", *links)
    if doubtful:
        return decided("held", "suspect-words", *doubtful)
    if _shouts(stripped):
        return decided("held", "shouting")
    if toxicity >= REJECTED_TOXICITY:
        return decided("rejected", "toxicity")
    if toxicity >= HELD_TOXICITY:
        return decided("held", "toxicity")
    return decided("approved", "passed")


def _repetition(text: str) -> str | None:
    if match := re.search(r"(\w)\1{14,}", text):
        return str(match[0][:40])
    words: list[str] = [word.casefold() for word in re.findall(r"\w+", text)]
    if len(words) >= 10 and len(set(words)) <= max(2, len(words) // 8):
        return words[0]
    lines = [row.strip().casefold() for row in text.splitlines() if len(row.strip()) > 10]
    return next((str(row) for row in lines if lines.count(row) >= 3), None)


def _shouts(text: str) -> bool:
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return capitals + small >= 20 and capitals / (capitals + small) > 0.7


def _toxicity(text: str, read: list[Token], forbidden: int, doubtful: int, hostile: bool) -> float:
    """0 … 1: how many hostile words, whether they are aimed at somebody, and how loudly. A score of ours, not of a model."""
    score = 0.55 * forbidden + 0.3 * doubtful
    if score and any(token.plain in _YOU for token in read):
        score += 0.2
    if hostile:
        score += 0.6
    if score and (_shouts(text) or "!!" in text):
        score += 0.1
    return round(min(1.0, score), 3)


@lru_cache(maxsize=1024)
def _lexicon_of(banned: frozenset[str], suspect: frozenset[str]) -> Lexicon:
    return make_lexicon([*((BANNED, word) for word in banned), *((SUSPECT, word) for word in suspect)])


def _moderation(comment: Comment, made: Made, chosen: Choices) -> Moderation:
    return moderate(comment.text, _lexicon_of(*chosen.words(comment.provider)))


MODERATION = Enricher("moderation", _moderation, load=lexicon)
