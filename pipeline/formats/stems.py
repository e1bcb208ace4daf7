"""Which of many stems a text has, sooner than by looking for each: most have three letters in a row that the text doesn't
have. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_LETTERS = 3
_MARKS = 1 << 13
"""How many different ones there are: so few that they are in the cache, and so many that a long text has few of them."""


class Stems:
    """A list of stems."""

    def __init__(self, stems: Iterable[str]) -> None:
        known = list(dict.fromkeys(stems))
        self._short = [stem for stem in known if len(stem) < _LETTERS]
        self._any_short = re.compile("|".join(map(re.escape, self._short)) or "(?!)")
        self._long = [stem for stem in known if len(stem) >= _LETTERS]
        rows = [_marks(stem).tolist() for stem in self._long]
        most = max(map(len, rows), default=1)
        self._marks = np.array([row + row[-1:] * (most - len(row)) for row in rows], dtype=np.intp)
        self._beginnings = self._marks[:, 0].copy() if rows else self._marks

    def among(self, text: str) -> list[str]:
        """Those that the text has."""
        found = [stem for stem in self._short if stem in text] if self._any_short.search(text) else []
        if len(text) >= _LETTERS and self._long:
            seen = np.zeros(_MARKS, dtype=np.bool_)
            seen[_marks(text)] = True
            begun = seen[self._beginnings].nonzero()[0]
            perhaps = begun[seen[self._marks[begun]].all(axis=1)]
            found.extend(stem for stem in map(self._long.__getitem__, perhaps.tolist()) if stem in text)
        return found


def _marks(text: str) -> NDArray[np.uint16]:
    """A number for each three letters in a row: the same for the same letters, seldom for others."""
    letters = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    marks: NDArray[np.uint16] = (letters[:-2] * 961 + letters[1:-1] * 31 + letters[2:]) & (_MARKS - 1)
    return marks
