"""Square brackets in posts: an editor's words stay, shortcodes go."""

from __future__ import annotations

import pytest

from pipeline.formats.shortcodes import without_shortcodes


@pytest.mark.parametrize(
    "text",
    [
        "If they [the engineers] say so, [they] should write to [me].", "We was [sic] never asked.", "[…] and so on [...]", "He [Meyer] kam [1] an [2].",
        "[Anglo-Saxon] and [then-mayor] and [re-elected]", "[audio unclear] and [video shows the crash] [laughs]", "She told [Facebook] and [YouTube] that.",
        "[Il ministro] ha detto [la verità]", "[Der Minister] sagte", "[министр] сказал", "[他们]说", "[where E = mc2]", "[a 5-year-old boy]", "[/s]",
        "[note] this, and [list] them, [button] up", "[map of the town] [table of two] [poll says no]", "a[0] = b[i]", "[ ] and []", "a\n\n[Applause]\n\nb", "an [ad] of [more] than that", "[Editor's note: it was 5 = five]",
    ],
)  # fmt: skip
def test_an_editors_brackets_stay(text: str) -> None:
    assert without_shortcodes(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('a [gallery ids="21,22,23"] b', "a  b"),
        ("a [gallery] b [video] c [audio src='x.mp3'] d", "a  b  c  d"),
        ("a [gallery columns=3 link=file] b", "a  b"),
        ("a [contact-form-7 id=”1” title=”Contact”] b", "a  b"),
        ('[vc_row][vc_column width="1/2"][vc_column_text]Words [sic].[/vc_column_text][/vc_column][/vc_row]', "Words [sic]."),
        ("[quote]Be brave[/quote], [quote author]he[/quote] said", "Be brave, he said"),
        ("[youtube https://www.youtube.com/watch?v=abc] b", " b"),
        ("[youtube]https://www.youtube.com/watch?v=abc[/youtube] b", " b"),
        ("[embed width=\"3\"]https://v.example/1[/embed] b", " b"),
        ("[tweet 123456] b [spacer /] c", " b  c"),
        ("[my_own_code] b [button link=\"https://x.example\"]Read [this][/button]", " b Read [this]"),
        ("Write [[gallery]] to get one", "Write [gallery] to get one"),
        ("[box style=info]Kasten[/box]", "Kasten"),
        ("[/vc_column] a [/caption]", " a "),
        ("a\n\n[ad]\n\nb <p>[newsletter]</p>", "a\n\n\n\nb <p></p>"),
    ],
)  # fmt: skip
def test_shortcodes_go_and_what_they_enclose_stays(text: str, left: str) -> None:
    assert without_shortcodes(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            '[caption id="a1" width="600"]<a href="/b"><img src="/b.jpg" alt="x" /></a> The [old] bridge. Photo: J. Fell[/caption]',
            '<figure><a href="/b"><img src="/b.jpg" alt="x" /></a><figcaption>The [old] bridge. Photo: J. Fell</figcaption></figure>',
        ),
        (
            '[wp_caption width="6" caption="Die Brücke"]<img src="/b.jpg">[/wp_caption]',
            '<figure><img src="/b.jpg"><figcaption>Die Brücke</figcaption></figure>',
        ),
    ],
)
def test_a_caption_belongs_to_its_picture(text: str, left: str) -> None:
    assert without_shortcodes(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[one_half]Left words[/one_half][one_half_last]Right words[/one_half_last]", ["Left words", "Right words"]),
        ("[vc_row][vc_column][vc_column_text]Eins.[/vc_column_text][vc_column_text]Zwei.[/vc_column_text][/vc_column][/vc_row]", ["Eins.", "Zwei."]),
        ('[et_pb_text admin_label="x"]Un.[/et_pb_text][et_pb_text]Deux.[/et_pb_text]', ["Un.", "Deux."]),
        ("[box]Be brave[/box], he said", ["Be brave, he said"]),
        ("[dropcap]T[/dropcap]he town [highlight]is[/highlight] big", ["The town is big"]),
    ],
)  # fmt: skip
def test_columns_side_by_side_are_no_one_word(text: str, left: list[str]) -> None:
    assert without_shortcodes(text).strip().split("\n\n") == left
