"""What the machine thinks should become of a comment: ordered phases, the first that objects decides.

After Coral's moderation pipeline (https://docs.coralproject.net): length, repetition, banned words, links, spam, suspect
words, shouting, toxicity. No service is asked. It only ever holds or rejects; a moderator's decision wins over it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipeline.stages.enrich.enricher import Choices, Enricher, Made
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
_THREAT = re.compile(
    r"\b(?:i(?: wi|[’'])?ll|we(?: wi|[’'])?ll|someone should|somebody should|they should be|deserves? to|you should|hope (?:you|they|he|she))\s+(?:\w+\s+){0,2}"
    r"(?:die|dead|kill(?:ed)?|shot|hang(?:ed)?|burn(?:ed|t)?|rot|beaten|shoot you|find you|hurt you)\b|\bneeds? a (?:bullet|rope|noose)\b|\bi know where (?:you|he|she|they) lives?\b|\bpay (?:you|him|her|them) a visit\b",
    re.IGNORECASE,
)  # fmt: skip
_AIMED = re.compile(
    r"\b(?:you(?:r| people)?|you're|u|he|she|they|(?:he|she)'s|they're|these (?:people|\w+s)|those people|all of (?:them|you)|the (?:mayor|minister|author|editor|council|government|president|police)|du|ihr|tu|toi|vous|eres|sois|sei|jij|voc[eê])\b",
    re.IGNORECASE,
)
_MASKED = re.compile(r"(?<!\w)\w+\*+\w+(?!\w)")
_YOU = re.compile(r"\b(?:you|your|you're|u|ur|du|dich|ihr|tu|toi|vous|eres|sei|jij)\b", re.IGNORECASE)
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "€": "e", "|": "i"}
)
_SPACED = re.compile(r"(?<!\w)(?:[^\W_][\s.\-_*]{1,2}){2,}[^\W_](?!\w)")
_TOKEN = re.compile(r"[\w@$!€|*]+(?:['’]\w+)?", re.UNICODE)


@dataclass(frozen=True)
class Lexicon:
    """Words, stems (with any ending) and phrases, all in their plain form."""

    words: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()

    def found(self, tokens: list[str], running: str, masked: tuple[re.Pattern[str], ...] = ()) -> list[str]:
        """Which of them a comment has. `running` is its plain words in a row; `masked` has a pattern for each word with stars."""
        hit = [token for token in tokens if token in self.words or (self.stems and token.startswith(self.stems))]
        hit += [phrase for phrase in self.phrases if f" {phrase} " in running]
        hit += [word for word in (*self.words, *self.stems) for mask in masked if mask.fullmatch(word)]
        return sorted(set(hit))

    def __or__(self, other: Lexicon) -> Lexicon:
        return Lexicon(self.words | other.words, self.stems + other.stems, self.phrases + other.phrases)


NOTHING = Lexicon()


def make_lexicon(listed: Iterable[str]) -> Lexicon:
    """A list of words, stems (`debil*`) and phrases (`shut up`), however they are spelled."""
    words, stems, phrases = set(), [], []
    for entry in listed:
        plain = _plain_in_a_row(entry.rstrip("*"))
        if " " in plain:
            phrases.append(plain)
        elif entry.endswith("*"):
            stems.append(plain)
        elif plain:
            words.add(plain)
    return Lexicon(frozenset(words), tuple(stems), tuple(phrases))


@lru_cache(maxsize=1)
def lexicon() -> tuple[Lexicon, Lexicon, Lexicon]:
    """(banned, suspect, suspect where aimed at somebody)."""
    listed: dict[str, list[str]] = {"!": [], "?": [], "~": []}
    text = files("pipeline.stages.enrich").joinpath("data/moderation_words.txt").read_text()
    for row in text.splitlines():
        mark, _, word = row.partition(" ")
        if mark in listed:
            listed[mark].append(word.strip())
    return make_lexicon(listed["!"]), make_lexicon(listed["?"]), make_lexicon(listed["~"])


def moderate(text: str, banned: Lexicon = NOTHING, suspect: Lexicon = NOTHING) -> Moderation:
    """The decision on a comment, with the phase and the words that decided. `banned` and `suspect` are a site's own words
    in addition to those of all sites."""
    all_banned, all_suspect, where_aimed = lexicon()
    tokens = plain_words(text)
    running, masked = f" {_plain_in_a_row(text)} ", _masks(text)
    aimed = _AIMED.search(text) is not None
    forbidden = (all_banned | banned).found(tokens, running, masked)
    doubtful = (all_suspect | suspect).found(tokens, running, masked)
    if aimed:
        doubtful += where_aimed.found(tokens, running)
    toxicity = _toxicity(text, len(forbidden), len(doubtful))

    def decided(decision: str, phase: str, *matched: str) -> Moderation:
        return Moderation(
            decision=decision, phase=phase, matched=tuple(m[:512] for m in matched[:20] if m), toxicity=toxicity
        )

    stripped = text.strip()
    if len(stripped) < MIN_LENGTH or not re.search(r"\w", stripped):
        return decided("rejected", "length")
    if len(stripped) > MAX_LENGTH:
        return decided("held", "length")
    if repeated := _repetition(stripped, tokens):
        return decided("rejected", "repetition", repeated)
    if forbidden:
        return decided("rejected", "banned-words", *forbidden)
    if threat := _THREAT.search(text):
        return decided("held", "threat", threat[0])
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


def plain_words(text: str) -> list[str]:
    """Words without what hides them: accents, letters spelled as digits, spaces and points between letters, letters
    said three times."""
    joined = _SPACED.sub(lambda match: re.sub(r"[\s.\-_*]", "", match[0]), text)
    found = []
    for token in _TOKEN.findall(joined):
        word = unicodedata.normalize("NFKD", token.casefold())
        word = "".join(character for character in word if not unicodedata.combining(character))
        for form in {word, word.translate(_LEET)} if re.search(r"[a-z]", word) else {word}:
            bare = re.sub(r"[^\w]", "", form)
            if bare:
                found.append(re.sub(r"(.)\1{2,}", r"\1", bare))
                found.append(re.sub(r"(.)\1{2,}", r"\1\1", bare))
    return list(dict.fromkeys(found))


def _repetition(text: str, tokens: list[str]) -> str | None:
    if match := re.search(r"(\w)\1{14,}", text):
        return str(match[0][:40])
    words: list[str] = [word.casefold() for word in re.findall(r"\w+", text)]
    if len(words) >= 10 and len(set(words)) <= max(2, len(words) // 8):
        return words[0]
    lines = [row.strip().casefold() for row in text.splitlines() if len(row.strip()) > 10]
    return next((str(row) for row in lines if lines.count(row) >= 3), None)


def _shouts(text: str) -> bool:
    letters = [character for character in text if character.isalpha() and character.lower() != character.upper()]
    return len(letters) >= 20 and sum(character.isupper() for character in letters) / len(letters) > 0.7


def _toxicity(text: str, forbidden: int, doubtful: int) -> float:
    """0 … 1: how many hostile words, whether they are aimed at somebody, and how loudly. A score of ours, not of a model."""
    score = 0.55 * forbidden + 0.3 * doubtful
    if score and _YOU.search(text):
        score += 0.2
    if _THREAT.search(text):
        score += 0.6
    if score and (_shouts(text) or "!!" in text):
        score += 0.1
    return round(min(1.0, score), 3)


def _plain(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in folded if character.isalnum())


def _plain_in_a_row(text: str) -> str:
    return " ".join(filter(None, map(_plain, re.split(r"[^\w'’]+", text))))


def _masks(text: str) -> tuple[re.Pattern[str], ...]:
    """Words with stars for letters: `f*ck` could be any word that fits."""
    return tuple(
        re.compile("".join("." if character == "*" else re.escape(_plain(character)) for character in word))
        for word in _MASKED.findall(text)[:10]
    )


@lru_cache(maxsize=1024)
def _lexicon_of(words: frozenset[str]) -> Lexicon:
    return make_lexicon(words)


def _moderation(comment: Comment, made: Made, chosen: Choices) -> Moderation:
    banned, suspect = chosen.words(comment.provider)
    return moderate(comment.text, _lexicon_of(banned), _lexicon_of(suspect))


MODERATION = Enricher("moderation", _moderation, load=lexicon)
