"""Which of many signatures may be related to one at all: compared in numpy at once, as a full bucket has hundreds. Pure."""

from __future__ import annotations

import numpy as np

from pipeline.stages.clustering.kept import compared
from pipeline.stages.clustering.relate import OVERLAPPING, SAME_EVENT

_FEATURE = np.dtype([("name", "<u4"), ("weight", "u1")])
_LEAST = 0.75 * SAME_EVENT
"""No two of less overlap are related. Lower than `relate` has it, which counts a feature once that has the hash of another."""


def possible(one: bytes, others: list[bytes]) -> list[bytes]:
    """Those that have enough in common with it, all of them packed; the others are related by no means."""
    own_text, own_features = compared(one)
    texts, features = zip(*map(compared, others), strict=True)
    enough = _of_one_text(own_text, texts) | _of_one_event(own_features, features)
    return [others[place] for place in np.flatnonzero(enough)]


def _of_one_text(own: bytes, others: tuple[bytes, ...]) -> np.ndarray:
    found = np.zeros(len(others), bool)
    places = [place for place, other in enumerate(others) if own and len(other) == len(own)]
    if places:
        text = np.frombuffer(own, "<u2")
        same = np.frombuffer(b"".join(others[place] for place in places), "<u2").reshape(-1, len(text)) == text
        found[places] = np.count_nonzero(same, axis=1) / len(text) >= OVERLAPPING
    return found


def _of_one_event(own: bytes, others: tuple[bytes, ...]) -> np.ndarray:
    if not own:
        return np.zeros(len(others), bool)
    mine = np.frombuffer(own, _FEATURE)
    mine = mine[np.argsort(mine["name"], kind="stable")]
    every = np.frombuffer(b"".join(others), _FEATURE)
    of = np.repeat(np.arange(len(others)), [len(other) // _FEATURE.itemsize for other in others])
    place = (
        np.searchsorted(mine["name"], every["name"], side="right") - 1
    )  # of two with one hash the latter, as a dict has it
    shared = (place >= 0) & (mine["name"][place] == every["name"])
    least = np.minimum(every["weight"], mine["weight"][place])[shared]
    both = np.bincount(of[shared], least, minlength=len(others))
    whole = np.minimum(np.bincount(of, every["weight"], minlength=len(others)), mine["weight"].sum(dtype=np.int64))
    found: np.ndarray = both >= _LEAST * np.maximum(whole, 1)
    return found
