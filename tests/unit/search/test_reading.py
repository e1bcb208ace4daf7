"""The whole thread in the order to read it."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.threads import Bone, Order, Place, Tree, page_of


def thread(comments: Iterable[tuple[str, str | None]], order: Order = "oldest") -> list[Place]:
    """Comments by id and parent, oldest first."""
    return Tree(Bone(id_, parent, f"{n:05}") for n, (id_, parent) in enumerate(comments)).reading(order)


def order(*comments: tuple[str, str | None], sort: str = "oldest") -> list[tuple[str, int]]:
    return [(one.id, one.depth) for one in thread(comments, sort)]  # type: ignore[arg-type]


def test_each_answer_is_below_what_it_answers() -> None:
    comments: tuple[tuple[str, str | None], ...] = (("a", None), ("b", None), ("c", "a"), ("d", "c"), ("e", "a"))
    assert order(*comments) == [("a", 0), ("c", 1), ("d", 2), ("e", 1), ("b", 0)]
    assert order(*comments, sort="newest") == [("b", 0), ("a", 0), ("c", 1), ("d", 2), ("e", 1)]
    assert order(("b", None), *comments[:1], *comments[2:], sort="discussed")[0] == ("a", 0)
    assert [one.answers for one in thread(comments)] == [3, 1, 0, 0, 0]
    assert page_of(thread(comments), "b", 2) == 3
    assert page_of(thread(comments), "x", 2) is None


def test_an_answer_to_what_can_not_be_seen_begins_a_thread() -> None:
    (one,) = thread([("a", "gone")])
    assert (one.depth, one.parent) == (0, None)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(0, 30)), max_size=40, unique_by=lambda one: one[0])
)
def test_every_comment_is_there_once_also_in_circles(pairs: list[tuple[int, int | None]]) -> None:
    comments = [(str(id_), None if parent is None else str(parent)) for id_, parent in pairs]
    found = thread(comments, "discussed")
    assert sorted(one.id for one in found) == sorted(id_ for id_, _ in comments)
    places = {one.id: n for n, one in enumerate(found)}
    assert all(one.parent is None or places[one.parent] < places[one.id] for one in found)


def test_a_chain_of_thousands_is_no_matter() -> None:
    chain = [("0", None), *((str(n), str(n - 1)) for n in range(1, 5000))]
    assert thread(chain)[-1].depth == 4999
