"""Who said it in German, French and Spanish: by the labelled set, and the marks and traps of each language."""

from __future__ import annotations

import pytest

from benchmarks.enrichment import Labelled, quotations_abroad
from pipeline.stages.enrich.grammar import LANGUAGES, grammar
from pipeline.stages.enrich.quoted import quoted_in, sentences_of
from pipeline.stages.enrich.speech import quotations


def said(language: str, *paragraphs: str) -> list[tuple[str, str | None]]:
    return [(one.text, one.speaker) for one in quotations(paragraphs, (), language)]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_speaker_of_the_labelled_set_is_wrong(language: str) -> None:
    score: Labelled = quotations_abroad()[language]
    assert (score.wrong, score.recall > 0.9) == (0, True)


@pytest.mark.parametrize(
    ("language", "text", "inside"),
    [
        ("de", "„Ja, so ist es“, sagte er.", ["Ja, so ist es"]),
        ("de", "„Ja, so ist es”, sagte er.", ["Ja, so ist es"]),
        ("de", "»Ja, ›so‹ ist es«, sagte er.", ["Ja, ›so‹ ist es"]),
        ("de", "«Ja, so ist es», sagte er.", ["Ja, so ist es"]),
        ("fr", "« Oui, c’est “ça” », dit-il.", ["Oui, c’est “ça”"]),
        ("fr", "«Oui, c’est «vraiment» ça», dit-il.", ["Oui, c’est «vraiment» ça"]),
        ("es", "«Sí, es “eso” mismo», dijo.", ["Sí, es “eso” mismo"]),
        ("es", '"Sí, es eso", dijo.', ["Sí, es eso"]),
        ("es", "—Sí, es eso —dijo él—. Nada más.", ["Sí, es eso", "Nada más."]),
        ("fr", "— Oui, c’est ça, a dit Anne Morel.", ["Oui, c’est ça,"]),
        ("fr", "— le budget de la ville", []),
        ("fr", "Elle ajoute » puis « rien.", []),
    ],
)
def test_marks(language: str, text: str, inside: list[str]) -> None:
    assert [one.text for one in quoted_in(text, language)] == inside


def test_a_quotation_of_several_sentences_is_part_of_one() -> None:
    (sentence,) = sentences_of("« C’est fini. Nous partons », a dit M. Morel le 3 mai.", "fr")
    assert [one.text for one in sentence.quoted] == ["C’est fini. Nous partons"]
    assert len(sentences_of("Er kam am 3. Mai. „Es ist vorbei. Wir gehen“, sagte Dr. Weber.", "de")) == 2


def test_one_that_is_not_closed_goes_on_in_the_next_paragraph() -> None:
    paragraphs = ("“We are safe,” Ann Lee said. “We tried it.", "“It held.”")
    assert [(one.text, one.speaker) for one in quotations(paragraphs, ("Ann Lee",), "en")] == [
        ("We are safe", "Ann Lee"), ("We tried it.", "Ann Lee"), ("It held.", "Ann Lee"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        # a heading in marks says nothing of who spoke
        ("“It is safe,” Ann Lee said.¶“Nobody should go back yet”", None),
        ("“Is it safe?” Ann Lee asked. “I doubt it.”", "Ann Lee"),
        ("In a speech on Monday, Ann Lee attacked the plan, saying “it will never hold for long”.", "Ann Lee"),
        ("The crowd booed as Ann Lee spoke, shouting “it will never hold for long”.", None),
        ("“It will never hold for long.” — Ann Lee", "Ann Lee"),
        ("“Well, no!” Ann Lee asked the others to leave.", None),
    ],
)
def test_who_said_the_last_one_in_english(text: str, speaker: str | None) -> None:
    assert quotations(tuple(text.split("¶")), ("Ann Lee",), "en")[-1].speaker == speaker


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("de", "„Wir bleiben alle hier“, sagte Webers Anwalt.", None),
        ("de", "Lehrer: „Wie heißen sie alle?“ Schüler: „Das weiß ich wirklich nicht.“", None),
        ("de", "Donald Berger kam. Eva Lang auch. „Wir bleiben alle hier“, sagte sie.", "Eva Lang"),
        ("fr", "Le colistier d'Alain Morel, JD Vance, est arrivé. « C’était une femme forte », a-t-il raconté.", None),
        ("fr", "Ce dernier rappelle que le Kazakhstan avait appelé à la paix « entre deux peuples frères ».", None),
        ("fr", "« C’est une honte pour tous », a dénoncé le fils de Paul Girard.", None),
        ("es", "“Fue una decisión muy dura”, recalcó la fuente. Ana Soler había callado.", None),
        ("es", "Ana Soler habló con Luis Prado. “Fue una decisión muy dura”, dijo.", None),
    ],
)
def test_who_is_near_is_not_who_spoke(language: str, text: str, speaker: str | None) -> None:
    assert said(language, text)[-1][1] == speaker


@pytest.mark.parametrize(("language", "verb"), [("de", "sagte"), ("fr", "a-t-elle déclaré"), ("es", "ha dicho")])
def test_a_table_finds_its_verbs(language: str, verb: str) -> None:
    assert [found[0] for found in grammar(language).verb.finditer(verb)] == [verb]


def test_titles_and_words_that_are_quoted_are_no_quotations() -> None:
    assert said("de", "Sie las „Der Zauberberg“ und sprach vom „Heimatbegriff“.") == []
    assert said("fr", "Il a lu « Le Rouge et le Noir » dans le train.") == []
    assert said("es", "El llamado “Plan Norte” sigue parado.") == []


@pytest.mark.parametrize(
    ("language", "texts", "speaker"),
    [
        # somebody of whom the text knows no more than the name may be meant, and it is not who was named before
        ("de", ["Andreas Weber lehrt hier.", "In der Klasse moderiert Lehrer Rejan Nisik. „Wir haben viel gelernt“, erklärt er."], None),
        ("de", ["Lehrer Andreas Weber wartet. „Wir haben viel gelernt“, erklärt er."], "Andreas Weber"),
        ("fr", ["Paul Girard est maire.", "Zorvan Nisik enseigne ici. « Nous avons beaucoup appris », explique-t-il."], None),
    ],
)  # fmt: skip
def test_a_pronoun_behind_somebody_unknown_is_not_who_was_named_before(
    language: str, texts: list[str], speaker: str | None
) -> None:
    assert [who for _, who in said(language, *texts)] == [speaker]
