"""Comments of pages: whose each is, when it was written, what it answers, and what is none."""

from __future__ import annotations

import pytest

from pipeline.formats import comment_lines
from pipeline.formats.items import StoryComment
from tests.unit.formats.test_page_parts import TEXT, read


def comments_of(area: str) -> list[StoryComment]:
    story = read(f"<article><h1>Swing bridge closes for the summer</h1>{TEXT}</article>{area}")
    assert len(story.paragraphs) == 3, story.paragraphs
    return story.comments


@pytest.mark.parametrize(
    ("line", "name", "moment"),
    [
        ("Gaye August 8, 2018 at 3:17 pm", "Gaye", "August 8, 2018 at 3:17 pm"),
        ("Jamie Cassidy on November 15, 2018 at 10:12 am", "Jamie Cassidy", "November 15, 2018 at 10:12 am"),
        ("Kommentar von Margit Heumann — 2019-01-01 @ 00:39", "Margit Heumann", "2019-01-01 @ 00:39"),
        ("Posted by Anna K. on 3 May 2026 | Reply | Report", "Anna K.", "3 May 2026"),
        ("Peter Smith says: March 3, 2020 at 5:11 pm", "Peter Smith", "March 3, 2020 at 5:11 pm"),
        ("Jean D. il y a 3 heures", "Jean D.", "il y a 3 heures"),
        ("Gérard le 12/05/2026 à 10:22 Répondre", "Gérard", "12/05/2026 à 10:22"),
        ("Ольга 12 мая 2026, 10:22 Ответить", "Ольга", "12 мая 2026, 10:22"),
        ("山田 2026年5月12日 10:22 返信", "山田", "2026年5月12日 10:22"),
        ("Karl sagt:", "Karl", None),
        ("vor 2 Stunden", None, "vor 2 Stunden"),
        ("Reply", None, None),
        ("https://example.org/page", None, None),
    ],
)
def test_a_line_about_a_comment(line: str, name: str | None, moment: str | None) -> None:
    assert (comment_lines.name(line), comment_lines.moment(line)) == (name, moment)
    if moment:
        assert comment_lines.about_only(line, name), "nothing of it is the comment's text"


@pytest.mark.parametrize(
    "line", ["Thanks!", "I agree, see you on 3 May 2026 at the bridge.", "Bayern München gewinnt", "Nobody answered."]
)
def test_a_comments_text_is_no_line_about_it(line: str) -> None:
    assert not comment_lines.about_only(line, "Rosa M.")


def _gone() -> tuple[tuple[str, bool], ...]:
    yes = (
        "[deleted]", "This comment has been removed by a moderator.", "Comment deleted", "Dieser Kommentar wurde von der Redaktion entfernt.",
        "Ce commentaire a été supprimé.", "Этот комментарий удалён.", "Комментарий удалён модератором", "このコメントは削除されました。", "该评论已被删除",
    )  # fmt: skip
    no = (
        "This post was removed from the river bed in 1963, as my father told me.",
        "They removed the old sign.",
        "Deleted scenes are the best of it.",
    )
    return (*((text, True) for text in yes), *((text, False) for text in no))


@pytest.mark.parametrize(("text", "gone"), _gone())
def test_what_stands_in_the_place_of_a_comment(text: str, gone: bool) -> None:
    assert comment_lines.is_removed(text) is gone


def _flat(*rows: tuple[str, int]) -> str:
    return "<section class='comments'>" + "".join(
        f"<div class='comment level-{depth}' id='c{n}'><b class='user'>{who}</b> <time datetime='2026-05-2{n}T10:00:00Z'>then</time>"
        f"<p class='text'>What {who} thinks of the bridge.</p><a href='#c{n}'>Permalink</a></div>"
        for n, (who, depth) in enumerate(rows)
    ) + "</section>"  # fmt: skip


def test_answers_of_a_flat_list_are_known_by_their_depth() -> None:
    found = comments_of(_flat(("Rosa", 1), ("Gus", 2), ("Kim", 3), ("Pia", 2), ("Ole", 1)))
    assert [(one.author, one.own_id, one.parent) for one in found] == [
        ("Rosa", "c0", None), ("Gus", "c1", "c0"), ("Kim", "c2", "c1"), ("Pia", "c3", "c0"), ("Ole", "c4", None),
    ]  # fmt: skip
    assert [one.text for one in found][:2] == ["What Rosa thinks of the bridge.", "What Gus thinks of the bridge."]


def test_answers_that_stand_in_a_list_behind_the_comment_or_name_it() -> None:
    one = "<div class='comment' id='comment-{n}' {more}><span class='author'>{who}</span> <span class='date'>3 May 2026, 10:0{n}</span><p>Text number {n} of the comments.</p></div>"
    area = (
        "<div id='comments'>" + one.format(n=1, who="Rosa", more="")
        + "<div class='indented'>" + one.format(n=2, who="Gus", more="") + "</div>"
        + one.format(n=3, who="Kim", more="data-parent-id='2'") + "</div>"
    )  # fmt: skip
    assert [(c.author, c.posted, c.parent) for c in comments_of(area)] == [
        ("Rosa", "3 May 2026, 10:01", None), ("Gus", "3 May 2026, 10:02", "comment-1"), ("Kim", "3 May 2026, 10:03", "comment-2"),
    ]  # fmt: skip


def test_a_comment_whose_person_and_time_stand_before_it_in_a_list_of_terms() -> None:
    area = "<dl id='comment_list'>" + "".join(
        f"<dt class='comment' id='comment-{n}'><span class='comment_author'>{who}</span> <a href='#'>June {n}, 2026 at 10:25 pm</a></dt>"
        f"<dd class='comment'><div class='format_text'><p>The words of {who}.</p></div></dd>"
        for n, who in enumerate(("Armanox", "Leo"), 1)
    )  # fmt: skip
    assert [(c.author, c.posted, c.own_id, c.text) for c in comments_of(area + "</dl>")] == [
        ("Armanox", "June 1, 2026 at 10:25 pm", "comment-1", "The words of Armanox."),
        ("Leo", "June 2, 2026 at 10:25 pm", "comment-2", "The words of Leo."),
    ]


@pytest.mark.parametrize(
    "area",
    [
        "".join(f"<li class='card'><time>3 May 2026</time> <b>Ann Lee</b><h3><a href='/{n}'>Herring catch is the best in years</a></h3><p>What fishermen say of it, and why.</p></li>" for n in range(4)),
        "".join(f"<div class='t'><span>Ann Lee{n}</span> <span>3 May 2026</span><div><a href='/{n}'>Herring catch is the best in years</a></div><p>What fishermen say about the catch, in short, and why they do.</p></div>" for n in range(4)),
        "".join(f"<blockquote class='twitter-tweet'><p>Bridge closed, says the mayor of the town.</p>Ann Lee{n} (@ann) <a href='https://twitter.com/a'>May {n + 1}, 2026</a></blockquote>" for n in range(3)),
        "<div class='comment'><a href='#'>Load comments</a></div>",
    ],
    ids=["teasers", "teasers without headings", "posts of elsewhere", "a button"],
)  # fmt: skip
def test_what_looks_like_comments_and_is_none(area: str) -> None:
    story = read(f"<article><h1>Swing bridge closes for the summer</h1>{TEXT}</article><section>{area}</section>")
    assert story.comments == []


@pytest.mark.parametrize(
    "label", ["Link to this comment", "#", "Permalink to this post", "Direktlink", "Lien vers ce commentaire", "Enlace a este comentario", "Ссылка на комментарий", "コメントへのリンク"]
)  # fmt: skip
def test_a_permanent_links_label_is_no_text(label: str) -> None:
    found = comments_of(
        f"<div id='comments'><div class='comment' id='c1'><a href='#c1'>{label}</a><cite>Ann</cite><time>April 5, 2024 10:00</time><p>First text of hers.</p></div>"
        f"<div class='comment' id='c2'><a href='#c2'>{label}</a><cite>Bo</cite><time>April 5, 2024 11:00</time><p>Second text of his.</p></div></div>"
    )
    assert [(one.author, one.text) for one in found] == [("Ann", "First text of hers."), ("Bo", "Second text of his.")]


def test_boxes_of_answers_side_by_side_answer_what_stands_before_them() -> None:
    def comment(name: str, text: str) -> str:
        return f"<div class='comment'><b class='author'>{name}</b><time datetime='2024-04-05T10:00:00Z'></time><p>{text}</p></div>"

    boxes = "".join(
        f"<div class='reply'>{comment(name, text)}</div>"
        for name, text in (("Bo", "Second text of his."), ("Cy", "Third text of theirs."))
    )
    found = comments_of(f"<div id='comments'>{comment('Ann', 'First text of hers.')}{boxes}</div>")
    assert [(one.author, one.answers.author if one.answers else None) for one in found] == [
        ("Ann", None),
        ("Bo", "Ann"),
        ("Cy", "Ann"),
    ]
