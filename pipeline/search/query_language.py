"""The readers' query language: any text to a tree, with notes of what was ignored or corrected. Pure.

Words are all wanted; `"a phrase"` in this order; `-word` not; `a OR b` either, of its two neighbours; `( )` group;
`author:solberg` in a field; `ferr*` begins so. No text is an error: what can't be meant is left out or read as a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.lexer import Lexer

from pipeline.search.costs import MIN_PREFIX, enough, selective
from pipeline.search.syntax import All, Field, Node, Not, Note, Phrase, Prefix, Query, Some, Word

MAX_TERMS = 32
"""Words, phrases and values of one query; the rest is left out."""
MAX_DEPTH = 8
"""Parentheses in one another; deeper ones are left out."""
_MAX_SIGNS = 4
"""Minus signs and fields before one operand."""

_TERMINALS = r"""
PHRASE.9: /"[^"]*"/
QUOTE.8: /"/
LEFT.8: "("
RIGHT.8: ")"
OR.7: /OR(?=[\s()"]|$)/
AND.7: /AND(?=[\s()"]|$)/
NOT.6: /-+(?=[^\s\-])|NOT(?=[\s("])/
FIELD.5: /(?i:%s):(?=[^\s:)])/
STARRED.4: /[^\s()"*]+\*(?=[\s()"]|$)/
WORD.3: /[^\s()"]+/
SPACE: /\s+/
"""
_GRAMMAR = """
start: all
?all: some+
?some: one (OR one)*
?one: NOT one -> no
    | FIELD one -> field
    | WORD -> word
    | PHRASE -> phrase
    | STARRED -> prefix
    | LEFT all RIGHT -> group
%declare OR NOT FIELD WORD PHRASE STARRED LEFT RIGHT
"""
_SAME = str.maketrans(
    dict.fromkeys("“”„‟«»「」『』＂", '"') | {"（": "(", "）": ")", "：": ":", "＊": "*", "－": "-", "\u00ad": ""}
)
"""Typographic and full-width forms of our signs."""


def parse(text: str, fields: Iterable[str]) -> Query:
    """What the text asks for; `fields` are the names that may stand before a colon. Never raises."""
    return _parsed(text, tuple(sorted({name.casefold() for name in fields}, key=lambda name: (-len(name), name))))


@lru_cache(maxsize=256)
def _parsed(text: str, names: tuple[str, ...]) -> Query:
    """The same search comes again: its next pages, its feed, what many look for."""
    reader = _Reader(names)
    read: Any = _scanner(names).lex(_tidy(text))  # mypy finds lark's tokens by two names, one time or another
    for token in read:
        reader.read(token)
    tokens = reader.end()
    if not tokens:
        return Query(None, tuple(reader.notes))
    node: Any = _parser().parse(tokens)
    return Query(node, tuple(reader.notes))


def _tidy(text: str) -> str:
    """Composed, without control characters and halves of surrogate pairs."""
    composed = unicodedata.normalize("NFC", text.translate(_SAME))
    return "".join(" " if unicodedata.category(one) in ("Cc", "Cs") else one for one in composed)


class _Reader:
    """Reads tokens into a sequence that the grammar accepts: signs wait for their operand, groups are closed."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        self._fields = fields
        self.notes: dict[Note, None] = {}
        self._read: list[Token] = []
        self._signs: list[Token] = []
        """OR, minus signs and fields, until what they belong to comes."""
        self._open: list[int | None] = []
        """Where each open group begins, with its signs; None for one that is left out."""
        self._terms = 0

    def read(self, token: Token) -> None:
        match token.type:
            case "QUOTE":
                self._note("unclosed-quote", "A quotation mark without its partner was ignored.")
            case "LEFT":
                self._left(token)
            case "RIGHT":
                self._right(token)
            case "OR" | "AND" if self._signs and self._signs[-1].type in ("FIELD", "NOT"):
                self._operand(Token("WORD", str(token)))
            case "OR":
                self._either(token)
            case "NOT" | "FIELD":
                if sum(one.type != "OR" for one in self._signs) < _MAX_SIGNS:
                    self._signs.append(token)
            case "WORD" | "STARRED" | "PHRASE":
                self._operand(token)

    def end(self) -> list[Token]:
        if any(where is not None for where in self._open):
            self._note("unclosed-parenthesis", "A parenthesis that was not closed ends with the query.")
        while self._open:
            self._right(Token("RIGHT", ")"))
        self._drop_signs()
        return self._read

    def _left(self, token: Token) -> None:
        if sum(where is not None for where in self._open) >= MAX_DEPTH:
            self._note("too-deep", f"More than {MAX_DEPTH} parentheses in one another: the inner ones were ignored.")
            self._open.append(None)
            return
        self._open.append(len(self._read))
        self._read += [*self._signs, token]
        self._signs = []

    def _right(self, token: Token) -> None:
        if not self._open:
            self._note("unopened-parenthesis", "A closing parenthesis without its partner was ignored.")
            return
        where = self._open.pop()
        if where is None:
            return
        self._drop_signs()
        if self._read[-1].type == "LEFT":  # nothing in it
            del self._read[where:]
        else:
            self._read.append(token)

    def _either(self, token: Token) -> None:
        if self._signs or not self._read or self._read[-1].type == "LEFT":
            self._note("lone-or", "OR stands between two words; one without was ignored.")
        else:
            self._signs.append(token)

    def _operand(self, token: Token) -> None:
        if not any(one.type == "FIELD" for one in self._signs):
            self._note_fields(token)
        token = self._as_meant(token)
        bare = token.strip('"*') if token.type != "WORD" else token
        if not _has_letters(bare):
            if len(bare) > 1:
                self._note("no-letters", f"{_short(bare)} has no letter and no digit; it was ignored.")
            return
        if self._terms >= MAX_TERMS:
            self._note("too-long", f"Only the first {MAX_TERMS} words were searched.")
            return
        self._terms += 1
        self._read += [*self._signs, token]
        self._signs = []

    def _note_fields(self, token: Token) -> None:
        """Say that what looks like a field is none."""
        name, colon, value = token.partition(":")
        if token.type == "PHRASE" or not colon or not name.isalpha() or value.startswith("//"):
            return
        if name.casefold() in self._fields and not value:
            self._note(
                "space-after-field", f"{_short(token)} is no field but a word: write the value right after the colon."
            )
        elif name.islower() and value:
            self._note("unknown-field", f"“{name[:40]}” is no field; {_short(token)} was searched as words.")

    def _as_meant(self, token: Token) -> Token:
        """A `*` ends a word that has enough letters; any other is ignored. In a field that has whole values it is enough if
        the value has them, whatever the analysis would make of it."""
        if token.type == "PHRASE" or "*" not in token:
            return token
        bare = token.strip("*")
        named = any(one.type == "FIELD" for one in self._signs)
        if token.type == "STARRED" and (enough(bare) if named else selective(bare)):
            return token
        if bare:
            self._note(
                "star", f"{_short(token)}: a * stands at the end of a word of {MIN_PREFIX} letters or more; ignored."
            )
        return Token("WORD", token.replace("*", " ").strip())

    def _drop_signs(self) -> None:
        if any(one.type == "OR" for one in self._signs):
            self._note("lone-or", "OR stands between two words; one without was ignored.")
        self._signs = []

    def _note(self, kind: str, text: str) -> None:
        self.notes[Note(kind, text)] = None


def _short(text: str) -> str:
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"


def _has_letters(text: str) -> bool:
    """Letters, digits, and symbols that an index counts as words (emojis)."""
    return any(one.isalnum() or unicodedata.category(one) == "So" for one in text)


class _Tree(Transformer[Token, Node]):
    """The grammar's rules as our nodes."""

    def start(self, parts: list[Node]) -> Node:
        return parts[0]

    def all(self, parts: list[Any]) -> Node:
        return All(tuple(parts))

    def some(self, parts: list[Any]) -> Node:
        return Some(tuple(one for one in parts if not isinstance(one, Token)))

    def no(self, parts: list[Any]) -> Node:
        return Not(parts[1])

    def field(self, parts: list[Any]) -> Node:
        return Field(parts[0].rstrip(":").casefold(), parts[1])

    def word(self, parts: list[Any]) -> Node:
        return Word(str(parts[0]))

    def phrase(self, parts: list[Any]) -> Node:
        return Phrase(" ".join(parts[0].strip('"').split()))

    def prefix(self, parts: list[Any]) -> Node:
        return Prefix(parts[0].rstrip("*"))

    def group(self, parts: list[Any]) -> Node:
        inner: Node = parts[1]
        return inner


class _AsRead(Lexer):
    """Hands on tokens that were read already."""

    def __init__(self, _: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:
        yield from lexer_state


@lru_cache(maxsize=8)
def _scanner(names: tuple[str, ...]) -> Lark:
    """Cuts a text into tokens; every text can be cut."""
    terminals = _TERMINALS % "|".join(map(re.escape, names or ("(?!)",)))
    kinds = [line.split(".")[0].split(":")[0] for line in terminals.split("\n") if line]
    return Lark(f"start: ({' | '.join(one for one in kinds if one != 'SPACE')})*\n{terminals}%ignore SPACE\n", parser="lalr", lexer="basic")  # fmt: skip


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer=_AsRead, transformer=_Tree())
