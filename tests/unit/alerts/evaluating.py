"""Elasticsearch's queries on one article in memory: what the prefilter is measured by. Written by its reference, not by the
prefilter's code: https://www.elastic.co/docs/reference/query-languages/query-dsl"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pipeline.saved.conditions import TEXTS, VALUES, Atoms, Tokens, prefix, term, value


def analysed(group: str, text: str) -> list[str]:
    """A small analysis of words; a language's takes endings away."""
    words = [word for word in re.split(r"[^\w]+|_", text.casefold()) if word]
    return words if not group else [re.sub(r"(ies|ing|y|s)$", "", word) or word for word in words]


def tokens(group: str, text: str) -> Tokens:
    return tuple((word,) for word in analysed(group, text))


@dataclass
class Article:
    texts: dict[str, str] = field(default_factory=dict)
    """By field; `language` decides where their twins are."""
    values: dict[str, list[str]] = field(default_factory=dict)
    others: bool = True
    """Whether it meets conditions on times, places and what is there."""

    @property
    def language(self) -> str:
        return (self.values.get("language") or [""])[0]

    def words(self, name: str) -> list[str]:
        name = name.partition("^")[0]
        if name.startswith("stemmed."):
            _, language, own = name.split(".")
            return analysed(language, self.texts.get(own, "")) if language == self.language else []
        if name.endswith(".text"):
            return [word for one in self.values.get(name.removesuffix(".text"), []) for word in analysed("", one)]
        return analysed("", self.texts.get(name, ""))

    def atoms(self) -> Atoms:
        found = {value(name, one) for name in VALUES for one in self.values.get(name, ())}
        for name in TEXTS:
            for word in self.words(name):
                found |= {term("", word), prefix(word)}
        for own in ("headline", "summary", "body"):
            found |= {term(self.language, word) for word in self.words(f"stemmed.{self.language}.{own}")}
        return frozenset(found)


def finds(clause: dict[str, Any], article: Article) -> bool:
    ((kind, inner),) = clause.items()
    match kind:
        case "match_all":
            return True
        case "match_none":
            return False
        case "bool":
            must = [*inner.get("must", []), *inner.get("filter", [])]
            should = inner.get("should", [])
            least = _least(inner.get("minimum_should_match", 0 if must or not should else 1), len(should))
            return (
                all(finds(one, article) for one in must)
                and not any(finds(one, article) for one in inner.get("must_not", []))
                and sum(finds(one, article) for one in should) >= least
            )
        case "dis_max":
            return any(finds(one, article) for one in inner["queries"])
        case "multi_match":
            return any(_in_field(article.words(name), name, inner["query"], inner) for name in inner["fields"])
        case "match":
            ((name, asked),) = inner.items()
            return _in_field(article.words(name), name, asked["query"], {"type": "all"})
        case "match_phrase" | "match_phrase_prefix":
            ((name, text),) = inner.items()
            how = {"match_phrase": "phrase", "match_phrase_prefix": "phrase_prefix"}[kind]
            return _in_field(article.words(name), name, text, {"type": how})
        case "term" | "prefix":
            ((name, asked),) = inner.items()
            wanted = asked["value"] if isinstance(asked, dict) else asked
            known = [one.casefold() for one in article.values.get(name, ())]
            return any(
                one == wanted.casefold() if kind == "term" else one.startswith(wanted.casefold()) for one in known
            )
        case "terms":
            ((name, wanted),) = inner.items()
            return bool(set(wanted) & set(article.values.get(name, ())))
        case "range" | "exists" | "geo_distance" | "geo_bounding_box":
            return article.others
    raise AssertionError(f"{kind} is not known here: teach it, so that the prefilter is measured by it")


def _in_field(words: list[str], name: str, text: str, how: dict[str, Any]) -> bool:
    group = name.split(".")[1] if name.startswith("stemmed.") else ""
    wanted = analysed(group, text)
    if not wanted:
        return False
    match how.get("type", "best_fields"):
        case "phrase":
            return any(words[at : at + len(wanted)] == wanted for at in range(len(words)))
        case "phrase_prefix":
            ends = range(len(words) - len(wanted) + 1)
            return any(
                words[at : at + len(wanted) - 1] == wanted[:-1] and words[at + len(wanted) - 1].startswith(wanted[-1])
                for at in ends
            )
        case "bool_prefix":
            return set(wanted[:-1]) <= set(words) and any(word.startswith(wanted[-1]) for word in words)
        case "all":
            return set(wanted) <= set(words)
        case _:
            there = sum(word in words for word in wanted)
            return there >= max(1, _least(how.get("minimum_should_match", 1), len(wanted)))


def _least(wanted: Any, count: int) -> int:
    found = re.fullmatch(r"(\d+)<(\d+)%", str(wanted))
    if found is None:
        return int(wanted)
    return count if count <= int(found[1]) else int(count * int(found[2]) / 100)
