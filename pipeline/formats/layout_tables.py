"""Tables by which old pages are laid out: menu, text and margin as cells of one row."""

from __future__ import annotations

from lxml.html import HtmlElement

_PARTS = frozenset(["tbody", "thead", "tfoot", "tr", "td"])
_TEXT = 300
"""Characters of a cell that is no datum."""


def open_up(tree: HtmlElement) -> None:
    """Make such tables plain blocks, so that a cell is known for what is in it."""
    for table in list(tree.iter("table")):
        if _is_layout(table):
            cells = (part for part in table.iter(*_PARTS) if next(part.iterancestors("table"), None) is table)
            own = [table, *cells]
            for part in own:
                part.tag = "div"


def _is_layout(table: HtmlElement) -> bool:
    """Whether a cell holds paragraphs that are longer than what a table of data has, and nothing says that it has data."""
    if next(table.iter("th", "caption"), None) is not None:
        return False
    return any(
        next(cell.iter("p", "h1", "h2", "table", "article"), None) is not None and len(cell.text_content()) >= _TEXT
        for cell in table.iter("td")
        if next(cell.iterancestors("table"), None) is table
    )
