"""Who claims a figure: the subject of the verb of saying in whose sentence it stands, or who is behind "according to". English. Pure.

As for quotations (speakers.py), and of figures a body may be the claimant too: `the port authority`, `police`.
"""

from __future__ import annotations

import re

from pipeline.stages.enrich.known_names import common_words, organisations, words_of
from pipeline.stages.enrich.meant import People
from pipeline.stages.enrich.saying import SAYING, before_first_verb, speaks, without_short_points
from pipeline.stages.enrich.speakers import HEAD_END, according, by_whom, clause_of, is_no_name, who_is

_BEHIND = re.compile(rf"[,”]\s+(?:(?P<verb>{SAYING})\s+(?!that\b)(?P<object>[^,;:“”]{{2,90}})|(?P<subject>[^,;:“”]{{2,90}}?)\s+(?P<late>{SAYING})\b(?!\s+(?:that|the)\b))")  # fmt: skip
_BODY = re.compile(
    r"\b(?:officials?|authorit(?:y|ies)|police|sources?|ministry|agency|office|government|union|company|army|military|witnesses|residents|prosecutors|court"
    r"|council|service|department|commission|committee|bank|institute|university|report|data|figures|statistics|media|hospital|firm|group|operator|utility|organi[sz]ers|villagers|survivors|activists)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:(?:the|a|an|but|and|that|as|while|however)\s+)+", re.IGNORECASE)
_LONGEST = 8
"""Words of a body's name."""
_BEHIND_NAME = words_of(
    """also there here were was are is have has had then later now today still even itself themselves"""
)
_LINKS = frozenset(["of", "for", "the", "and", "&", "de", "du", "la"])
_GOES_ON = re.compile(r"\s+(?P<link>of|for|and)(?:\s+the)?(?:\s+[A-Z][\w’'-]+)+")
"""`Department of Social Services`."""
_NOBODY = words_of(
    """i you he she it we they me him her us them this that these those who which what whoever one two three several few
    many most some any all both each either neither none others another everyone everybody someone somebody anyone
    nobody having being there here his its their our my your"""
)
"""Words with which no name of a body begins."""


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
        subject = without_short_points(subject)
        return by_whom(subject, self._people) or _body(clause_of(subject))


def _person_or_body(words: str, people: People) -> str | None:
    words = without_short_points(words)
    return who_is(words, people) or _body(words)


def _body(words: str) -> str | None:
    """A body: words that say that it is one, or a name. `they`, `at the` and `over half` begin a sentence with a capital too."""
    words = words.strip(" ,")
    end = HEAD_END.search(words)
    head = words[: end.start()] if end else words
    if end and (more := _GOES_ON.match(words, end.start())):
        if more["link"] != "and":
            head += more[0]
        elif not _BODY.search(head):
            return None  # "World Travel and Tourism Council": where its name begins and ends isn't known
    plain = _LEADING.sub("", " ".join(head.split()))
    parts = plain.split()
    while len(parts) > 1 and (parts[-1] in _BEHIND_NAME or (parts[-1].endswith("ed") and parts[-1].islower())):
        parts.pop()  # "data released", "authorities there were"
    plain = " ".join(parts)
    begins = parts[0] if parts else ""
    if (
        not plain
        or len(parts) > _LONGEST
        or (begins.casefold() in _NOBODY and not (begins.isupper() and len(begins) > 1))
    ):
        return None
    return plain[:200] if _BODY.search(plain) or _is_name(parts) else None


def _is_name(words: list[str]) -> bool:
    """Whether every word is that of a name: one alone is an ordinary word with which a sentence begins, where it can be one."""
    if len(words) == 1 and not words[0].isupper() and words[0].casefold() in common_words().common:
        return words[0] in organisations()
    return not is_no_name(words) and all(word[0].isupper() or word in _LINKS for word in words)
