"""Who says what: quotations with their speakers. English, German, French and Spanish.

No pipeline that we know gives speakers; the rules are ours: speakers.py for English, speakers_abroad.py and a table for each of
the others.
"""

from __future__ import annotations

from pipeline.stages.enrich.enricher import Enricher, people
from pipeline.stages.enrich.grammar import LANGUAGES
from pipeline.stages.enrich.quoted import OPENING, has_marks, sentences_of
from pipeline.stages.enrich.speakers import NEW_SUBJECT, English, is_signed
from pipeline.stages.enrich.speakers_abroad import Abroad
from schemas.enrichment import Quotation

_ENDS = (".", "!", "?", "…", ",")
"""What a sentence that goes on ends with; a heading does not."""
_MAX_QUOTATIONS = 100


def quotations(paragraphs: tuple[str, ...], people: tuple[str, ...], language: str | None) -> tuple[Quotation, ...]:
    """Quoted words in the order of the text. `people` are full names that the text has; a surname counts as one."""
    marked = list(map(has_marks, paragraphs))
    if not any(marked):
        return ()
    if language in (None, "en"):
        reader: English | Abroad = English(people)
    elif language in LANGUAGES:
        reader = Abroad(language, people, paragraphs)
    else:
        return ()
    found: list[Quotation] = []
    running: str | None = None
    """Who spoke last, for a quotation that goes on in the next sentence or in the next paragraph."""
    for n, paragraph in enumerate(paragraphs):
        if not marked[n]:
            reader.read(paragraph, None)
            running = None
            continue
        goes_on = paragraphs[n + 1 : n + 2] != () and paragraphs[n + 1].startswith(OPENING)
        for sentence in sentences_of(paragraph, language, goes_on=goes_on):
            alone = sentence.quoted and not any(map(str.isalpha, sentence.text))
            named: str | None = None
            governed = False
            end = 0
            for one in sentence.quoted:
                said, verb = reader.speaker(sentence, one)
                if said is None and not verb:
                    if governed and NEW_SUBJECT.search(sentence.text, end, one.start):
                        named, governed = None, False
                    # a second part of it, or a quotation that goes on after its speaker was named
                    goes_on_from = (
                        running if alone and (one.text + sentence.text.strip(" ”'")).endswith(_ENDS) else None
                    )
                    said = named if governed else goes_on_from
                named, governed, end = named or said, governed or verb, one.end
                text = " ".join(one.text.split())
                if not reader.keeps(sentence, one, governed or said is not None, said):
                    continue
                partial = len(text.split()) < 4 or not (text[:1].isupper() or text.endswith((".", "!", "?", ",")))
                found.append(
                    Quotation(text=text.rstrip(",")[:4096], speaker=said[:200] if said else None, partial=partial)
                )
                if len(found) == _MAX_QUOTATIONS:
                    return tuple(found)
            running = named if sentence.quoted and not is_signed(sentence.text) else None
            reader.read(sentence.text, named, bool(sentence.quoted))
    return tuple(found)


QUOTATIONS = Enricher(
    "quotations", lambda article, made, chosen: quotations(article.paragraphs, people(made), made.get("language"))
)
