"""Plain text: paragraphs, and headlines for items without one."""

from __future__ import annotations

import re

_NONE = re.compile(
    r"^\W*(?:no|without|sans|ohne|sin|senza|geen|sem)[\s_-]*(?:headline|title|titre|titel|título|titolo|kop)\W*$", re.I
)
"""What systems write where there is no headline."""


def paragraphs(text: str) -> list[str]:
    """Paragraphs, separated by empty lines; where there are none, by indented lines; else every line is one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if re.search(r"\n[^\S\n]*\n", text.strip("\n")):
        parts = re.split(r"\n[^\S\n]*\n\s*", text)
    elif re.search(r"\n(?: {2,}|\t)\S", text):
        parts = re.split(r"\n(?=(?: {2,}|\t)\S)", text)
    else:
        parts = text.split("\n")
    return [row for part in parts if (row := " ".join(part.split()))]


def shortened(text: str, longest: int = 100) -> str:
    """The first words, up to `longest` characters."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"


def is_slug(text: str | None) -> bool:
    """Whether a title is a slug: `BC-Dam-Alert`."""
    return text is not None and re.fullmatch(r"[\w./-]+", text.strip(), re.ASCII) is not None


def headline(*candidates: str | None) -> str | None:
    """The first candidate that has text, shortened: a substitute where an item has no headline."""
    return next((shortened(text, 300) for text in candidates if text and text.strip() and not _NONE.match(text)), None)
