"""Which words of a German, French or Spanish text are no part of a person's name: nouns with capitals, what somebody is, times,
places and bodies. Pure."""

from __future__ import annotations

import re

from pipeline.stages.enrich.grammar import Grammar
from pipeline.stages.enrich.known_names import known_names, organisations, words_of
from pipeline.stages.enrich.people_abroad import is_title
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.vocabulary import has_organisation_word

NOUN = re.compile(r"(?:ung|heit|keit|schaft|tion|ium|amt|verband|rat|gericht|werk|haus|hof|partei|gruppe|verein|behörde|zeitung|dienst|kreis|stadt|land|markt|recht|bund|büro|zentrum|institut)(?:s|es|en|e)?$")  # fmt: skip
_OCCUPATION = re.compile(r"(?:loge|login|ist|istin|iker|ikerin|ler|lerin|ner|nerin|ger|gerin|ter|terin|ker|kerin|or|orin|ant|antin|ent|entin|eur|eurin|wirt|mann|frau|chef|chefin|rat|rätin|leiter|leiterin|führer|führerin|in)$")  # fmt: skip
ALSO_NOUNS = words_of("Schüler Jäger Bauer Koch Fischer Wirt Arzt Lehrer Kaiser König Papst Kunde Experte Vater Mutter Sohn Bruder Pfarrer Schneider")  # fmt: skip
TIMES = words_of("Januar Februar März April Mai Juni Juli August September Oktober November Dezember Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag Morgen Abend Nacht Euro Dollar Prozent Uhr Jahre Jahren Millionen Milliarden")  # fmt: skip


def is_no_first_name(word: str, grammar: Grammar) -> bool:
    plain = word.casefold()
    return (
        is_title(word, grammar.language)
        or plain in grammar.articles
        or plain in grammar.ends
        or gazetteer().is_area(word)
    )


def without_nouns(words: list[str]) -> list[str]:
    """`Kriminologin Bärbel Bongartz` without what she is."""
    first = known_names().first
    for n in range(len(words) - 1):
        if words[n] in first or words[n].split("-")[0] in first:
            return words[n:]
    if len(words) > 1 and _OCCUPATION.search(words[0]) and len(words[0]) > 5 and words[0] not in known_names().last:
        return words[1:]
    return words


def may_be_name(name: str, words: list[str]) -> bool:
    places = gazetteer()
    return not (
        len(words) > 5
        or name in organisations()
        or places.is_clear(name)
        or (len(words) == 1 and places.is_area(name))
        or has_organisation_word(name)
        or any(word.isupper() and len(word) > 1 and not word.endswith(".") for word in words)
        or any(map(str.isdigit, name))
        or not words
        or words[0][0].islower()
        or words[0] in ("El", "La", "Le", "Les", "Los", "Las", "Der", "Die", "Das")
    )
