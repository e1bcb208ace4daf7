"""Kinds of pages that sites have: comments of systems that no one knows, names in several scripts, hidden text, briefs."""

from __future__ import annotations

import json
from typing import Any

import lxml.html
import pytest
from trafilatura.settings import DEFAULT_CONFIG

from pipeline.formats import comment_lines, html_page, page_times
from pipeline.formats.items import Item, Story
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.operations.preview import preview_item
from pipeline.settings import Settings
from pipeline.stages.normalize.bylines import authors
from tests.unit.formats.test_page_comments import comments_of
from tests.unit.formats.test_page_parts import TEXT, read

URL = "https://echo.example/news/2026/05/bridge"
HEADING = "<h1>Swing bridge closes for the summer</h1>"
WORDS = ("Good that it is done at last.", "Too late, I think, by years.", "Will the ferry cost anything?")


def story(top: str = "", head: str = "", after: str = "") -> Story:
    return read(f"<article>{HEADING}{top}{TEXT}</article>{after}", head, URL)


def declared(**more: Any) -> str:
    article = {"@type": "NewsArticle", "headline": "Swing bridge closes for the summer", "url": URL} | more
    return f"<script type='application/ld+json'>{json.dumps(article)}</script>"


def _rows(one: str, *values: tuple[str, ...]) -> str:
    return "".join(one.format(*row, n=n) for n, row in enumerate(values, 1))


AREAS = {
    "buttons in a row": ("<div class='leserstimmen'>" + _rows("<div class='ls'><div>{0} schrieb am 0{n}.05.2026 um 10:2{n} Uhr</div><div>{1}</div><div><a>antworten</a> <a>melden</a> <a href='#'>#{n}</a></div></div>", ("Karl-Heinz B.", "Die Brücke ist marode."), ("Moni", "Da stimme ich zu.")) + "</div>",
        [("Karl-Heinz B.", "01.05.2026 um 10:21 Uhr", "Die Brücke ist marode."), ("Moni", "02.05.2026 um 10:22 Uhr", "Da stimme ich zu.")]),
    "buttons without space": ("<section class='sc-1'>" + _rows("<div class='sc-2'><div class='sc-3'><a href='/u'>{0}</a><span>{n} hours ago</span></div><div class='sc-4'><p>{1}</p></div><div><button>Like (3)</button><button>Reply</button></div></div>", ("rosa.m", WORDS[0]), ("gus", WORDS[1]), ("kim", WORDS[2])) + "</section>",
        [("rosa.m", "1 hours ago", WORDS[0]), ("gus", "2 hours ago", WORDS[1]), ("kim", "3 hours ago", WORDS[2])]),
    "few characters": ("<div class='pl'>" + _rows("<div class='pl-item'><span>{0}</span><span>{n}小时前</span><div>{1}</div><span>回复</span><span>赞(3)</span></div>", ("海边的风", "这座桥早就该修了"), ("网友8823", "那我们怎么去上班呢")) + "</div>",
        [("海边的风", "1小时前", "这座桥早就该修了"), ("网友8823", "2小时前", "那我们怎么去上班呢")]),
    "date that ends in a point": ("<div class='reply_area'>" + _rows("<li><div>{0}</div><div>2026.05.0{n}. 10:2{n}</div><div>{1}</div><a>답글</a><a>신고</a></li>", ("바다", "다리가 너무 오래됐어요"), ("하늘이", "출근은 어떻게 하라는 건가요")) + "</div>",
        [("바다", "2026.05.01. 10:21", "다리가 너무 오래됐어요"), ("하늘이", "2026.05.02. 10:22", "출근은 어떻게 하라는 건가요")]),
    "opinions that are answered": ("<ul class='opinie'>" + _rows("<li class='opinia'><p><b>{0}</b> | 0{n}.05.2026 10:2{n}</p><p>{1}</p><p><a>Odpowiedz</a> <a>Zgłoś</a></p></li>", ("Jan K.", "Dobrze, że wreszcie zamykają most."), ("gość", "A jak mamy dojechać do pracy?")) + "</ul>",
        [("Jan K.", "01.05.2026 10:21", "Dobrze, że wreszcie zamykają most."), ("gość", "02.05.2026 10:22", "A jak mamy dojechać do pracy?")]),
    "lists of terms": ("<dl id='comments-block'>" + _rows("<dt class='comment-author' id='c{n}'><a href='x'>{0}</a> said...</dt><dd class='comment-body'><p>{1}</p></dd><dd class='comment-footer'><span><a href='#c{n}'>May {n}, 2026 at 10:2{n} AM</a></span></dd>", ("Rosa", WORDS[0]), ("Gus", WORDS[1])) + "</dl>",
        [("Rosa", "May 1, 2026 at 10:21 AM", WORDS[0]), ("Gus", "May 2, 2026 at 10:22 AM", WORDS[1])]),
    "custom elements": ("<story-comments><h3>Comments</h3>" + _rows("<comment-item><span class='nm'>{0}</span><time datetime='2026-05-0{n}T10:00Z'>{n} May</time><div>{1}</div></comment-item>", ("Rosa M.", WORDS[0]), ("Gus", WORDS[1])) + "</story-comments>",
        [("Rosa M.", "2026-05-01T10:00Z", WORDS[0]), ("Gus", "2026-05-02T10:00Z", WORDS[1])]),
    "times in titles": ("<div class='discourse-embed'>" + _rows("<article class='post'><header><a class='author' href='/u'>{0}</a> <a title='2026-05-0{n} 10:01'>{n}d</a></header><div class='cooked'><p>{1}</p></div></article>", ("rosa", WORDS[0]), ("gus", WORDS[1])) + "</div>",
        [("rosa", "2026-05-01 10:01", WORDS[0]), ("gus", "2026-05-02 10:01", WORDS[1])]),
    "only one": ("<section id='reactions'><h3>1 réaction</h3><div class='react'><span>Gérard</span><span>le 03/05/2026 à 10h22</span><p>Enfin une bonne décision.</p><a>Signaler un abus</a></div></section>",
        [("Gérard", "03/05/2026 à 10h22", "Enfin une bonne décision.")]),
}  # fmt: skip


@pytest.mark.parametrize("kind", AREAS)
def test_comments_of_a_system_that_is_known_by_its_structure_only(kind: str) -> None:
    area, expected = AREAS[kind]
    assert [(one.author, one.posted, one.text) for one in comments_of(area)] == expected


def test_a_block_with_a_time_and_no_button_beside_the_story_is_no_single_comment() -> None:
    area = "<section class='discussion'><div class='card'><b>Ann Lee</b> <span>3 May 2026</span><p>The mayor speaks on Monday, in the town hall.</p></div></section>"
    assert comments_of(area) == []


@pytest.mark.parametrize(
    ("line", "label"),
    [("Like (3) Reply Report", True), ("回复 赞(3)", True), ("antworten melden #1", True), ("Best reply ever", False), ("I like to report it", False)],
)  # fmt: skip
def test_a_row_of_buttons(line: str, label: bool) -> None:
    assert comment_lines.is_label(line) is label


def test_a_comments_parent_is_kept_where_no_comment_has_an_id() -> None:
    one = "<li><div><span>{}</span> · <span>{} mai 2026 à 10:22</span></div><div>{}</div><a>Répondre</a>{}</li>"
    inner = f"<ul>{one.format('Lucie', 4, 'Pas pour les commerçants, hélas.', '')}</ul>"
    area = f"<div class='avis'><h2>Vos réactions</h2><ul>{one.format('Gérard', 3, 'Enfin une bonne décision.', inner)}{one.format('Momo', 5, 'Et le bac, il coûtera combien ?', '')}</ul></div>"
    page = f"<html lang='fr'><title>Bridge</title><body><article>{HEADING}{TEXT}</article>{area}</body></html>"
    settings = Settings(_env_file=None)
    rows = list(preview_item(read_item(Item(page.encode(), "page", "text/html", URL), Hints(), settings), settings))
    first, answer, last = (row["normalized"] for row in rows if row["kind"] == "comment")
    assert [answer.get("parent_id"), last.get("parent_id")] == [first["comment_id"], None]


def test_an_anchor_before_a_comment_is_its_id() -> None:
    one = "<a id='comment-{n}'></a><article class='comment js-comment'><p class='comment__author'>{who} (not verified)</p><p>Sun, 05/03/2026 - 1{n}:22</p><div class='comment__content'>The words of {who}.</div></article>"
    area = f"<section id='comments'>{one.format(n=1, who='Rosa')}<div class='indented'>{one.format(n=2, who='Gus')}</div></section>"
    assert [(one.author, one.own_id, one.parent) for one in comments_of(area)] == [
        ("Rosa", "comment-1", None), ("Gus", "comment-2", "comment-1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ({"author": {"@type": "Person", "name": ["Ann Lee", "Tom Gruber"]}}, "Ann Lee, Tom Gruber"),
        ({"creator": ["Ann Lee"]}, "Ann Lee"),
        ({"author": {"@type": "NewsMediaOrganization", "name": "Echo News Desk"}}, "Kim Ode"),
        ({"author": {"@type": "Organization", "name": "dpa"}}, "dpa"),
    ],
)
def test_declared_authors(author: dict[str, Any], byline: str) -> None:
    head = declared(**author, publisher={"name": "The Echo"}) + "<meta name='author' content='Kim Ode'>"
    assert story(head=head).byline == byline


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ("<p class='author'>文・山田太郎</p>", ["山田太郎"]),
        ("<div class='author-name'>山田 太郎記者</div>", ["山田 太郎"]),
        ("<p class='byline'>김민수 기자</p>", ["김민수"]),
        ("<div class='author'>بقلم: ليلى حداد</div>", ["ليلى حداد"]),
        ("<p>Του Γιώργου Παπαδόπουλου</p>", ["Γιώργου Παπαδόπουλου"]),
        ("<div class='info'>2026-05-03 10:22 来源：港口日报 记者 王小明</div>", ["王小明"]),
        ("<span class='auteur'>Jean Dupont avec AFP</span>", ["Jean Dupont"]),
    ],
)
def test_names_that_are_shown(shown: str, names: list[str]) -> None:
    assert [one.name for one in authors(story(shown).byline)] == names


def test_initials_part_no_names() -> None:
    assert [one.name for one in authors("John I. Smith, Ana E. Sousa e Rui Melo")] == ["John I. Smith", "Ana E. Sousa", "Rui Melo"]  # fmt: skip


@pytest.mark.parametrize(
    "hidden",
    [
        "<template><p>{}</p></template>", "<p class='sr-only'>{}</p>", "<p class='visually-hidden'>{}</p>", "<div class='d-none'><p>{}</p></div>",
        "<p style='position:absolute; left:-9999px'>{}</p>",
    ],
)  # fmt: skip
def test_what_is_there_for_machines_only_is_not_read(hidden: str) -> None:
    words = "The audio version of this story was read by a machine, for all who can't see it."
    assert len(read(f"<article>{HEADING}{TEXT}{hidden.format(words)}</article>").paragraphs) == 3
    shown = read(f"<article>{HEADING}{TEXT}<p class='d-none d-md-block'>{words}</p></article>")
    assert len(shown.paragraphs) == 4, "it is shown where there is room"


def test_a_heading_for_screen_readers_is_the_headline() -> None:
    page = read(f"<article>{HEADING.replace('<h1', '<h1 class=sr-only')}{TEXT}</article>")
    assert page.headline == "Swing bridge closes for the summer"


@pytest.mark.parametrize("logo", ["<h1 class='logo'>{}</h1>", "<h1><a href='https://paper.example/'>{}</a></h1>"])
def test_the_sites_name_as_the_pages_only_first_heading_is_no_headline(logo: str) -> None:
    page = f"<html><head><title>Swing bridge closes for good - Evening Echo</title></head><body>{logo.format('Evening Echo')}<main><h2>Swing bridge closes for good</h2>{TEXT}</main></body></html>"
    assert html_page.read(Item(page.encode(), "page")).headline == "Swing bridge closes for good"


def test_no_time_of_an_article_that_the_page_only_lists() -> None:
    other = {"@type": "NewsArticle", "headline": "Herring catch", "datePublished": "2026-04-01T10:00:00Z"}
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": other}]}
    assert story(head=f"<script type='application/ld+json'>{json.dumps(listed)}</script>").published is None


def test_the_time_of_a_page_that_declares_no_article() -> None:
    page = {"@type": "WebPage", "url": URL, "datePublished": "2026-05-03T10:00:00+02:00"}
    found = story(head=f"<script type='application/ld+json'>{json.dumps(page)}</script>")
    assert found.published == "2026-05-03T10:00:00+02:00"


def test_a_year_of_copyright_is_no_day() -> None:
    assert story(after="<footer>Copyright The Echo 2026</footer>").published is None
    for markup in ("<p>1 January 2026</p>", "<p><a href='/2026/01/01/bridge'>Bridge</a></p>"):
        tree = lxml.html.document_fromstring(markup)
        assert page_times.shown(tree, "2026-01-01", markup, None) == "2026-01-01"


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ("<p>3 May 2026, 10:22</p>", "3 May 2026, 10:22"), ("<time datetime='2026-05-03T10:22+02:00'>3 May</time>", "2026-05-03T10:22+02:00"),
        ("<p>Updated 4 May 2026, 09:00</p>", "2026-05-03"), ("<p>3 May 2026, 10:22 (GMT+7)</p>", "3 May 2026, 10:22 GMT+7"), ("", "2026-05-03"),
    ],
)  # fmt: skip
def test_the_time_of_a_day_that_was_found(lines: str, shown: str) -> None:
    tree = lxml.html.document_fromstring(f"<html><body>{HEADING}{lines}{TEXT}</body></html>")
    assert page_times.shown(tree, "2026-05-03", "", "en") == shown


@pytest.mark.parametrize(
    ("lang", "headline", "rows"),
    [
        ("en", "Swing bridge closes", ["The council voted on Tuesday to close the old swing bridge until the autumn, the mayor said."]),
        ("ja", "旋回橋、夏の間閉鎖へ", ["港町の議会は火曜日、老朽化した旋回橋を秋まで修理のために閉鎖することを決議した。", "修理費は三億円に上る見込みだという。"]),
        ("zh", "旧桥封闭维修", ["市议会周二投票决定关闭旧旋转桥进行维修，工程将持续到秋天。", "工程师在年度检查中发现四个轴承中有两个出现裂缝。"]),
    ],
)  # fmt: skip
def test_a_news_in_brief_is_no_more_than_its_text(lang: str, headline: str, rows: list[str]) -> None:
    text = "".join(f"<p>{row}</p>" for row in rows)
    page = f"<html lang='{lang}'><head><meta charset='utf-8'><title>{headline}</title></head><body><nav><a href='/'>Home</a></nav><article><h1>{headline}</h1><p class='byline'>By Ann Lee</p>{text}</article></body></html>"
    assert html_page.read(Item(page.encode(), "page")).paragraphs == rows


def test_the_extractors_own_configuration_stays() -> None:
    assert DEFAULT_CONFIG["DEFAULT"]["MIN_EXTRACTED_SIZE"] == "250"


def test_a_page_without_a_doctype_behind_a_warning() -> None:
    page = f"Deprecated: Function x() is deprecated in /srv/a.php on line 9\n<head><title>Bridge closes</title></head><body>{HEADING}{TEXT}</body>"
    assert html_page.recognises(Item(page.encode(), "page"))
    assert len(html_page.read(Item(page.encode(), "page")).paragraphs) == 3


def test_spaces_of_another_kind_between_the_parts_of_json() -> None:
    head = declared(datePublished="2026-05-03T10:00:00+02:00").replace('", "', '",\u00a0"').replace("{", "{\u00a0")
    assert story(head=head).published == "2026-05-03T10:00:00+02:00"


def test_a_type_without_its_sign() -> None:
    head = declared(datePublished="Thu, 08 May 2014 14:04:53 -0400").replace("@type", "type")
    assert story(head=head).published == "Thu, 08 May 2014 14:04:53 -0400"
