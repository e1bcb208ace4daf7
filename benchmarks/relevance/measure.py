"""Of ranked answers and judgements to figures. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
DEPTH = 10


@dataclass(frozen=True)
class Query:
    """What a reader types, and how good each right answer is (1 to 3); what isn't named is wrong."""

    kind: str
    text: str
    right: Mapping[str, int]


@dataclass(frozen=True)
class Figures:
    """Averages over queries."""

    ndcg: float
    success: float
    queries: int


def queries(name: str) -> list[Query]:
    """Those of a file beside this one."""
    return [Query(*one) for one in json.loads((FOLDER / f"{name}.json").read_text())]


def ndcg(found: Sequence[str], right: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002), gain 2^grade - 1. Where nothing is
    right, finding nothing is: 1, else 0."""
    if not right:
        return 0.0 if found else 1.0
    best = _gain(sorted(right.values(), reverse=True)[:DEPTH])
    return _gain([right.get(one, 0) for one in found[:DEPTH]]) / best


def success(found: Sequence[str], right: Mapping[str, int]) -> float:
    """Whether the first is a right one."""
    if not right:
        return 0.0 if found else 1.0
    return 1.0 if found and found[0] in right else 0.0


def figures(answers: Iterable[tuple[Query, Sequence[str]]]) -> Figures:
    pairs = list(answers)
    return Figures(
        sum(ndcg(found, query.right) for query, found in pairs) / len(pairs),
        sum(success(found, query.right) for query, found in pairs) / len(pairs),
        len(pairs),
    )


def _gain(grades: Iterable[int]) -> float:
    return math.fsum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
