"""What a page's own style sheets hide, and tables that lay a page out."""

from __future__ import annotations

import lxml.html
import pytest

from pipeline.formats import layout_tables, style_sheets

BODY = "<body><p class='a'>1</p><div id='b' class='c d'>2</div><p class='e'>3</p></body>"


@pytest.mark.parametrize(
    ("sheet", "hidden"),
    [
        (".a{display:none}", ["1"]), ("p.a , #b { color:red; DISPLAY : none !important }", ["1", "2"]), (".a{visibility:hidden}", ["1"]),
        (".a{display:none} .a{display:block}", []), (".a{display:none}/* .e{display:none} */", ["1"]), (".x .a{display:none}", []),
        (".c{display:none}", ["2"]), (".c{display:none}.d{display:flex}", []), ("@media print{.a{display:none}}", []),
        ("@media screen{.a{display:none}}", ["1"]), ("@media (max-width:9px){.a{display:none}} .e{display:none}", ["3"]),
        ("@import url(x.css); .a{display:none}", ["1"]), (".a:hover{display:none}", []), (".a{display:none", []), ("}{}}.a{display:none}", ["1"]), ("none", []),
    ],
)  # fmt: skip
def test_what_a_style_sheet_hides(sheet: str, hidden: list[str]) -> None:
    tree = lxml.html.document_fromstring(f"<html><head><style>{sheet}</style></head>{BODY}</html>")
    assert [element.text for element in style_sheets.hidden(tree)] == hidden


def test_a_sheet_for_paper_hides_nothing_on_a_screen() -> None:
    tree = lxml.html.document_fromstring(
        f"<html><head><style media='print'>.a{{display:none}}</style></head>{BODY}</html>"
    )
    assert not list(style_sheets.hidden(tree))


TEXT = "<p>The council of Port Alder voted on Tuesday evening to close the old swing bridge for repairs until the autumn.</p>"


@pytest.mark.parametrize(
    ("table", "opened"),
    [
        (f"<table><tr><td>Menu</td><td>{TEXT * 3}</td></tr></table>", True),
        (f"<table><tr><td><table><tr><td>{TEXT * 3}</td></tr></table></td></tr></table>", True),
        (f"<table><tr><th>Year</th><td>{TEXT * 3}</td></tr></table>", False),
        ("<table><tr><td>1911</td><td>Two crowns</td></tr></table>", False),
        (f"<table><tr><td>{TEXT}</td><td>7</td></tr></table>", False),
    ],
)
def test_a_table_that_lays_a_page_out_is_none(table: str, opened: bool) -> None:
    tree = lxml.html.document_fromstring(f"<html><body>{table}</body></html>")
    layout_tables.open_up(tree)
    assert (next(tree.iter("table", "td", "tr"), None) is None) is opened
