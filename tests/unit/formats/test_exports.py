"""Exports of sites and of comment systems: what is shown, what is removed, what is left out and said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.formats.items import State
from pipeline.ingest.intake import Read
from schemas.article import ReceivedArticle
from schemas.comment import CommentNotice, ReceivedComment
from schemas.events import RawArticleEvent
from tests.support.samples import events, refusal, stories, story

WXR = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Blatt</title>{}</channel></rss>"""


def post(
    *more: str,
    title: str = "Die Fähre",
    text: str = "Sie fährt.",
    status: str = "publish",
    kind: str = "post",
    own: int = 1,
) -> str:
    return (
        f"<item><title>{title}</title><link>https://b.example/{own}</link><guid>https://b.example/?p={own}</guid><content:encoded><![CDATA[{text}]]></content:encoded>"
        f"<wp:post_id>{own}</wp:post_id><wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{''.join(more)}</item>"
    )


def comment(own: str, approved: str = "1", text: str = "Ja.", **more: str) -> str:
    fields = {
        "id": own,
        "author": "Bo",
        "date_gmt": "2026-03-14 09:00:00",
        "content": text,
        "approved": approved,
        **more,
    }
    inside = "".join(f"<wp:comment_{name}><![CDATA[{value}]]></wp:comment_{name}>" for name, value in fields.items())
    return f"<wp:comment>{inside}</wp:comment>"


def wxr(*items: str) -> str:
    return WXR.format("".join(items))


def kinds(read: Read) -> list[str]:
    return [event.data.kind for event in read.events]


def own(name: str | None) -> str | None:
    """The site's id of a comment in its name."""
    return name.removeprefix("id\n") if name else None


def removed(read: Any) -> list[str | None]:
    return [own(event.data.name) for event in read.events if event.data.kind == "comment-removal"]


# Times and what must not be shown


@pytest.mark.parametrize(
    ("times", "published"),
    [
        ("<wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt><wp:post_date>2009-02-01 11:30:00</wp:post_date><pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>", "2009-02-01 11:30:00"),
        ("<wp:post_date_gmt>-0001-11-30 00:00:00</wp:post_date_gmt><wp:post_date>2009-02-01 11:30:00</wp:post_date><pubDate>Fri, 01 Jan 2010 00:00:00 +0000</pubDate>", "2009-02-01 11:30:00"),
        ("<wp:post_date>0000-00-00 00:00:00</wp:post_date><pubDate>Fri, 01 Jan 2010 00:00:00 +0000</pubDate>", "Fri, 01 Jan 2010 00:00:00 +0000"),
        ("<wp:post_date_gmt>2026-03-14 08:00:00</wp:post_date_gmt><wp:post_date>2026-03-14 09:00:00</wp:post_date>", "2026-03-14T08:00:00Z"),
        ("<wp:post_date_gmt>0001-01-01 00:00:00</wp:post_date_gmt><pubDate/>", None),
    ],
)  # fmt: skip
def test_a_post_has_the_first_of_its_times_that_is_one(times: str, published: str | None) -> None:
    assert story(wxr(post(times))).published == published
    scheduled = story(wxr(post(times, status="future")))
    assert (scheduled.state, scheduled.embargo_until) == (State.EMBARGOED, published)
    (event,) = events(wxr(post(times, status="future"))).events
    assert isinstance(event.data, ReceivedArticle)
    assert event.data.withheld == (published is None), "one without a readable time is withheld"


def test_a_post_with_a_password_is_withheld() -> None:
    (event,) = events(wxr(post("<wp:post_password>geheim</wp:post_password>"))).events
    assert isinstance(event.data, ReceivedArticle)
    assert event.data.withheld
    assert story(wxr(post("<wp:post_password></wp:post_password>"))).state is State.USABLE


def test_what_wordpress_deleted_is_removed_and_what_editors_note_is_not_shown() -> None:
    read = events(
        wxr(
            post(
                comment("1"), comment("2", "trash", ""), comment("3", "post-trashed"), comment("4", "spam"), comment("5", "0"),
                comment("6", type="note"), comment("7", type="pingback"), comment("8", type="webmention"), comment("9", "1", ""),
            )
        )
    )  # fmt: skip
    assert removed(read) == ["2", "3"]
    decisions = [
        event.data.decision for event in read.events if isinstance(event.data, CommentNotice) and event.data.decision
    ]
    assert decisions == ["rejected", "held", "held"]
    assert [own(event.data.name) for event in read.events if isinstance(event.data, ReceivedComment)] == [
        "1",
        "4",
        "5",
        "8",
    ]
    assert [str(reject) for reject in read.rejects] == ["no-text: item 1: comment 9 has no text"]


def test_disqus_removes_what_was_deleted_alone_or_with_its_thread() -> None:
    def disqus_post(own: str, thread: str, more: str = "", text: str = "Oui.") -> str:
        return f'<post dsq:id="{own}"><message>{text}</message><createdAt>2026-03-14T09:00:00Z</createdAt>{more}<author><name>Zoé</name></author><thread dsq:id="{thread}"/></post>'

    head = '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'
    threads = '<thread dsq:id="1"><link>https://a.example/1</link><isDeleted>false</isDeleted></thread><thread dsq:id="2"><link>https://a.example/2</link><isDeleted>true</isDeleted></thread>'
    posts = [
        disqus_post("11", "1"), disqus_post("12", "1", "<isDeleted>true</isDeleted>", ""), disqus_post("21", "2"), disqus_post("22", "2", "<isSpam>true</isSpam>"),
        disqus_post("13", "1", text=""), "<post dsq:id='14'><message>Où ?</message></post>", disqus_post("15", "1", "<isApproved>false</isApproved>"),
    ]  # fmt: skip
    read = events(head + threads + "".join(posts) + "</disqus>")
    assert sorted(map(str, removed(read))) == ["12", "21", "22"]
    assert [reject.reason for reject in read.rejects] == ["no-text", "no-id"]
    assert [own(event.data.name) for event in read.events if isinstance(event.data, ReceivedComment)] == ["11", "15"]
    assert refusal(head + threads + "</disqus>").reason == "no-story"


def test_our_own_json_removes_what_is_deleted() -> None:
    read = events(json.dumps({"article": {"id": "a"}, "comments": [{"id": "1", "text": None, "deleted": True}]}))
    assert removed(read) == ["1"]


# Words


def test_captions_belong_to_their_pictures_in_every_way_of_writing_them() -> None:
    written = [
        '[caption id="a" width="6"]<img src="/a.jpg" /> Die [alte] Brücke.[/caption]',
        '<!-- wp:image {"id":1} --><figure class="wp-block-image"><img src="https://b.example/b.jpg" alt=""/><figcaption class="wp-element-caption">Am <em>Montag</em>.</figcaption></figure><!-- /wp:image -->',
        '<div class="wp-caption"><img src="https://b.example/c.jpg"><p class="wp-caption-text">Abends.</p></div>',
        '<figure class="wp-block-gallery"><figure class="wp-block-image"><img src="https://b.example/d.jpg"/><figcaption>Im Hafen</figcaption></figure><figcaption class="blocks-gallery-caption">Bilder</figcaption></figure>',
        '<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">https://v.example/1</div><figcaption>Ein Film</figcaption></figure>',
        "<figure><blockquote><p>Mut!</p></blockquote><figcaption>Heine</figcaption></figure>",
    ]
    found = story(wxr(post(text="Erster Satz [sic].\n\n" + "\n\n".join(written) + "\n\nLetzter Satz.")))
    assert found.paragraphs == ["Erster Satz [sic].", "Mut!", "Heine", "Letzter Satz."]
    assert [(one.url, one.caption) for one in found.pictures] == [
        ("https://b.example/a.jpg", "Die [alte] Brücke."), ("https://b.example/b.jpg", "Am Montag."), ("https://b.example/c.jpg", "Abends."),
        ("https://b.example/d.jpg", "Im Hafen"),
    ]  # fmt: skip
    assert found.body_html is not None
    assert "<figcaption>Die [alte] Brücke.</figcaption>" in found.body_html


# Nothing lost in silence


def test_posts_of_other_types_and_without_a_title_are_stories() -> None:
    found = stories(
        wxr(
            post(kind="news"), post(kind="artículo", title=""), post(title="", text="Erste Worte der Meldung."),
            post("<wp:post_name>ein-bild-vom-tage</wp:post_name>", title="", text=""),
        )
    )  # fmt: skip
    assert [one.headline for one in found] == [
        "Die Fähre",
        "Sie fährt.",
        "Erste Worte der Meldung.",
        "Ein bild vom tage",
    ]


def test_what_is_left_out_is_said_in_one_line() -> None:
    read = events(
        wxr(
            post(), post(status="draft"), post(status="draft"), post(status="private", kind="page"), post(kind="nav_menu_item"), post(kind="acf-field"),
            post(kind="attachment"), post(kind="rezept", title="", text=""),
        )
    )  # fmt: skip
    assert kinds(read) == ["article"]
    assert read.left_out == (
        "1 acf-field, 2 draft post (not published), 1 nav_menu_item, 1 private page (not published)",
    )
    assert [str(reject) for reject in read.rejects] == [
        "left-out: left out, as they have neither a title nor a text: 1 rezept"
    ]


@pytest.mark.parametrize(
    ("items", "words"),
    [([], "nothing"), ([post(status="draft")], "1 draft post"), ([post(kind="nav_menu_item")], "1 nav_menu_item")],
)
def test_an_export_without_a_published_post_says_what_it_has(items: list[str], words: str) -> None:
    reject = refusal(wxr(*items))
    assert reject.reason == "no-story"
    assert words in reject.detail


def test_comments_of_a_refused_or_unpublished_post_are_not_lost() -> None:
    nothing = post(comment("1"), title="", text="")
    read = events(wxr(nothing, post(comment("2"), status="private", own=2), post(own=3)))
    assert kinds(read) == ["comment", "comment", "article"]
    assert [reject.reason for reject in read.rejects] == ["no-headline"]
    too_long = post("<category>" + "x" * 5000 + "</category>", comment("4"), own=4)
    read = events(wxr(too_long))
    assert (kinds(read), [reject.reason for reject in read.rejects]) == (["comment"], ["invalid"]), (
        "nor of one that the contract can't hold"
    )


def test_an_export_that_is_cut_off_gives_what_is_whole() -> None:
    whole = wxr(post(own=1), post(own=2, text="Ein </item> im Text."), post(comment("1"), own=3))
    for cut, number in (
        (whole[:-60], 2),
        (whole[: whole.index("Ein <") + 9], 1),
        (whole[: whole.index("<wp:post_id>1")], 0),
    ):
        read = events(cut)
        assert len(read.events) == number, cut[-80:]
        assert [reject.reason for reject in read.rejects] == ["truncated"]
    inside = wxr(post(own=1, text="Ein </item> im Text."))
    assert refusal(inside[: inside.index(" im Text")]).reason == "truncated"
    assert isinstance(events(whole).events[0], RawArticleEvent)


def test_posts_of_wordpress_without_link_and_guid_are_not_one_by_their_title() -> None:
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>K</title><link>https://kueste.example/</link>'
    post = "<item><title>Wetter</title><link>{link}</link><guid/><content:encoded>{words}</content:encoded><wp:post_id>{number}</wp:post_id><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>"
    posts = [post.format(link="", words="Sonne am Montag.", number=3), post.format(link="", words="Regen am Dienstag.", number=4), post.format(link="https://kueste.example", words="Wind.", number=5)]  # fmt: skip
    read = events(head + "".join(posts) + "</channel></rss>")
    assert len({event.data.article_id for event in read.events}) == 3
    assert [one.guid for one in read.stories][:2] == ["https://kueste.example/?p=3", "https://kueste.example/?p=4"]
