"""Which revisions of NewsML 1 items are one story."""

from __future__ import annotations

import pytest

from tests.support.samples import events


def item(own: str, revision: int = 1, *, date: str = "20260314", public: str = "", label: str = "", first: str = "20260314T082000+0200", this: str | None = None) -> str:  # fmt: skip
    this = this or f"20260314T{8 + revision:02}2000+0200"
    return (
        f"<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>wire.example</ProviderId><DateId>{date}</DateId><NewsItemId>{own}</NewsItemId>"
        f"<RevisionId PreviousRevision='{revision - 1}' Update='N'>{revision}</RevisionId><PublicIdentifier>{public}</PublicIdentifier></NewsIdentifier>"
        f"{f'<NameLabel>{label}</NameLabel>' if label else ''}</Identification>"
        f"<NewsManagement><FirstCreated>{first}</FirstCreated><ThisRevisionCreated>{this}</ThisRevisionCreated><Status FormalName='Usable'/></NewsManagement>"
        "<NewsComponent><NewsLines><HeadLine>Head</HeadLine></NewsLines><ContentItem><DataContent>Text.</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    )


def ids(*items: str) -> set[object]:
    return {event.data.article_id for one in items for event in events(one, provider="wire").events}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # the revision's number at the end
        (item("bridge-4711-1", 1), item("bridge-4711-2", 2)),
        (item("4711:1", 1), item("4711:2", 2)),
        (item("bridge_v1", 1), item("bridge_v2", 2)),
        (item("harbour-bridge.1", 1), item("harbour-bridge.02", 2)),
        (item("bridge47.1", 1), item("bridge47.2", 2)),
        (item("bridge47_001", 1), item("bridge47_002", 2)),
        # the revision's time
        (item("a4711", 1, date="20260314T092000", this="20260314T092000+0200"), item("a4711", 2, date="20260314T102000", this="20260314T102000+0200")),
        (item("20260314092000-bridge", 1, this="20260314T092000+0200"), item("20260314102000-bridge", 2, this="20260314T102000+0200")),
        (item("bridge4711(1)", 1), item("bridge4711(2)", 2)),
        (item("bridge4711#1", 1), item("bridge4711#2", 2)),
        (item("bridge-20260314T072000Z", 1, this="20260314T092000+0200"), item("bridge-20260314T092000Z", 2, this="20260314T112000+0200")),
        (item("a4711", 1), item("a4711", 2, date="20260315", this="20260315T102000+0200")),
        # a constant, where the public identifier tells
        (item("NEWS", 1, public="urn:newsml:wire.example:20260314:b4711:1N"), item("NEWS", 2, public="urn:newsml:wire.example:20260314:b4711:2N")),
        # a constant, and nothing else but when it was first created, and its label
        (item("0", 1, label="bridge"), item("0", 2, label="bridge")),
        (item("TX-PAR-NBK16", 1, date="20260314T082000Z"), item("TX-PAR-NBK16", 2, date="20260314T082000Z")),
    ],
)  # fmt: skip
def test_revisions_of_one_item(first: str, second: str) -> None:
    assert len(ids(first, second)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (item("a1"), item("b2")),
        (item("bridge47_001"), item("bridge48_001")),
        (item("bridge47-1", 1), item("bridge47-2", 2)),
        (item("bulletin-1"), item("bulletin-2")),
        (item("NEWS", public="urn:newsml:wire.example:20260314:b4711:1N"), item("NEWS", public="urn:newsml:wire.example:20260314:b4712:1N")),
        (item("NEWS", public="same"), item("NEWS", public="same", first="20260314T090000+0200")),
        (item("wire", label="bridge"), item("wire", label="ferry")),
        (item("20260314082000", label="bridge", this="20260314T082000+0200"), item("20260314082000", label="ferry", this="20260314T082000+0200")),
        (item("Nachricht"), item("Nachricht", first="20260314T093000+0200")),
        (item("TEMPLATE"), item("TEMPLATE", first="20260314T093000+0200")),
        (item("a4711", public="constant"), item("a4712", public="constant")),
        (item("a4711", date="20260314"), item("a4711", date="20260315")),
    ],
)  # fmt: skip
def test_different_items(one: str, other: str) -> None:
    assert len(ids(one, other)) == 2


FIRST, SECOND = "20260314T082000Z", "20260314T092000Z"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("20260314T082000", "20260314T092000"), ("w-1773476400", "w-1773480000"), ("1773476400123", "1773480000456"), ("14032026082000", "14032026092000"),
        ("260314082000", "260314092000"), ("20260314T082000123-x", "20260314T092000456-x"), ("2026-03-14-08-20-00-bridge", "2026-03-14-09-20-00-bridge"),
    ],
)  # fmt: skip
def test_a_time_of_the_revision_however_it_is_written(one: str, two: str) -> None:
    assert len(ids(item(one, 1, first=FIRST, this=FIRST), item(two, 2, first=FIRST, this=SECOND))) == 1


@pytest.mark.parametrize(("one", "two"), [("BRIDGE-L1", "BRIDGE-L2"), ("bridge-take1", "bridge-take2")])
def test_a_lead_or_take_that_is_the_revision(one: str, two: str) -> None:
    assert len(ids(item(one, 1), item(two, 2))) == 1


@pytest.mark.parametrize("constant", ["DOC", "nota", "新闻", "ニュース", "новость", "خبر", "urn:newsml", "item-id"])
def test_a_constant_in_any_language_joins_nothing(constant: str) -> None:
    assert len(ids(item(constant), item(constant, first="20260314T090000+0200", this="20260314T090000+0200"))) == 2
