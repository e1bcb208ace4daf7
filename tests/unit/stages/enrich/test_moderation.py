"""Words that hold or reject a comment, however they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.settings import load_settings
from pipeline.stages.enrich import choices
from pipeline.stages.enrich.lexicon import make_lexicon, plain_words
from pipeline.stages.enrich.moderation import BANNED, MODERATION, moderate
from schemas.enriched import EnrichedComment
from schemas.enrichment import Moderation
from tests.support.builders import comment_event


@pytest.mark.parametrize(
    "text",
    [
        "k1ootzak",
        "hijo de p*ta",
        "eres un h1jo de p*ta",
        "пид0рас",
        "сам м*дак",
        "you f_u_c_k_e_r",
        "Hurens0hn",
        "Moooooslims out",
    ],
)
def test_words_hidden_in_other_languages_are_read(text: str) -> None:
    assert moderate(text).decision != "approved"


def test_what_is_won_is_no_threat() -> None:
    assert moderate("We will beat them on Saturday, three nil.").decision == "approved"
    assert moderate("We will beat them, and you too.").phase == "threat"


def test_hidden_words_are_read() -> None:
    for text in ("s t u p i d", "s.t.u.p.i.d", "stuuuupid", "stup1d", "STÚPID"):
        assert "stupid" in plain_words(text), text
    assert moderate("Scunthorpe is a town").decision == "approved"
    assert moderate("Bad luck", make_lexicon([(BANNED, "luck")])).matched == ("luck",)


def test_a_providers_own_words_in_any_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_PROVIDERS", '{"herald": {"banned_words": ["Ferrygate"], "suspect_words": ["quay"]}}')
    chosen = choices(load_settings())

    def moderated(text: str, provider: str) -> Moderation:
        event = comment_event(text=text)
        assert isinstance(event.data, EnrichedComment)
        comment = event.data.comment.model_copy(update={"provider": provider})
        made: Moderation = MODERATION(comment, {}, chosen)
        return made

    assert moderated("It is F e r r y g a t e again!", "herald").matched == ("ferrygate",)
    assert moderated("See you on the QU4Y tonight", "herald").decision == "held"
    assert moderated("It is Ferrygate again!", "another").decision == "approved"


NEUTRAL = json.loads((Path(__file__).parents[3] / "labelled" / "neutral.json").read_text())


@pytest.mark.parametrize("text", NEUTRAL)
def test_who_somebody_is_and_which_words_have_another_meaning_is_never_held_against_them(text: str) -> None:
    found = moderate(text)
    assert found.decision == "approved", found


@pytest.mark.parametrize(
    "text",
    [
        "You sh*thead",
        "what an a$$hole",
        "f***** hypocrites, all of you",
        "STFU already",
        "F-you and the horse you came on",
        "He should be hung in the square",
        "I hope they all die slowly",
        "You belong in hell",
        "All journalists are vermin",
        "Immigrants are nothing but criminals",
        "Women are just stupid",
        "go back to your own country",
        "Typical libtard",
        "The mayor is a complete fraud and a liar",
        "Crooks, all of them",
        "I know where you live",
        "We will find you",
        "Du bist so ein Vollidiot",
        "fils de pute",
        "Sois un payaso",
        "You are a rat",
        "that 💩 again",
    ],
)
def test_insults_threats_and_words_against_groups_are_stopped_however_they_are_written(text: str) -> None:
    assert moderate(text).decision in ("held", "rejected")


@pytest.mark.parametrize(
    "text",
    [
        "go kill urself",
        "I'm gonna kill him",
        "someone should put a bullet in him",
        "I'll break your legs",
        "I hope you get hit by a bus",
        "I hope someone rapes you",
        "you should get cancer",
        "your family will pay",
        "we know where your children go to school",
        "kill them all",
        "take the mayor out and shoot him",
        "put them against the wall",
        "go drink bleach",
        "the world would be better without you",
        "Häng dich auf",
        "Geh sterben",
        "Va te pendre",
        "Muérete",
        "Ti ammazzo",
        "Vou te matar",
        "Ik maak je dood",
        "Zabiję cię",
        "Я тебя убью",
        "Seni öldürürüm",
        "Jag ska döda dig",
    ],
)
def test_threats_are_held_in_many_forms_and_languages(text: str) -> None:
    found = moderate(text)
    assert (found.decision, found.phase) == ("held", "threat"), found


@pytest.mark.parametrize(
    "text",
    [
        "fu\u200bck you",
        "fvck you all",
        "ni99er",
        "ki11 yourself",
        "fcuk you",
        "azz hole",
        "f u c k you",
        "ｆｕｃｋ you",
    ],
)
def test_letters_that_are_hidden_are_read(text: str) -> None:
    assert moderate(text).decision in ("held", "rejected")


@pytest.mark.parametrize("text", ["you retard", "You slut", "what a douche", "Tu es une pute", "They are retards"])
def test_what_is_harmless_in_one_phrase_or_language_is_not_in_another(text: str) -> None:
    assert moderate(text).decision in ("held", "rejected")


@pytest.mark.parametrize(
    "text",
    [
        "There was a rat in the kitchen",
        "The pigs escaped from the farm",
        "Trash is collected on Mondays",
        "Pass the mustard",
        "The leotard was red",
    ],
)
def test_a_word_with_a_meaning_of_its_own_counts_only_where_somebody_is_called_so(text: str) -> None:
    assert moderate(text).decision == "approved"


def test_the_phase_and_the_words_that_decided_are_named() -> None:
    found = moderate("The mayor is a rat and a coward")
    assert (found.decision, found.phase, found.matched) == ("held", "suspect-words", ("rat", "coward"))
    assert moderate("I hope you die").phase == "threat"
    assert moderate("Democrats are terrorists").phase == "group"


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Ich weiß, wo du wohnst.", "threat"),
        ("Ich mach dich fertig, warte nur.", "threat"),
        ("Man sollte dich aufhängen.", "threat"),
        ("Je vais te tuer.", "threat"),
        ("On sait où tu habites.", "threat"),
        ("Te voy a matar", "threat"),
        ("Sabemos dónde vives.", "threat"),
        ("Ausländer raus!", "group"),
        ("Dreckige Zigeuner", "group"),
        ("Sale Arabe, rentre dans ton pays", "group"),
        ("putos moros", "group"),
        ("Judíos de mierda", "group"),
        ("Vous êtes une bande d'abrutis", "suspect-words"),
        ("k1ll y0urs3lf", "banned-words"),
        ("yоu are a mоron", "suspect-words"),
        ("ⓘⓓⓘⓞⓣ, all of you", "suspect-words"),
        ("fսck you", "banned-words"),
        ("Schwuchtel", "banned-words"),
    ],
)
def test_hostility_in_other_languages_and_in_letters_that_look_alike(text: str, phase: str) -> None:
    found = moderate(text)
    assert (found.decision != "approved", found.phase) == (True, phase)


def test_a_text_in_another_alphabet_is_read_as_it_is() -> None:
    assert plain_words("сука и тот") == ["сука", "и", "тот"]
