"""Quotations and their speakers against attributions that people marked (brat: Source, Cue, Content, and what joins them)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pipeline.stages.enrich.entities import entities
from pipeline.stages.enrich.speech import quotations
from schemas.enrichment import EntityKind

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"")
_LETTERS = 12
"""A quotation that is counted has so many letters between its marks."""
_BEHIND = re.compile(r",| of | at | for | from | who | in | on | with |\(")
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|St)\.")
_PRONOUNS = frozenset(["he", "she", "they", "it", "we", "i", "you", "who", "his", "her"])
_CUES = frozenset(["said", "says"])
"""A source that is only a verb is a slip of the labels: in all such sentences of the set the text names a speaker behind it."""
_ARTICLE = re.compile(
    r"^(?:the|an?|his|her|their|its|our|my|one|some|many|several|both|this|that|these|those|he|she|it|they|we|i|you|who|which|others|another)$",
    re.I,
)


class Attributed(NamedTuple):
    """Words between marks, and the words of the text that name their source; None where it names none."""

    text: str
    source: str | None


@dataclass
class Speakers:
    """What became of the quotations."""

    found: int = 0
    missed: int = 0
    right: int = 0
    wrong: int = 0
    none: int = 0
    """Of those whose source is a name: the speaker is right, wrong, not given."""
    common: int = 0
    common_named: int = 0
    """Those whose source is a common noun or nobody, and those of them that are said to be a person's."""
    meant: Counter[str] = field(default_factory=Counter)
    """Of those whose source is `he` or `she`: right, wrong, none. The set doesn't say who that is; we read it (pronouns.json)."""
    halves: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    """Right, wrong and none of named sources, of every other story and of those between."""
    wrong_ones: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.wrong + self.none)


def attributed(text: str, annotations: str) -> Iterator[Attributed]:
    """Every quotation that somebody's attribution has in its content."""
    spans: dict[str, tuple[str, list[tuple[int, int]]]] = {}
    events: list[dict[str, list[str]]] = []
    for line in annotations.splitlines():
        parts = line.split("\t")
        if line.startswith("T") and len(parts) >= 2:
            kind, _, at = parts[1].partition(" ")
            pairs = [place.split() for place in at.split(";")]
            spans[parts[0]] = (kind, sorted((int(start), int(end)) for start, end in pairs))
        elif line.startswith("E") and len(parts) >= 2:
            event: dict[str, list[str]] = {}
            for argument in parts[1].split():
                role, _, of = argument.partition(":")
                event.setdefault(role.rstrip("0123456789"), []).append(of)
            events.append(event)
    for event in events:
        sources = [text[slice(*place)] for of in event.get("Source", ()) for place in spans[of][1]]
        for content in event.get("Content", ()):
            places = spans[content][1]
            for match in _QUOTED.finditer(text, max(0, places[0][0] - 1), places[-1][1] + 1):
                words = match[1] or match[2]
                if sum(map(str.isalpha, words)) >= _LETTERS:
                    yield Attributed(" ".join(words.split()), " ".join(sources) or None)


def score(folder: Path) -> Speakers:
    made = Speakers()
    for number, path in enumerate(sorted((folder / "text").glob("*.txt"))):
        text = path.read_text()
        annotations = next((folder / "attributions").glob(path.stem + "*.ann"), None)
        if annotations is None:
            continue
        paragraphs = tuple(filter(None, (p.strip() for p in text.split("\n"))))
        people = tuple(one.name for one in entities(paragraphs, "en") if one.sure and one.kind is EntityKind.PERSON)
        ours = [(_letters(one.text), one.speaker) for one in quotations(paragraphs, people, "en")]
        seen = set()
        for one in attributed(text, annotations.read_text()):
            wanted = _letters(one.text)
            if wanted in seen:
                continue
            seen.add(wanted)
            speaker = _found(wanted, ours)
            made.found += speaker != ""
            made.missed += speaker == ""
            if speaker != "":
                before = (made.right, made.wrong, made.none)
                _count(made, one, speaker, people)
                now = (made.right, made.wrong, made.none)
                for outcome, was, is_ in zip(("right", "wrong", "none"), before, now, strict=True):
                    made.halves[number % 2][outcome] += is_ - was
    return made


def _found(wanted: str, ours: list[tuple[str, str | None]]) -> str | None:
    """The speaker that we give; `""` where we have no such quotation."""
    same = [said for text, said in ours if text == wanted]
    part = [said for text, said in ours if wanted in text or (len(text) >= _LETTERS and text in wanted)]
    return [*same, *part, ""][0]


@lru_cache(maxsize=1)
def _meant() -> dict[str, str]:
    """Who is meant by a pronoun, by the letters of what was said; nothing where the text gives nobody's name."""
    known: dict[str, str] = json.loads(Path(__file__).with_name("pronouns.json").read_text())
    return known


def _count(made: Speakers, one: Attributed, speaker: str | None, people: tuple[str, ...]) -> None:
    words = (one.source or "").split()
    if words and words[0].casefold() in _PRONOUNS | _CUES:
        name = _meant().get(sha256(_letters(one.text).encode()).hexdigest()[:12])
        if name is not None and speaker is None:
            made.meant["none"] += 1
        elif name is not None and speaker:
            right = speaker.split()[-1] == name
            made.meant["right" if right else "wrong"] += 1
            if not right:
                made.wrong_ones.append(f"{speaker} for {one.source!r} ({name or 'nobody'}): {one.text[:80]}")
        return
    surname = _surname_in(one.source)
    if surname is None:
        made.common += 1
        if speaker in people:
            made.common_named += 1
            made.wrong_ones.append(f"{speaker} for {one.source!r}: {one.text[:80]}")
    elif speaker is None:
        made.none += 1
    elif _letters(speaker.split()[-1]) in _letters(one.source or "") or surname in _letters(speaker):
        made.right += 1
    else:
        made.wrong += 1
        made.wrong_ones.append(f"{speaker} for {one.source!r}: {one.text[:80]}")


def _surname_in(source: str | None) -> str | None:
    """The last word of a source that is a name: `Democratic nominee Hillary Clinton`, not `the Clinton campaign`."""
    head = _BEHIND.split(_TITLE.sub("", source or ""))[0].split()
    if not head or not head[-1][:1].isupper() or _ARTICLE.match(head[-1]):
        return None
    return _letters(re.sub(r"[’']s?$", "", head[-1])) or None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
