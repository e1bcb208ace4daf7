"""Places and organisations in texts in other languages than English: what the rules for English names would take for one though it is
a word of that language. Pure."""

from __future__ import annotations

from pipeline.stages.enrich.judging import ORGANISATION, PERSON, Verdict
from pipeline.stages.enrich.known_names import common_words, organisations, words_of
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.words import stop_words_of

_DOUBTFUL = 0.5
_FORMS = words_of(
    "AG GmbH SA NV Inc Ltd LLC PLC Plc Corp FC SC AC News Airways Airlines University United Times Post Herald Tribune Bank"
)
"""Words that end names of bodies of two words in texts of any language."""
_GERMAN_NOUNS = words_of(
    "Essen Mitte Halle Hof Regen Singen Bergen Leer Stade Weiden Baden Worms Kita Van Mango Bad Linden Wesel Hagen"
)
"""Cities whose names are words of a language in which nouns have capitals."""
_IN = words_of("in aus stadt raum bei nach")


def abroad_verdict(verdict: Verdict, name: str, before: str, language: str | None, begins: bool) -> Verdict:
    """The verdict where it is sure in a text of that language, else one that isn't shown. `begins`: a sentence begins with the name."""
    if verdict.kind is PERSON or name in organisations():
        return verdict
    sure = _is_body(name, language) if verdict.kind is ORGANISATION else _is_place(name, before, language, begins)
    return verdict if sure else Verdict(verdict.kind, min(verdict.confidence, _DOUBTFUL))


def _is_body(name: str, language: str | None) -> bool:
    """`La Commission` and `Die Organisation` are nobody's names, `Human Rights Watch` and `Nokia AG` are."""
    words = name.split()
    function = stop_words_of(language)
    if words[0].casefold() in function or any(word.islower() and word in function for word in words):
        return False
    if len(words) == 2:
        return words[1] in _FORMS
    return len(words) > 2


def _is_place(name: str, before: str, language: str | None, begins: bool) -> bool:
    """One word with which a sentence begins may be any word; a German noun that is a city's name too needs a preposition."""
    places = gazetteer()
    if places.is_area(name):
        return True
    words = before.rsplit(None, 2)[-1:] if before[-1:].isspace() else []
    if name in _GERMAN_NOUNS and language in (None, "de", "lb"):
        return bool(words) and words[0].casefold() in _IN
    if not places.is_known(name) or places.is_bare(name):  # by a word such as "Los" or "River"
        return False
    if " " in name or places.is_famous(name):
        return name.casefold() not in common_words().very or not begins
    return not begins or bool(words)
