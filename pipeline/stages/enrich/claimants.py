"""Who claims a figure: the subject of the verb of saying in whose sentence it stands, or who is behind "according to". English. Pure.

As for quotations (speakers.py), and of figures a body may be the claimant too: `the port authority`, `police`.
"""

from __future__ import annotations

import re

from pipeline.stages.enrich.saying import SAYING, before_first_verb, speaks
from pipeline.stages.enrich.speakers import HEAD_END, People, according, by_whom, clause_of, who_is

_BEHIND = re.compile(rf"[,”]\s+(?:(?P<verb>{SAYING})\s+(?!that\b)(?P<object>[^,;:“”]{{2,90}})|(?P<subject>[^,;:“”]{{2,90}}?)\s+(?P<late>{SAYING})\b(?!\s+(?:that|the)\b))")  # fmt: skip
_BODY = re.compile(
    r"\b(?:officials?|authorit(?:y|ies)|police|sources?|ministry|agency|office|government|union|company|army|military|witnesses|residents|prosecutors|court"
    r"|council|service|department|commission|committee|bank|institute|university|report|data|figures|statistics|media|hospital|firm|group|operator|utility|organi[sz]ers|villagers|survivors|activists)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:(?:the|a|an|but|and|that|as|while|however)\s+)+", re.IGNORECASE)
_LONGEST = 8
"""Words of a body's name."""


class Claims:
    """Who claims what stands in one sentence, in which quotations are blanked. What holds for all of it is looked for once."""

    def __init__(self, sentence: str, people: People) -> None:
        self._sentence, self._people = sentence, people
        self._source: str | None = None
        self._speaks: bool | None = None
        """None before anybody asked."""

    def of(self, at: int) -> str | None:
        """Who claims what stands at `at`; None where the sentence says it of nobody."""
        if self._speaks is None:
            match = according(self._sentence)
            self._source = match["object"] if match else None
            self._speaks = speaks(self._sentence)
        if self._source is not None:
            return _person_or_body(self._source, self._people)
        if not self._speaks:
            return None
        for match in _BEHIND.finditer(self._sentence, at):
            if found := _person_or_body(match["object"] or match["subject"], self._people):
                return found
        subject = before_first_verb(self._sentence[:at])
        if subject is None:
            return None
        return by_whom(subject, self._people) or _body(clause_of(subject))


def _person_or_body(words: str, people: People) -> str | None:
    return who_is(words, people) or _body(words)


def _body(words: str) -> str | None:
    head = HEAD_END.split(words.strip(" ,"), maxsplit=1)[0]
    plain = _LEADING.sub("", " ".join(head.split()))
    if not plain or len(plain.split()) > _LONGEST or not (_BODY.search(plain) or plain[0].isupper()):
        return None
    return plain[:200]
