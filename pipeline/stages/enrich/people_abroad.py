"""People in German, French, Spanish, Italian, Dutch and Portuguese texts, only where it is sure: a known first name and a known
surname, or a title of that language and one of the two. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.stages.enrich.judging import PERSON, Verdict
from pipeline.stages.enrich.known_names import known_names, organisations, words_of
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.vocabulary import has_organisation_word
from pipeline.stages.enrich.words import stop_words_of

_TITLES = {
    "de": words_of("herr herrn frau dr prof papst könig königin"),
    "fr": words_of(
        """m mm mme mlle me dr président présidente ministre chancelier chancelière maire député députée sénateur sénatrice
        porte-parole directeur directrice professeur juge procureur procureure général entraîneur secrétaire avocat avocate"""
    ),
    "es": words_of(
        """sr sra don doña presidente presidenta ministro ministra alcalde alcaldesa diputado diputada senador senadora portavoz
        director directora juez jueza fiscal general entrenador consejero consejera secretario secretaria canciller abogado"""
    ),
    "it": words_of(
        """signor signora dottor dott presidente premier ministro ministra sindaco sindaca deputato deputata senatore senatrice
        portavoce direttore direttrice giudice generale allenatore segretario segretaria onorevole procuratore avvocato"""
    ),
    "nl": words_of(
        """heer mevrouw dr prof president premier minister minister-president staatssecretaris burgemeester woordvoerder
        directeur hoogleraar trainer wethouder kamerlid voorzitter advocaat"""
    ),
    "pt": words_of(
        """sr sra dom dona presidente ministro ministra primeiro-ministro prefeito prefeita deputado deputada senador senadora
        governador governadora porta-voz diretor diretora juiz juíza general treinador técnico secretário secretária"""
    ),
}
LANGUAGES = frozenset(_TITLES)
"""Those in which people are found by what is here."""
_GERMAN_TITLE = re.compile(
    r"(?:^|[\w-])(?:kanzler|präsident|minister|sprecher|chef|vorsitzende[rn]?|trainer|anwalt|bürgermeister|richter|direktor|professor"
    r"|general|kommissar|senator|staatssekretär|beauftragte[rn]?|experte|abgeordnete[rn]?|politiker|journalist|autor|schauspieler"
    r"|sänger|regisseur|forscher|stürmer|torwart|verteidiger)(?:in|s|n|en)?$|^(?:general|professor|direktor|senator|minister)(?:in)?$"
)
_NAMED_AFTER = re.compile(
    r"(?:\b(?:rue|avenue|place|boulevard|quai|pont|lycée|collège|stade|aéroport|hôpital|prix|calle|plaza|avenida|estadio|aeropuerto|hospital"
    r"|premio|via|viale|piazza|corso|stadio|aeroporto|ospedale|rua|praça|estádio|prêmio|prémio|laan|plein|straat|universidad|université"
    r"|università|fondation|fundación|fondazione|fundação|stichting)|(?:straße|platz|stadion|schule|stiftung|flughafen|preis))\s+(?:de\s+|del\s+|da\s+|di\s+)?$",
    re.IGNORECASE,
)
"""A street, a school, a prize has the name of somebody who isn't there."""
_PARTICLES = words_of("de da di del della do dos das du van von der den ten ter zu la le al el bin y e")
_NOT_FIRST = words_of(
    """San Santa Santo São Saint Sainte Sankt Sint Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag Mai Ende Anfang
    Mitte Real Union Villa Monte Rio Costa Puerto Porto Val Bad Nord Sud Süd Ost West Sport Die Der Das El La Le Les Los Las"""
)
_SURE, _BY_TITLE = 0.9, 0.85


def person(name: str, before: str, language: str) -> tuple[str, Verdict] | None:
    """(the person's name without titles, how sure it is) for a name of the text; None where it isn't sure. `before`: what stands
    in front of it."""
    if not may_be_person(name, language):
        return None
    last = before.rsplit(None, 1)[-1:] if before[-1:].isspace() else []
    found = _person(name, bool(last) and is_title(last[0], language), language)
    return None if found is None or _NAMED_AFTER.search(before) else found


def may_be_person(name: str, language: str) -> bool:
    """Whether a name is a person's where a title stands before it: without one it is seldomer."""
    return _person(name, True, language) is not None


@lru_cache(maxsize=16_384)
def _person(name: str, titled: bool, language: str) -> tuple[str, Verdict] | None:
    """As `person`, by the name itself and whether a title stands before it."""
    words = name.split()
    while len(words) > 1 and is_title(words[0], language):
        words, titled = words[1:], True
    shown = " ".join(words)
    known = known_names()
    if len(words) == 1:
        surname = titled and shown in known.last and not gazetteer().is_clear(shown)
        surname = surname and not _is_of_another_kind(shown, words, language)
        return (shown, Verdict(PERSON, _BY_TITLE)) if surname else None
    given = words[0] in known.first or words[0].split("-")[0] in known.first
    between = [word for word in words[1:-1] if word not in _PARTICLES]
    family = words[-1] in known.last or words[-1].split("-")[0] in known.last
    if language != "de":  # where it may be a noun that follows: "nahm Guido Steinberg Bezug"
        family = family or any(word in known.last for word in between[-1:])
    elif between and not family:
        return None
    if not (given and (family or titled)) and not (family and titled):
        return None
    if any(not (word in known.first or word in known.last or len(word.rstrip(".")) == 1) for word in between):
        return None
    if _is_of_another_kind(shown, words, language):
        return None
    return shown, Verdict(PERSON, _SURE if given and family else _BY_TITLE)


def is_noun(surname: str, text: str) -> bool:
    """Whether a German text has a surname as a noun: `kein Frost`, so that `hat Sophie Frost gebracht` names nobody."""
    return (
        re.search(rf"\b(?:kein|keinen|keinem|der|den|dem|des|ein|einen|einem|viel) {re.escape(surname)}\b", text)
        is not None
    )


@lru_cache(maxsize=16_384)
def is_title(word: str, language: str) -> bool:
    if word.endswith(".") and len(word) > 5:  # the end of a sentence
        return False
    plain = word.rstrip(".").casefold()
    return plain in _TITLES[language] or (language == "de" and word[:1].isupper() and bool(_GERMAN_TITLE.search(plain)))


def _is_of_another_kind(name: str, words: list[str], language: str) -> bool:
    places = gazetteer()
    return (
        len(words) > 4
        or words[0] in _NOT_FIRST
        # these lists have names too
        or (words[0].casefold() in stop_words_of(language) and (len(words) == 1 or words[0] not in known_names().first))
        or (len(words) > 2 and words[1] in ("der", "den"))  # "Einer der Schüler"
        or name in organisations()
        or words[-1] in organisations()
        or places.is_clear(name)
        or (len(words) > 1 and (places.is_area(words[0]) or places.is_area(words[-1]) or places.is_famous(words[-1])))
        or has_organisation_word(name)
        or any(word.isupper() and len(word) > 2 for word in words)
    )
