"""XML is read as what it is; what would expand, reach outside, or has no end is refused."""

from __future__ import annotations

import pytest

from tests.support.samples import G2, NEWSML, newsml, refusal, story

BOMB = '<!DOCTYPE nitf [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><nitf><body><body.head><hedline><hl1>&b;</hl1></hedline></body.head></body></nitf>'


OUTSIDE = '<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]><nitf><body><body.head><hedline><hl1>&x;</hl1></hedline></body.head></body></nitf>'


@pytest.mark.parametrize("content", [BOMB, OUTSIDE, BOMB.replace("nitf", "rss"), OUTSIDE.replace("nitf", "newsItem")])
def test_entities_are_refused_not_expanded(content: str) -> None:
    assert refusal(content).reason == "entities"


def test_an_entity_for_one_character_is_that_character() -> None:
    found = story(
        '<!DOCTYPE nitf [<!ENTITY euro "&#8364;">]><nitf><body><body.head><hedline><hl1>5 &euro; &eacute;</hl1></hedline></body.head></body></nitf>'
    )
    assert found.headline == "5 € é"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "iso-8859-1"), ("cp1252", "utf-8"), ("utf-8", "utf-16"), ("utf-32", "utf-32")],
)  # fmt: skip
def test_xml_is_read_as_what_it_is_whatever_it_declares(encoding: str, declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><nitf><body><body.head><hedline><hl1>Café “crème”</hl1></hedline></body.head></body></nitf>'
    assert story(text.encode(encoding)).headline == "Café “crème”"


def test_truncated_xml_is_refused() -> None:
    assert refusal(NEWSML.format(items=newsml("a1"))[:-40]).reason == "truncated"
    assert refusal(G2[: len(G2) // 2]).reason == "truncated"


def test_deep_xml_is_refused() -> None:
    assert refusal("<nitf>" + "<block>" * 1000 + "</block>" * 1000 + "</nitf>").reason == "too-deep"
