"""What indices have, in the form in which the model says it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.faults.model import SHOWN, Document, Expected

INDICES = ("articles", "articles-hidden", "redirects", "history", "comments", "comments-hidden")


def found_in(indices: dict[str, dict[str, Document]], letters: set[tuple[str, str]]) -> Expected:
    """`indices`: the documents of each, by id."""
    articles, hidden, redirects, history, comments, comments_hidden = (indices.get(name, {}) for name in INDICES)
    return Expected(
        articles={own: _article(one) for own, one in articles.items()},
        articles_hidden={own: _article(one) for own, one in hidden.items()},
        redirects={own: one["merged_into"] for own, one in redirects.items()},
        history=Counter(map(_past, history.values())),
        comments={own: _comment(one) for own, one in comments.items()},
        comments_hidden={own: _comment(one) for own, one in comments_hidden.items()},
        letters=letters,
    )


def differences(found: Expected, wanted: Expected) -> str:
    """By index, what only one of both has; empty where they are equal."""
    lines: list[str] = []
    for name in vars(wanted):
        have, want = _rows(getattr(found, name)), _rows(getattr(wanted, name))
        lines += [f"{name}: found   {row}" for row in (have - want).elements()]
        lines += [f"{name}: missing {row}" for row in (want - have).elements()]
    return "\n".join(sorted(lines)[:60])


def _rows(part: Any) -> Counter[str]:
    if isinstance(part, Counter):
        return Counter({repr(one): n for one, n in part.items()})
    return Counter(map(repr, part.items() if isinstance(part, dict) else part))


def _shown(document: Document) -> Document:
    return {name: document[name] for name in SHOWN if name in document}


def _article(document: Document) -> Document:
    return {"status": document["status"]} | _shown(document)


def _comment(document: Document) -> Document:
    return {name: document[name] for name in ("article_id", "status", "text") if name in document}


def _past(document: Document) -> tuple[Any, ...]:
    ms, version, _ = document["revision_key"].split(".")
    return (document["article_id"], int(ms), int(version), document["status"], tuple(_shown(document).items()))
