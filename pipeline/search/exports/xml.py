"""XML documents from any text. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, section 2.2."""
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Maker:
    """Makes elements of one namespace."""

    def __init__(self, namespace: str | None = None) -> None:
        self._prefix = f"{{{namespace}}}" if namespace else ""
        self._names: Any = {None: namespace} if namespace else None

    def root(self, name: str, attributes: Mapping[str, str | None] | None = None) -> etree._Element:
        return etree.Element(self._prefix + name, _clean(attributes), nsmap=self._names)

    def add(
        self,
        parent: etree._Element,
        name: str,
        text: str | None = None,
        attributes: Mapping[str, str | None] | None = None,
    ) -> etree._Element:
        """An element at the end of its parent; attributes that are None are left out."""
        made = etree.SubElement(parent, self._prefix + name, _clean(attributes))
        if text is not None:
            made.text = clean(text)
        return made

    def add_some(self, parent: etree._Element, name: str, text: str | None) -> None:
        """An element, where there is a text."""
        if text:
            self.add(parent, name, text)


def clean(text: str) -> str:
    """Without the characters that XML can't have."""
    return _NOT_XML.sub("", text)


def written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _clean(attributes: Mapping[str, str | None] | None) -> dict[str, str]:
    return {name: clean(value) for name, value in (attributes or {}).items() if value is not None}
