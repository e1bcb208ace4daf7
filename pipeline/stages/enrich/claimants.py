"""Who claims a figure: the subject of the verb of saying in whose sentence it stands, or who is behind "according to". English. Pure.

As for quotations (speakers.py), and of figures a body may be the claimant too: `the port authority`, `police`.
"""

from __future__ import annotations

import re

from pipeline.stages.enrich.speakers import HEAD_END, SAYING, People, by_whom, clause_of, speaks, who_is

_ACCORDING = re.compile(r"\b[Aa]ccording to\s+(?P<object>[^“”\",;:]{2,90})")
_BEHIND = re.compile(rf"[,”]\s+(?:(?P<verb>{SAYING})\s+(?!that\b)(?P<object>[^,;:“”]{{2,90}})|(?P<subject>[^,;:“”]{{2,90}}?)\s+(?P<late>{SAYING})\b(?!\s+(?:that|the)\b))")  # fmt: skip
_BEFORE = re.compile(rf"(?P<subject>[^“”\"]*?)\b{SAYING}\b(?P<rest>[^“”\"]*)$")
_BODY = re.compile(
    r"\b(?:officials?|authorit(?:y|ies)|police|sources?|ministry|agency|office|government|union|company|army|military|witnesses|residents|prosecutors|court"
    r"|council|service|department|commission|committee|bank|institute|university|report|data|figures|statistics|media|hospital|firm|group|operator|utility|organi[sz]ers|villagers|survivors|activists)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:(?:the|a|an|but|and|that|as|while|however)\s+)+", re.IGNORECASE)
_LONGEST = 8
"""Words of a body's name."""


def claimant(sentence: str, at: int, people: People) -> str | None:
    """Who claims what stands at `at`; None where the sentence says it of nobody. In `sentence` quotations are blanked."""
    if match := _ACCORDING.search(sentence):
        return _person_or_body(match["object"], people)
    if not speaks(sentence):
        return None
    for match in _BEHIND.finditer(sentence, at):
        if found := _person_or_body(match["object"] or match["subject"], people):
            return found
    if match := _BEFORE.search(sentence[:at]):
        subject = match["subject"]
        return by_whom(subject, people) or _body(clause_of(subject))
    return None


def _person_or_body(words: str, people: People) -> str | None:
    return who_is(words, people) or _body(words)


def _body(words: str) -> str | None:
    head = HEAD_END.split(words.strip(" ,"), maxsplit=1)[0]
    plain = _LEADING.sub("", " ".join(head.split()))
    if not plain or len(plain.split()) > _LONGEST or not (_BODY.search(plain) or plain[0].isupper()):
        return None
    return plain[:200]
