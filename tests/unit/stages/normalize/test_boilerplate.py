from __future__ import annotations

import pytest

from pipeline.stages.normalize.boilerplate import without_boilerplate


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
