"""Embargoes in words, of desks in many languages: withheld; and what only speaks of embargoes is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.normalize import embargoes, normalize_article
from schemas.patch import ArticlePatch
from tests.support.builders import raw_patch
from tests.unit.stages.normalize.test_embargoes import normalized

HELD: list[dict[str, Any]] = [
    {"headline": "EMBARGOED UNTIL FRIDAY: Bank to cut rates"},
    {"headline": "Embargoed: Bank to cut rates"},
    {"headline": "Bank to cut rates (embargoed until 6 March)"},
    {"headline": "Bank to cut rates - embargoed till Friday 0600 GMT"},
    {"headline": "HOLD FOR RELEASE Bank to cut rates"},
    {"editor_note": "Embargoed until Friday 6 am."},
    {"editor_note": "Eds: story is under embargo, moves Friday"},
    {"editor_note": "Embargo: 6.3., 6 Uhr"},
    {"editor_note": "Sperrfrist: Freitag"},
    {"usage_terms": "Not for publication before Friday"},
    {"slug": "BANK-RATES/ (EMBARGOED)"},
    {"paragraphs": ("EMBARGOED UNTIL 0001 GMT FRIDAY", "The bank cuts rates.")},
    {"paragraphs": ("LONDON — The bank.", "*** Not for release before 6 March ***")},
    {"paragraphs": ("Sous embargo jusqu'à vendredi", "La banque.")},
    {"summary": "EMBARGOED UNTIL 18:00. The bank cuts rates."},
    {"paragraphs": ("", " ", "EMBARGOED UNTIL 18:00", "The bank.")},
    {"paragraphs": ("***", "* * *", "EMBARGOED UNTIL 18:00", "The bank.")},
    {"paragraphs": ("Advertisement", "Advertisement", "EMBARGOED UNTIL 18:00", "The bank.")},
    {"paragraphs": ("PRESS RELEASE\nEMBARGOED UNTIL 18:00\nThe bank.",)},
    {"paragraphs": ("LONDON (Reuters) - EMBARGOED UNTIL 18:00", "The bank.")},
    {"paragraphs": ("EMBARGOED\u200b UNTIL 18:00", "The bank.")},
    {"paragraphs": ("EMBARGOED\u2060 \u200eUNTIL 18:00", "The bank.")},
    {"paragraphs": ("<b>EMBARGOED</b> UNTIL 18:00", "The bank.")},
    {"headline": "ＥＭＢＡＲＧＯＥＤ UNTIL 18:00: Bank"},
    {"headline": "Embargoed&nbsp;until 6pm: Bank"},
    {"paragraphs": (), "body_html": "<p>EMBARGOED UNTIL 18:00</p><p>The bank.</p>"},
    {"paragraphs": (), "body_html": "<p>Advertisement</p><p><b>EMBARGOED</b><br>until 18:00</p><p>The bank.</p>"},
    {"paragraphs": ("The bank.",), "body_html": "<div><p>PRESS RELEASE</p><p>EMBARGOED UNTIL 18:00</p></div>"},
]


FREE: list[dict[str, Any]] = [
    {"headline": "EU tightens arms embargo on Russia"},
    {"headline": "Embargo on oil hurts exports"},
    {"headline": "Embargoed goods seized in port"},
    {"headline": "EMBARGO AGAINST CUBA TURNS 60"},
    {"editor_note": "Adds reaction to the oil embargo on Iran"},
    {"editor_note": "Embargo has been lifted; story may be used"},
    {"editor_note": "No longer embargoed"},
    {"editor_note": "Corrects name in third paragraph"},
    {"paragraphs": ("The report, embargoed until Friday, was leaked.", "It says little.")},
    {"paragraphs": ("One.", "Two.", "Embargoed until Friday is what the letter said.")},
    {"paragraphs": ("One.",), "body_html": "<p>One.</p><p>Two.</p><p>Embargoed until Friday is what it said.</p>"},
    {"summary": "The report, embargoed until Friday, was leaked."},
]


ORDERS = [
    "STRICTLY EMBARGOED: 5 June, 6am", "Embargoed to 00:01 BST 5 June", "Do not publish before 12 noon CET", "NOT TO BE RELEASED BEFORE 6 P.M. ET", "EMBARGO ENDS 6PM FRIDAY",
    "[EMBARGO 5/6 0600]", "*** EMBARGO *** Friday 6 am", "Media release: embargoed until 10am", "Embargo 05/06/2031 00:01", "Hold until Friday",
    "Sperrfrist bis 5. Juni 18 Uhr", "Achtung Redaktionen: Sperrfrist Freitag", "Gesperrt bis Freitag, 18 Uhr", "Frei ab Freitag, 18 Uhr", "Nicht vor Freitag, 12 Uhr, veröffentlichen",
    "Ne pas publier avant le 5 juin 18h", "À ne pas diffuser avant vendredi", "Embargado hasta el 5 de junio", "No publicar antes del 5 de junio", "Da non pubblicare prima di venerdì",
    "Sob embargo até sexta-feira", "Não publicar antes de sexta", "EMBARGO tot vrijdag", "Niet publiceren voor vrijdag 12 uur", "Under embargo til fredag kl 12", "EMBARGO till fredag kl 12",
    "Klausul til fredag", "Sperrefrist: fredag", "Får ej publiceras före fredag", "Må ikke offentliggøres før fredag", "Julkaisuvapaa perjantaina klo 12", "Embargo do piątku, godz. 12",
    "Εμπάργκο μέχρι Παρασκευή", "Эмбарго до 18:00 пятницы", "Не публиковать до 5 июня", "محظور النشر حتى الساعة 12", "لا ينشر قبل الجمعة", "禁运至6月5日", "6月5日前请勿发表",
    "解禁日時：6月5日12時", "【解禁 6月5日 午前0時】", "6月5日まで報道しないでください", "엠바고: 6월 5일", "6월 5일까지 보도 금지",
]  # fmt: skip
"""Of desks in many languages, each a line of its own."""


OTHERS = [
    "Report of what was-embargoed",
    "A non-embargoed copy",
    "Embargo to hit grain exports, ministers say", "Embargo total sobre el petróleo", "Sin embargo, hasta el viernes no hay acuerdo", "Die Straße ist gesperrt bis Freitag, 18 Uhr, teilte die Polizei mit.",
    "Frei ab sechs Jahren ist der neue Film.", "Do not publish my name, she said.", "Hold until dry, the instructions say.", "Julkaisuvapaa heti", "Veröffentlichung des Berichts im Mai",
    "Эмбарго на поставки продлено до пятницы, сообщил министр.", "L'embargo sur les armes est levé", "Embargo levé : la banque baisse ses taux", "Embargo aufgehoben: Bank senkt Zinsen", "アユ漁が6月1日に解禁", "情報解禁！新曲を発表",
    "حظر التجول حتى الفجر في المدينة", "The film is not for release in China, it says.",
]  # fmt: skip


@pytest.mark.parametrize("line", ORDERS)
def test_the_orders_of_desks_in_many_languages(line: str) -> None:
    assert normalized(paragraphs=(line, "The bank cuts rates."), headline="Bank").withheld
    assert normalized(headline=line).withheld
    assert (
        normalized(headline=f"Bank ({line})").withheld or "redaktion" in line.casefold() or ":" in line or "[" in line
    )
    assert normalized(editor_note=f"Adds a quote. {line}").withheld or "。" in line


@pytest.mark.parametrize("line", OTHERS)
def test_what_only_speaks_of_embargoes_and_bans(line: str) -> None:
    assert not normalized(headline=line, paragraphs=(line, line)).withheld


@pytest.mark.parametrize("fields", HELD)
def test_a_story_that_is_embargoed_in_words_is_withheld(fields: dict[str, Any]) -> None:
    article = normalized(**fields)
    assert article.withheld
    assert ("withheld", "embargo-words") in {(one.field, one.rule) for one in article.changes}
    patch = normalize_article(raw_patch("mine", at=1, **fields)).data
    assert isinstance(patch, ArticlePatch)
    assert patch.set()["withheld"] is True
    released = normalize_article(
        raw_patch("mine", at=1, withheld=False, embargo_until="2026-03-06T06:00:00Z", **fields)
    ).data
    assert isinstance(released, ArticlePatch)
    assert released.set()["withheld"] is False, "a field with its end decides"


@pytest.mark.parametrize("fields", FREE)
def test_a_story_about_embargoes_is_not(fields: dict[str, Any]) -> None:
    assert not normalized(**fields).withheld
    patch = normalize_article(raw_patch("mine", at=1, **fields)).data
    assert isinstance(patch, ArticlePatch)
    assert "withheld" not in patch.set()


_WORDS = (
    "embargo", "EMBARGOED", "Embargo until", "ſperrfriſt", "Sperrfrıst", "SPERRFRİST", "sperrfrist", "not for release until", "Not\u00a0for use before",
    "not", "for", "hold for release", "hold", "release", "ＥＭＢＡＲＧＯ", "emb\u00adargo", "em<b>bargo", "</b>", "sous embargo", "&#101;mbargo", "no longer under embargo",
    ":", "(", ")", "—", " ", "\n", "a", "\u200d",
)  # fmt: skip


@given(st.lists(st.sampled_from(_WORDS), max_size=8).map("".join))
def test_the_quick_look_overlooks_no_words(text: str) -> None:
    plain = embargoes._plain(text)
    held = any(pattern.search(plain) for pattern in (embargoes._LINE, embargoes._ASIDE, embargoes._NOTE))
    assert not held or list(embargoes._suspects([text])) == [(text, plain)]
