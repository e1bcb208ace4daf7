"""What is looked for word by word in a sentence is what one pattern for all of it finds."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.stages.enrich import context, figures, lines, meant, quoted, saying
from pipeline.stages.enrich.people import OFFICE
from pipeline.stages.enrich.saying import ADVERBS, SAYING
from pipeline.stages.enrich.words import folded

_SPOKEN = (
    "said", "says", "told", "emphasised", "emphasizes", "acknowledged", "resaid", "said_", "Said", "mis-said", "saying", "adding", "calling", "by", "by saying", ", saying", ", also adding",
    "has", "also", "clearly", "Sally", "ly", "himself", "Mr.", "Mrs.", "xMr.", "St.", "Lt.Col.", "Jr.", "Gen", "the mayor", "Ann Lee", "III", " Jr", "IV.", "according to", "and", "but",
    "“", "”", '"', ",", ".", ":", " ", "  ", "\n", "\t", "\u00a0", "é", "’s", "that", "of the port authority in the north of the country, which has been open for years",
)  # fmt: skip
_SENTENCES = st.one_of(
    st.lists(st.sampled_from(_SPOKEN)).map(" ".join), st.lists(st.sampled_from(_SPOKEN)).map("".join)
)
_BEFORE = re.compile(rf"(?P<subject>[^“”\"]*?)\b(?P<verb>{SAYING})\b(?P<rest>[^“”\"]{{0,90}})$")
_BEFORE_FIGURE = re.compile(rf"(?P<subject>[^“”\"]*?)\b{SAYING}\b(?P<rest>[^“”\"]*)$")
_ADDING = re.compile(
    r"(?P<main>[^“”\"]+?)(?:,|\bby) (?:(?:also|even|later|falsely|repeatedly) )?(?:saying|adding|telling|insisting|calling|arguing|asking|claiming|noting|warning|writing|declaring|describing"
    r"|explaining|tweeting|stating|suggesting|asserting|boasting|vowing|promising|joking|quipping)\b[^“”\"]{0,90}$"
)


@given(_SENTENCES)
def test_the_verb_before_a_quotation(text: str) -> None:
    match = _BEFORE.search(text)
    subject = match["subject"] if match and not re.search(rf"\b{SAYING}\b", match["rest"]) else None
    if match and match.start("subject") and saying._NEW_CLAUSE.match(match["rest"]):
        subject = None
    assert saying.before_last_verb(text) == subject


@given(_SENTENCES)
def test_the_verb_before_a_figure(text: str) -> None:
    match = _BEFORE_FIGURE.search(text)
    assert saying.before_first_verb(text) == (match["subject"] if match else None)


@given(_SENTENCES)
@example("Trump attacked the plan, saying")
def test_saying_more(text: str) -> None:
    match = _ADDING.search(text)
    assert saying.before_adding(text) == (match["main"] if match else None)


@given(_SENTENCES)
def test_verbs_of_saying(text: str) -> None:
    assert bool(re.search(rf"\b{SAYING}\b", text)) <= saying.speaks(text)


@given(_SENTENCES)
@example("Ann Lee has also clearly \n")
@example(" has")
@example("has")
def test_adverbs_at_the_end(text: str) -> None:
    assert saying.without_adverbs(text) == re.sub(rf"{ADVERBS}\s*$", "", text)


@given(_SENTENCES)
@example("Lt.Col. Lee")
def test_full_stops_of_short_forms(text: str) -> None:
    pattern = r"\b(Mr|Mrs|Ms|Dr|Sen|Sens|Rep|Reps|Gov|Gen|Rev|Lt|Col|Sgt|Capt|Prof|St|Jr|Sr)\."
    assert saying.without_short_points(text) == re.sub(pattern, r"\1", text)


@given(_SENTENCES)
def test_numbers_behind_names(text: str) -> None:
    assert meant.without_number(text) == meant._NUMBERED.sub("", text)


@given(st.lists(st.sampled_from(("“", "”", '"', " ", "a", "_", "We are", ".", "\n"))).map("".join))
def test_quotation_marks(text: str) -> None:
    plain = re.compile(r"“([^“”]{2,2000})”|(?<![\w\"])\"(?!\s)([^\"]{2,2000})\"(?!\w)")
    assert [match.span() for match in quoted._ENGLISH.finditer(text)] == [
        match.span() for match in plain.finditer(text)
    ]


@given(st.lists(st.sampled_from((*'„“”‟«»"', "'", "a", "é", "—", "–", " "))).map("".join))
def test_whether_there_are_marks(text: str) -> None:
    assert quoted.has_marks(text) == (quoted._MARK.search(text) is not None or text.startswith(("—", "–")))


_NAMED = (
    "Ann", "Lee", "McDonald", "O'Brien", "O’Brien", "d'Estaing", "d’", "É", "Émile", "Öz", "Gov.", "Sen. ", "Mr.", "Dr. ", "St. ", "U.S.", "U.N", "J.", "J. ", "AT&T", "Q&A", "of", "for the", "de", "der", "von",
    "bin", "al", "&", "el", "and", "said", "Jean-Pierre", "al-Assad", "King's", "Kings' ", "-", "'", "’", " ", "  ", "\n", "\u00a0", ".", ",", "1", "_", "ß", "ſ", "Ж", "жук", "日本", "𐐀", "e\u0301", "Smith3",
)  # fmt: skip
_SHORT = r"(?:ov|en|ep|r|rs|s|t|rof|ol|gt|apt|aj|ev|dm|mdr|rig|ros)\.(?=\s+[A-Z])"
_NAME = rf"(?:[A-Z]{_SHORT}|[A-Z](?:\.[A-Z])+\.?|(?:d['’]|O['’]|Mc|Mac|(?:al|el|ul|bin)-)?[A-ZÀ-ÖØ-Þ][^\W\d_]+(?:[-'’][A-ZÀ-ÖØ-Þ]?[^\W\d_]+)*|[A-Z]\.)"
_LINK = r"(?:of|for|the|de|da|di|van|von|der|den|bin|al|el|la|le|du|&)"
_FIRST = (
    rf"[A-ZÀ-ÖØ-Þ](?:{_SHORT}|(?:\.[A-Z])+\.?|\.|&[A-Z]|(?:['’][A-ZÀ-ÖØ-Þ])?[^\W\d_]+(?:[-'’][A-ZÀ-ÖØ-Þ]?[^\W\d_]+)*)"
)
_RUN = re.compile(rf"{_FIRST}(?:['’]?\s+(?:{_LINK}\s+){{0,2}}{_NAME})*")


@given(st.one_of(st.lists(st.sampled_from(_NAMED)).map("".join), st.lists(st.sampled_from(_NAMED)).map(" ".join)))
@example("President Charles de Gaulle, Gov. Ann Lee of the U.S. and O'Brien's J. R. McDonald")
@example("Ann al-Assad")
def test_runs_of_capitalised_words(text: str) -> None:
    plain = [match.span() for match in _RUN.finditer(text)]
    assert [match.span() for match in lines.runs_in(text)] == plain
    assert [match.span() for match in lines._RUN.finditer(text)] == plain


@given(st.text(st.sampled_from('.!?:”"’)“\n \u00a0a1_,'), max_size=3))
def test_beginnings_of_sentences(before: str) -> None:
    plain = re.search(r"(?:[.!?:]\s+|[.!?][”\"’)]\s+|[\n“\"])$", before)
    assert lines.starts_sentence(before) == (plain is not None)


@given(st.text(st.sampled_from("AZÉaé1 ß日.\ud800𐐀"), max_size=90), st.text(st.sampled_from("Aa É"), max_size=60))
def test_lines_in_capitals(text: str, more: str) -> None:
    text = (text + more)[:100]
    beginning = text[:80]
    capitals, letters = sum(map(str.isupper, beginning)), sum(map(str.isalpha, beginning))
    assert lines.is_in_capitals(text) == (capitals > 3 and capitals > 0.7 * letters)


_BEHIND = (
    ", ", ",", " ", "who", "whose", "who's", "45", "7", "٣", "123", "aged 40", "age 4", "the", "The", "an", "HİS", "hıs", "its", "mayor", "Chief", "former", "of", "said", "saidX", "told", "\n", "x", "’s",
)  # fmt: skip


@given(st.lists(st.sampled_from(_BEHIND)).map("".join), st.lists(st.sampled_from(_BEHIND)).map(" ".join))
def test_what_stands_behind_a_comma(joined: str, spaced: str) -> None:
    role = re.compile(
        rf",\s+(?:who|whose|(?:the|an?|his|her|its|their)\s+(?:[\w’'-]+\s+){{0,5}}?(?:{OFFICE}))\b", re.IGNORECASE
    )
    says = re.compile(rf",\s+(?:{'|'.join(sorted(context._SAYS))})\b")
    for after in (joined, spaced, f", {joined}", f", {spaced}"):
        word = match[1] if (match := context._AFTER_COMMA.match(after)) else ""
        described = bool(word) and context._is_described(word, after)
        assert described == bool(context._AGE_AFTER.match(after) or role.match(after))
        assert (word in context._SAYS) == bool(says.match(after))


_COUNTED = (
    "1", "12", "1,234", "1,23", "3.5", ".", ",", "٣", "𝟗", " ", "-", "\u00a0", "%", "percent", "PER CENT", "million", "MİLLİON", "mıllion", "thouſand", "hundreds", "dozen", "of", "OF", "the", "people", "Kelvin", "K", "killed",
    "ſixty", "well-known", "é", "x", "\n", "$",
)  # fmt: skip
_AFTER_NUMBER = re.compile(
    r"(?:[\s-](?P<scale>hundred|thousand|million|billion|trillion|dozen)\b)?(?P<percent>\s?%|\s(?:percent|per cent))?"
    r"(?P<after>\s+(?:of\s+)?(?:the\s+)?(?:[a-z][a-z-]+\s+){0,2}[a-z][a-z-]+)?",
    re.IGNORECASE,
)


@given(st.one_of(st.lists(st.sampled_from(_COUNTED)).map("".join), st.lists(st.sampled_from(_COUNTED)).map(" ".join)))
def test_numbers_and_what_they_count(text: str) -> None:
    numbers = [match.span() for match in figures._IN_DIGITS.finditer(text)]
    assert [match.span() for match in figures._numbers_of(text).finditer(text)] == numbers
    for _, end in numbers:
        plain = _AFTER_NUMBER.match(text, end)
        assert plain is not None
        quick = figures._AFTER_NUMBER.match(text, end) if figures._goes_on(text[end : end + 1]) else None
        groups = plain.groups("")
        assert (quick.groups("") if quick else ("", "", "")) == groups
        assert (quick.end() if quick else end) == plain.end()
        for word in groups[2].split():
            assert (folded(word) in figures._HARM_WORDS) == bool(figures._HARM.fullmatch(word))
