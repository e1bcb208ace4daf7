"""Embargoes of every kind: read by a rule, withheld or refused, never shown on a guess (docs/events.md)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from pipeline.errors import Reject
from pipeline.ingest.submissions import read_push
from pipeline.settings import Settings
from pipeline.stages.normalize import normalize_article
from schemas.article import Article
from schemas.events import RawArticleEvent
from schemas.patch import ArticlePatch
from tests.support.builders import raw_article, raw_patch
from tests.support.samples import NEWSML, NEWSML_ITEM, events, newsml, ninjs
from tests.unit.test_dates import NULLS


def normalized(**fields: Any) -> Article:
    event = raw_article("mine")
    article = normalize_article(event.model_copy(update={"data": event.data.model_copy(update=fields)})).data
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize(
    ("written", "zone", "utc"),
    [
        ("2026-03-06T06:00:00+01:00", "UTC", "2026-03-06T05:00"),
        ("2026-03-06T06:00:00", "Europe/Berlin", "2026-03-06T05:00"),
        ("2026-03-06T06:00:00", "UTC", "2026-03-06T06:00"),
        ("2026-03-06", "America/New_York", "2026-03-06T05:00"),
        ("20260306T060000Z", "UTC", "2026-03-06T06:00"),
        ("Fri, 06 Mar 2026 06:00:00 +0100", "UTC", "2026-03-06T05:00"),
        ("Fri, 06 Mar 2026 06:00:00 CET", "UTC", "2026-03-06T05:00"),
        ("Fri, 06 Mar 2026 06:00:00 AKST", "UTC", "2026-03-06T15:00"),
        ("6 March 2026, 6 am GMT", "UTC", "2026-03-06T06:00"),
        ("26.03.2026 06:00", "UTC", "2026-03-26T06:00"),
        ("2020-01-01T00:00:00Z", "UTC", "2020-01-01T00:00"),
    ],
)
def test_a_time_is_read_by_its_rule(written: str, zone: str, utc: str) -> None:
    for field in ("embargo_until", "expires"):
        moment = getattr(normalized(**{field: written, "timezone": zone}), field)
        assert moment.utc.replace(tzinfo=None) == datetime.fromisoformat(utc)


def test_a_zone_that_was_assumed_is_told() -> None:
    changes = normalized(embargo_until="2026-03-06T06:00:00", timezone="Europe/Berlin").changes
    assert ("embargo_until", "zone:Europe/Berlin") in {(one.field, one.rule) for one in changes}


@pytest.mark.parametrize(
    "written",
    [
        "Friday", "until Friday", "6 March", "3 January", "Friday 6 March 10:00", "03/04/2026", "6.3.2026", "3 hours ago", "in 3 hours",
        "tomorrow 10:00", "10:00", "March 2026", "2026", "1772776800", "after the match", "TBC", "2026-03-06T06:00:00 Nowhere/Zone", "true",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["embargo_until", "expires"])
def test_what_may_mean_several_moments_is_refused(field: str, written: str) -> None:
    with pytest.raises(Reject, match="bad-date"):
        normalized(**{field: written})
    with pytest.raises(Reject, match="bad-date"):
        normalize_article(raw_patch("mine", at=1, **{field: written}))  # type: ignore[arg-type]


@pytest.mark.parametrize("written", NULLS)
def test_an_embargo_without_an_end_that_can_be_one_withholds(written: str) -> None:
    article = normalized(embargo_until=written)
    assert (article.withheld, article.embargo_until) == (True, None)
    assert ("withheld", "no-embargo-end") in {(one.field, one.rule) for one in article.changes}
    patch = normalize_article(raw_patch("mine", at=1, embargo_until=written)).data
    assert isinstance(patch, ArticlePatch)
    assert patch.set()["withheld"] is True


@pytest.mark.parametrize("written", NULLS)
def test_an_expiry_that_can_be_none_is_none(written: str) -> None:
    article = normalized(expires=written)
    assert (article.expires, article.withheld) == (None, False)


@pytest.mark.parametrize(
    "written", ["0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z", "-0001-11-30T00:00:00+00:00", "16010101T000000Z"]
)
def test_no_wire_shows_a_story_whose_embargo_ends_before_there_was_news(written: str) -> None:
    item = ninjs("1", embargoed=written)
    later = "2099-01-01T00:00:00Z"
    for content in (
        json.dumps(item),
        NEWSML.format(items=newsml("a1", status="Embargoed", more=f'<StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>{written}</DateAndTime></StatusWillChange>')),
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:a"><itemMeta><itemClass qcode="ninat:text"/><embargoed>{written}</embargoed></itemMeta><contentMeta><headline>H</headline></contentMeta></newsItem>',
        f'<nitf><head><docdata management-status="embargoed"><date.release norm="{written}"/></docdata></head><body><body.head><hedline><hl1>H</hl1></hedline></body.head></body></nitf>',
    ):  # fmt: skip
        assert hidden(events(content)), content
    (event,) = events(json.dumps(item | {"embargoed": later, "embargoedUntil": written})).events
    assert event.data.embargo_until == later, "the next one is asked"  # type: ignore[union-attr]
    (event,) = events(json.dumps(item | {"firstcreated": written, "contentcreated": later})).events
    assert event.data.published == later  # type: ignore[union-attr]


def test_a_partial_update_that_says_nothing_of_it_leaves_it() -> None:
    patch = normalize_article(raw_patch("mine", at=1, slug="x")).data
    assert isinstance(patch, ArticlePatch)
    assert "withheld" not in patch.set()


def hidden(read: Any) -> bool:
    """Whether readers don't see it: withheld, embargoed or refused."""
    if read.rejects:
        return True
    (event,) = read.events
    assert isinstance(event, RawArticleEvent)
    try:
        article = normalize_article(event).data
    except Reject:
        return True
    assert isinstance(article, Article)
    return article.withheld or (article.embargo_until is not None and article.embargo_until.utc > event.time)


@pytest.mark.parametrize(
    "more",
    [
        {"embargoed": "2099-01-01T00:00:00Z"}, {"embargoeduntil": "2099-01-01T00:00:00Z"}, {"embargoed": ""}, {"embargoed": True},
        {"embargoed": 4070908800}, {"embargoed": "Friday"}, {"embargoed": {"until": "Friday"}}, {"pubstatus": "embargoed"},
        {"pubstatus": "withheld"}, {"pubstatus": "on hold"}, {"embargo": "2099-01-01T00:00:00Z"}, {"embargoDate": "Friday"},
        {"ednote": "Embargoed until Friday"}, {"headline": "EMBARGOED UNTIL FRIDAY: rates"}, {"usageterms": "Under strict embargo"},
    ],
)  # fmt: skip
def test_ninjs(more: dict[str, Any]) -> None:
    settings = Settings(_env_file=None)
    assert hidden(read_push(json.dumps(ninjs("1", **more)).encode(), None, "wire", None, settings))
    assert not hidden(read_push(json.dumps(ninjs("1", pubstatus="usable")).encode(), None, "wire", None, settings))
    assert not hidden(
        read_push(json.dumps(ninjs("1", embargoed="2020-01-01T00:00:00Z")).encode(), None, "wire", None, settings)
    )


CHANGE = "<StatusWillChange><FutureStatus FormalName='{}'/><DateAndTime>{}</DateAndTime></StatusWillChange>"


@pytest.mark.parametrize(
    ("status", "more"),
    [
        ("Embargoed", ""), ("embargoed", CHANGE.format("Canceled", "20990101T000000Z")), ("Embargoed", CHANGE.format("Usable", "20990101T000000Z")),
        ("Withheld", CHANGE.format("Usable", "20990101T000000Z")), ("Withheld", CHANGE.format("Usable", "Friday")), ("Withheld", ""),
        ("Onhold", ""), ("EMBARGOED", CHANGE.format("Usable", "")),
    ],
)  # fmt: skip
def test_newsml_1(status: str, more: str) -> None:
    assert hidden(events(NEWSML.format(items=NEWSML_ITEM.format(own="1", revision="1", status=status, more=more))))
    assert not hidden(events(NEWSML.format(items=NEWSML_ITEM.format(own="1", revision="1", status="Usable", more=""))))


G2_ITEM = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:a" version="1"><itemMeta><itemClass qcode="ninat:text"/>{}</itemMeta>'
    "<contentMeta><headline>Head</headline></contentMeta><contentSet><inlineXML><html xmlns='http://www.w3.org/1999/xhtml'><body><p>Text.</p></body></html>"
    "</inlineXML></contentSet></newsItem>"
)


@pytest.mark.parametrize(
    "meta",
    [
        "<embargoed/>", "<embargoed>2099-01-01T00:00:00Z</embargoed>", "<embargoed>Friday</embargoed>", '<pubStatus qcode="stat:withheld"/>',
        '<pubStatus qcode="stat:embargoed"/>', "<edNote>Embargoed until Friday</edNote>", '<embargoed/><pubStatus qcode="stat:usable"/>',
    ],
)  # fmt: skip
def test_newsml_g2(meta: str) -> None:
    assert hidden(events(G2_ITEM.format(meta)))
    assert not hidden(events(G2_ITEM.format('<pubStatus qcode="stat:usable"/>')))


NITF = (
    "<nitf><head><docdata{}><doc-id id-string='1'/>{}</docdata></head><body><body.head><hedline><hl1>Head</hl1></hedline></body.head>"
    "<body.content><p>Text.</p></body.content></body></nitf>"
)


@pytest.mark.parametrize(
    ("status", "dates"),
    [
        ("embargoed", ""), ("Embargoed", ""), ("embargoed", "<date.issue norm='20260301T000000Z'/><date.release norm='20990101T000000Z'/>"),
        ("EMBARGOED", "<date.issue norm='20990101T000000Z'/><date.release norm='20990101T000000Z'/>"), ("withheld", ""),
        ("usable", "<date.issue norm='20260301T000000Z'/><date.release norm='20990101T000000Z'/>"), ("usable", "<date.release norm='Friday'/>"),
        ("usable", "<ed-msg info='Embargoed until Friday'/>"),
    ],
)  # fmt: skip
def test_nitf(status: str, dates: str) -> None:
    assert hidden(events(NITF.format(f" management-status='{status}'", dates)))
    assert not hidden(events(NITF.format(" management-status='usable'", "<date.issue norm='20260301T000000Z'/>")))


def test_a_scheduled_post_without_a_date_is_withheld() -> None:
    post = (
        '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        "<wp:wxr_version>1.2</wp:wxr_version><item><title>Head</title><link>https://w.example/1</link><content:encoded>Text.</content:encoded>"
        "<wp:post_id>1</wp:post_id><wp:status>{}</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>"
    )
    assert hidden(events(post.format("future")))
    assert not hidden(events(post.format("publish")))
