"""What is looked for in a quick way is what its plain pattern finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.stages.clustering import sign
from pipeline.stages.enrich import figures, keywords, language, people, quoted, sentiment
from pipeline.stages.enrich.grammar import LANGUAGES, grammar, speech
from pipeline.stages.enrich.words import WORD, stop_words, words_in

_PIECES = (
    "a", "Word", "don’t", "o'", "'", "’", "-", "--", "mother-in-law", "ſ", "K", "ﬁ", "²", "½", "Ⅳ", "ª", "٣", "𝟗", "𝖙𝖗", "日本", "ж", "e\u0301", "_", "x_y", "3rd",
    "1,234", "12.5", "1.234.567", "2019", "7", "$5", "12a", ".", ",", ";", "“", "”", "–", "—", " ", "  ", "\n", "\u00a0", "\t", "\x1c", "(", ")", "\ud800",
    "Éire", "éire", "Kyiv", "Harbour", "Monday", "FRİDAY", "frıday", "thurſday", "Mondays", "xMonday", "miércoles", "MIE\u0301RCOLES", "SAMSTAG", "Sonnabend", "segunda-feira",
)  # fmt: skip
_TEXTS = st.one_of(st.lists(st.sampled_from(_PIECES)).map("".join), st.text(st.characters(exclude_categories=())))


@given(_TEXTS)
@example("workers' union, 'tis – rock-'n'-roll a--b")
def test_words(text: str) -> None:
    assert words_in(text) == WORD.findall(text)


@given(_TEXTS)
def test_numbers(text: str) -> None:
    assert sign._numbers(text) == set(sign._NUMBER.findall(text))


@given(_TEXTS)
def test_proper_names(text: str) -> None:
    plain = r"(?<=[\w,;’'\-–] )[^\W\d_a-z][^\W\d_]{3,}(?:[-’'][^\W\d_]+)*"
    assert sign._PROPER.findall(text) == re.findall(plain, text)


@given(_TEXTS, st.sampled_from([*sign._WEEKDAYS, None, "sw"]))
def test_days(text: str, tag: str | None) -> None:
    names = sign._WEEKDAYS.get(tag or "en", ())
    assert sign._days((text,), tag) == sum(
        1 << n for n, name in enumerate(names) if re.search(rf"\b(?:{name})\b", text, re.IGNORECASE)
    )


@given(_TEXTS)
@example("the old bridge - the new - one -\nand 'that's' not ½ all, ² a-–b")
def test_runs_of_words_for_keywords(text: str) -> None:
    pattern = r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|[.,;:!?()\[\]\"“”„«»—–\n]|\s-\s|\d+"
    phrases: list[tuple[str, ...]] = []
    run: list[str] = []
    for token in [*re.findall(pattern, text.casefold().replace("’", "'")), "."]:
        word = token.removesuffix("'s")
        if not 3 <= len(word) <= keywords.MAX_WORD or word in stop_words() or not word[0].isalpha():
            if run and not token.isdigit():
                phrases.append(tuple(run[: keywords.MAX_PHRASE]))
                run = []
        else:
            run.append(word)
    assert keywords._candidates(text, stop_words()) == list(map(" ".join, phrases))


_FELT = (
    "this", "doubt", "silliness", "good", "BAD", "bad", "not", "never", "so", "very", "Kind", "of", "kind of", "sort of", "least", "at least", "no", "nor", "but", "But", "without", "doubt",
    "isn't", "the bomb", "hand to mouth", "to die for", ":)", ":D", "😀", "💔", "!", "!!!!!", "??", "the", "ferry", "GREAT", "extremely", "yeah right", ".", "", "“", "–",
)  # fmt: skip


_VADER = sentiment._vader()
_WEIGHED = sorted({*_VADER.library.BOOSTER_DICT, *_VADER.library.NEGATE, *_VADER.library.SPECIAL_CASES, *_FELT})


@given(
    st.one_of(st.lists(st.sampled_from(_FELT)).map(" ".join), st.lists(st.sampled_from(_WEIGHED)).map(" ".join), _TEXTS)
)
@example("Years ago he started this silliness, without doubt bad")
def test_sentiment(text: str) -> None:
    assert sentiment._compound(text) == _VADER.analyzer.polarity_scores(text)["compound"]


@given(st.one_of(st.lists(st.sampled_from((".", "!", "? ", " ", "a", "\n", "…", "”"))).map("".join), _TEXTS))
def test_sentences_for_sentiment(text: str) -> None:
    assert list(sentiment._sentences(text)) == re.split(r"(?<=[.!?])\s+", text)


@given(
    st.lists(
        st.sampled_from(("killed", "Kılled", "MISSING", "miſſing", "sustained", " injuries", "s", " ", "x", "İnfected"))
    ).map("".join)
)
def test_harm(text: str) -> None:
    assert not figures._HARM.search(text) or figures._may_harm(text)


@given(
    st.lists(
        st.sampled_from(("two", "Ten", "often", "HUNDRED", "twenty-five", "Dozen.", "-", " ", "\u00a0", "six"))
    ).map("".join)
)
def test_numbers_in_words(text: str) -> None:
    words = text.lower().replace("-", " ").split()
    assert figures._number_words(text) == {word for word in words if word in figures._NUMBER_WORDS}


@given(
    st.lists(st.sampled_from([*" ".join(figures._QUALIFYING).split(), "AT", "the", " ", "least\u00a0"])).map(" ".join)
)
def test_qualifiers(text: str) -> None:
    words = text.lower().split() if text[-1:].isspace() else []
    ends = (" ".join(words[-n:]) for n in (3, 2, 1))
    assert figures._qualifier(text) == next((said for said in ends if said in figures._QUALIFYING), "")


@given(st.lists(st.sampled_from(("“", "”", "a", "We ", "“We are”", "”“", "\n", ". "))).map("".join))
def test_curly_quotes(text: str) -> None:
    plain = [(match.span(), match[1] or match[2]) for match in quoted._ENGLISH.finditer(text)]
    assert [((one.start, one.end), one.text) for one in quoted.quoted_in(text)] == plain


@given(st.one_of(_TEXTS, st.lists(st.sampled_from(("a", "ה", "ا", "7", " ", "é"))).map("".join)))
def test_direction(text: str) -> None:
    letters = language._LETTER.findall(text[:400])
    right_to_left = language._RIGHT_TO_LEFT.findall(text[:400])
    assert language.direction(text) == ("rtl" if len(right_to_left) * 2 > len(letters) else "ltr")


_CALLED = (
    "president", "Prime Minister", "vice-president", "ex-Chief", "CEO", "director-general", "miniſter", "OFFİCER", "Lawyerly", "the", "a former", "of", ",", ", ", " ", "\t", "Kofi", "said",
)  # fmt: skip


@given(st.one_of(st.lists(st.sampled_from(_CALLED)).map(" ".join), st.lists(st.sampled_from(_CALLED)).map("".join)))
def test_titles(text: str) -> None:
    assert not people._TITLE_AT_END.search(text[-40:]) or people._ends_with_office(text)
    assert bool(re.search(rf"\b{people.OFFICE}\b", text, re.IGNORECASE)) <= people._names_office(text)


_SAID = (
    "sagte", "SAGTE", "teilt", "teilte", "mit", "fuhr", "fort", "heißt es", "a", "A-t-il", "déclaré", "s'inquiète", "s'est", "se", "réjouit", "l'a", "aussi", "l'affirma", "dit-elle",
    "dit", "peut-on lire", "ha", "dicho", "le", "también", "señaló", "se mostró", "ſagte", "Éñade", "xsagte", "sagtex", "er", "-", "'", ".", ",", " ", " ", " ",
)  # fmt: skip


@given(st.lists(st.sampled_from(_SAID)).map(" ".join) | _TEXTS, st.sampled_from(sorted(LANGUAGES)), st.integers(0, 30))
@example("Sagte er, und teilte das Amt mit", "de", 1)
@example("M. Morel l'a aussi dit, s'inquiète-t-il", "fr", 0)
def test_verbs_of_other_languages(text: str, language: str, start: int) -> None:
    verbs = grammar(language).verb
    plain = [verb.span() for verb in verbs.pattern.finditer(text, start)]
    assert [verb.span() for verb in verbs.finditer(text, start)] == plain


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_verb_of_another_language_begins_with_a_word_that_is_looked_for(language: str) -> None:
    verbs, table = grammar(language).verb, speech(language)["verbs"]
    spelt = " ".join(table[name] for name in ("finite", "participles_too", "auxiliaries", "pronouns") if name in table)
    stems = (stem + ending for stem in table["stems"].split() for ending in table["endings"].split())
    text = ". ".join([*spelt.split(), *stems, *table["phrases"]])
    plain = [verb.span() for verb in verbs.pattern.finditer(text)]
    assert len(plain) > 150
    assert [verb.span() for verb in verbs.finditer(text)] == plain
