"""What the machine thinks should become of a comment: ordered phases, the first that objects decides.

After Coral's moderation pipeline (https://docs.coralproject.net): length, repetition, banned words, links, spam, suspect
words, shouting, toxicity. No service is asked. It only ever holds or rejects; a moderator's decision wins over it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from schemas.enrichment import Moderation

SHORTEST, LONGEST = 2, 10_000
"""Characters."""
MOST_LINKS = 2
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
    r"(?:die|dead|kill(?:ed)?|shot|hang(?:ed)?|burn(?:ed|t)?|rot|beaten|shoot you|find you|hurt you)\b",
    re.IGNORECASE,
)  # fmt: skip
_YOU = re.compile(r"\b(?:you|your|you're|u|ur|du|dich|ihr|tu|toi|vous|eres|sei|jij)\b", re.IGNORECASE)
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "€": "e", "|": "i"}
)
_SPACED = re.compile(r"(?<!\w)(?:[^\W_][\s.\-_*]{1,2}){2,}[^\W_](?!\w)")
_TOKEN = re.compile(r"[\w@$!€|*]+(?:['’]\w+)?", re.UNICODE)


@lru_cache(maxsize=1)
def lexicon() -> tuple[frozenset[str], frozenset[str]]:
    """(banned, suspect) words in their plain form."""
    banned, suspect = set(), set()
    text = files("pipeline.processors.enrich").joinpath("data/moderation_words.txt").read_text()
    for row in text.splitlines():
        mark, _, word = row.partition(" ")
        if mark == "!":
            banned.add(word.strip())
        elif mark == "?":
            suspect.add(word.strip())
    return frozenset(banned), frozenset(suspect)


def moderate(text: str, banned: frozenset[str] = frozenset(), suspect: frozenset[str] = frozenset()) -> Moderation:
    """The decision on a comment, with the phase and the words that decided. `banned` and `suspect` are a site's own words
    beside those that all sites share."""
    all_banned, all_suspect = lexicon()
    tokens = plain_words(text)
    toxicity = _toxicity(text, tokens, all_banned | banned, all_suspect | suspect)

    def decided(decision: str, phase: str, *matched: str) -> Moderation:
        return Moderation(
            decision=decision, phase=phase, matched=tuple(m[:512] for m in matched[:20] if m), toxicity=toxicity
        )

    stripped = text.strip()
    if len(stripped) < SHORTEST or not re.search(r"\w", stripped):
        return decided("rejected", "length")
    if len(stripped) > LONGEST:
        return decided("held", "length")
    if repeated := _repetition(stripped, tokens):
        return decided("rejected", "repetition", repeated)
    if hit := sorted(set(tokens) & (all_banned | banned)):
        return decided("rejected", "banned-words", *hit)
    if threat := _THREAT.search(text):
        return decided("held", "threat", threat[0])
    links = _LINK.findall(text)
    if spam := _SPAM.search(text):
        return decided("rejected" if links else "held", "spam", spam[0])
    if len(links) > MOST_LINKS:
        return decided("held", "links", *links)
    if links and len(re.sub(r"\W", "", _LINK.sub("", text))) < 15:
        return decided("held", "links", *links)
    if hit := sorted(set(tokens) & (all_suspect | suspect)):
        return decided("held", "suspect-words", *hit)
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


def _toxicity(text: str, tokens: list[str], banned: frozenset[str], suspect: frozenset[str]) -> float:
    """0 … 1: how many hostile words, whether they are aimed at somebody, and how loudly. A score of ours, not of a model."""
    score = 0.55 * sum(word in banned for word in set(tokens)) + 0.3 * sum(word in suspect for word in set(tokens))
    if score and _YOU.search(text):
        score += 0.2
    if _THREAT.search(text):
        score += 0.6
    if score and (_shouts(text) or "!!" in text):
        score += 0.1
    return round(min(1.0, score), 3)
