"""What the marks of an element keep from readers: constraints, roles and classes of what is for desks, and what no browser shows."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree

from pipeline.formats import html_text
from pipeline.formats.desk_words import ROLES
from pipeline.formats.xml import Element, text_of

_PRIVATE = re.compile(rf"(?:^|[\s:/\"'_-])(?:{ROLES})(?=$|[\s/\"'_-])", re.I)
"""Classes and roles of what is for desks."""
_NOT_DISPLAYED = re.compile(r"\bdisplay\s*:\s*none\b|\bvisibility\s*:\s*hidden\b", re.I)
_CONSTRAINT = re.compile(
    r"non-?pub|not-?for-?publi|(?:^|[\s:])(?:npa|internal|private|confidential|editors?|desks?)(?=$|\s)", re.I
)
"""Constraints: NewsML-G2's `pubconstraint`, NITF's `notetype` (`npa`: a non-publishable advisory)."""
_PRIVATE_WORDS = frozenset(
    {
        "np",
        "npa",
        "internal",
        "private",
        "confidential",
        "editor",
        "editors",
        "desk",
        "desks",
        "contact",
        "contacts",
        "advisory",
        "guidance",
    }
)
"""In the name of a role or a property, each by itself."""
_FOR_WHOM = frozenset({"audience", "visibility", "access", "distribution"})
_PUBLIC = frozenset({"public", "publish", "publishable", "for-publication", "forpublication"})
"""Attributes with which an agency's markup says who may read an element."""
_ATTRIBUTES = re.compile(
    r"[\s-](?:audience|visibility|access|distribution|public|publish|publishable|for-?publication)\s*=", re.I
)


def is_private(element: Element) -> bool:
    """Whether an attribute says that the element is not for publication."""
    marks = (_words(element.get(name)) for name in ("class", "id", "role", "data-role", "data-type", "noteclass"))
    return any(map(_PRIVATE.search, marks)) or is_constrained(element) or _is_kept_from_readers(element)


def _is_kept_from_readers(element: Element) -> bool:
    """The same by attributes of its own: `data-nonpublic="true"`, `publish="no"`, `data-audience="editors"`."""
    for attribute, value in element.attrib.items():
        name, says = str(attribute).casefold().removeprefix("data-"), str(value).strip().casefold()
        refused = says in ("false", "no", "0", "n")
        if (name in _PUBLIC and refused) or (name in _FOR_WHOM and is_private_word(says)):
            return True
        named = str(attribute).startswith("data-") and name != "private"  # which keeps from recorders of screens
        if named and not refused and len(says) < 12 and _PRIVATE.fullmatch(name):
            return True
    return False


def _words(mark: str | None) -> str:
    """As names of CSS are written, not of programs: `notForPublication`, `editor_note`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", "-", mark or "")


def is_private_word(word: object) -> bool:
    """Whether a role or a name says it."""
    if not isinstance(word, str):
        return False
    name = re.sub(r"\W+", "-", re.sub(r"['’]", "", _words(word))).casefold()
    return _PRIVATE.search(name) is not None or not _PRIVATE_WORDS.isdisjoint(name.split("-"))


def is_constrained(element: Element) -> bool:
    """The same by its constraints alone."""
    constraints = (element.get(name) or "" for name in ("pubconstraint", "pubconstrainturi", "notetype"))
    return any(map(_CONSTRAINT.search, constraints))


def take_private(root: Element) -> list[str]:
    """Takes the elements that are not for publication out of a tree; their texts. Those that are hidden go, too."""
    found = [one for one in root.iter() if is_element(one) and one is not root and is_private(one)]
    private = set(found)
    texts = [text for one in found if private.isdisjoint(one.iterancestors()) and (text := text_of(one))]
    for one in found:
        remove(one)
    _take_hidden(root)
    return texts


def _take_hidden(root: Element) -> None:
    """What is not shown, but where it is most of the text: a script would show it."""
    hidden = [one for one in root.iter() if is_element(one) and one is not root and _is_hidden(one)]
    whole = len(text_of(root) or "") if hidden else 0
    for one in hidden:
        if 2 * len(text_of(one) or "") < whole:
            remove(one)


def _is_hidden(element: Element) -> bool:
    return element.get("hidden") is not None or _NOT_DISPLAYED.search(element.get("style") or "") is not None


def without_private(markup: str) -> tuple[str, list[str]]:
    """HTML in a string without the elements that are not for publication or not shown, and the texts of the first."""
    private = (
        _PRIVATE.search(_words(markup))
        or _ATTRIBUTES.search(markup)
        or _NOT_DISPLAYED.search(markup)
        or " hidden" in markup
    )
    if not private or (tree := html_text.fragment(markup)) is None:
        return markup, []
    before = len(list(tree.iter()))
    notes = take_private(tree)
    return (inner_html(tree), notes) if len(list(tree.iter())) < before else (markup, [])


def is_element(node: Element) -> bool:
    """Whether a node is no comment or instruction, as HTML has them."""
    return isinstance(node.tag, str)


def remove(element: Element) -> None:
    """Out of its parent; what is behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def inner_html(root: Element) -> str:
    """What is inside an element of HTML, as markup."""
    own = etree.Element("x")
    own.text = root.text
    text = etree.tostring(own, encoding="unicode", with_tail=False)
    inner = "" if text == "<x/>" else text[3:-4]
    return inner + "".join(lxml.html.tostring(child, encoding="unicode") for child in root)
