from __future__ import annotations

import pytest

from pipeline.stages.normalize.boilerplate import without_boilerplate, without_sign_off


@pytest.mark.parametrize(
    ("paragraph", "rule"),
    [
        ("Share this article on Facebook", "share-bar"), ("Facebook Twitter WhatsApp Email", "share-bar"), ("Copy link", "share-bar"),
        ("Sign up for our morning newsletter and never miss a story.", "newsletter"), ("The best of the islands, delivered straight to your inbox.", "newsletter"),
        ("This article is for subscribers only.", "subscription"), ("Advertisement", "subscription"), ("ADVERTISEMENT", "subscription"),
        ("Read more: Ferry strike enters second day", "pointer"), ("RELATED", "pointer"),
        ("(Reporting by Will Dunham; Editing by Tom Brown)", "agency-tail"), ("© 2026 The Herald. All rights reserved.", "agency-tail"), ("- 30 -", "agency-tail"), ("ab/cd/ef", "agency-tail"),
        ("bur-al/bm/tw", "agency-tail"), ("(Schluss) bom/lit", "agency-tail"), ("(ANSA). Y12-AB", "agency-tail"), ("(©NTB)", "agency-tail"),
        ("(APA, 14.3.2026)", "agency-tail"), ("(MORE)", "agency-tail"), ("(à suivre)", "agency-tail"), ("RIPRODUZIONE RISERVATA © Copyright ANSA", "agency-tail"),
        ("More to come, the mayor said", None), ("Ann Lee/Bo Mut", None), ("ROUTING: by sea and by rail.", None),
        ("Share prices fell by three per cent on Monday.", None), ("Sign language is taught at the school.", None), ("Advertisement revenue fell.", None),
        ("Related parties must be told.", None), ("Subscribers to the ferry newsletter rose to 400.", None), ("Reporting by neighbours led the police to the house.", None),
        ("abc/ de/", "agency-tail"), ("ABC // DEF", "agency-tail"), ("(Foto) (Vídeo)", "agency-tail"), ("（終）", "agency-tail"), ("(끝)", "agency-tail"),
        ("End", "agency-tail"), ("He said so.", None),
    ],
)  # fmt: skip
def test_boilerplate_goes_and_text_stays(paragraph: str, rule: str | None) -> None:
    text = ("The council met on Monday.", "It was late.", "Nobody spoke.", paragraph)
    kept, gone = without_boilerplate(text)
    assert [name for name, _ in gone] == ([rule] if rule else [])
    assert kept == (text[:3] if rule else text)
    assert without_boilerplate((paragraph,))[0] == (paragraph,), "a text of nothing else stays"


def test_routing_above_a_text() -> None:
    text = ("The council met on Monday.", "It was late.")
    for line in ("FM: desk TO: world SVC: i", "ROUTING: WORLD/EUROPE"):
        assert without_boilerplate((line, *text)) == (text, (("routing", line),))
    for line in ("To: the mayor, from the heart", "REF: what the letters stand for."):
        assert without_boilerplate((line, *text))[0] == (line, *text)


@pytest.mark.parametrize(
    ("story", "tail"),
    [
        ("Work begins at night.", "(Reporting by Ann Lee in Rome; Editing by Bo Ray)"), ("It opens.", "Reporting by Ann Lee; Editing by Bo Ray"),
        ("“Sie öffnet Montag”, sagte er.", "(Bericht von Ann Lee, redigiert von Bo Ray)"), ("Il rouvre lundi.", "(Reportage Ann Lee, édité par Bo Ray)"),
        ("Riapre lunedì.", "(ANSA)."), ("Abre el lunes.", "EFE"), ("Otwarcie w poniedziałek.", "(PAP)"), ("Sie öffnet Montag.", "bur/cd"),
        ("月曜に再開する。", "（共同）"), ("桥将于周一重开。", "(完)"),
    ],
)  # fmt: skip
def test_an_agencys_tail_behind_the_last_sentence(story: str, tail: str) -> None:
    text = ("The bridge is closed.", f"{story} {tail}")
    assert without_sign_off(text) == ((text[0], story), tail)


@pytest.mark.parametrize(
    "last", ["He works for the AP.", "He said so (he added later).", "The film is good. (It opens on Monday.)", "(ANSA).", "He left. Ann went."]
)  # fmt: skip
def test_a_last_sentence_stays(last: str) -> None:
    assert without_sign_off((last,)) == ((last,), None)
    assert without_sign_off(()) == ((), None)
