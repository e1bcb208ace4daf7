"""Comments as a tree: every one is reached, whatever their parents say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.search.threads import Bone, Order, Tree

NAMES = st.integers(0, 12).map(str)


def walk(tree: Tree, order: Order, size: int, parent: str | None = None) -> list[str]:
    """Every comment that a reader gets to: page by page, and below each."""
    found: list[str] = []
    after: tuple[Any, ...] | None = None
    while True:
        page, after = tree.page(parent, order, size, after)
        for one in page:
            found += [one.id, *walk(tree, order, size, one.id)]
        if after is None:
            return found


@settings(deadline=None)
@given(
    st.dictionaries(NAMES, st.tuples(NAMES | st.none(), st.sampled_from("abc"))), st.sampled_from(["oldest", "newest", "discussed"]), st.integers(1, 4),
)  # fmt: skip
def test_every_comment_is_reached_once_also_orphans_and_circles(
    made: dict[str, tuple[str | None, str]], order: Order, size: int
) -> None:
    tree = Tree(Bone(id_, parent, at) for id_, (parent, at) in made.items())
    assert sorted(walk(tree, order, size)) == sorted(made)
    roots, _ = tree.page(None, order, 100, None)
    assert len(roots) + sum(tree.below(one.id) for one in roots) == len(made)


def test_threads_are_in_order_and_replies_are_read_from_the_oldest() -> None:
    bones = [
        Bone("a", None, "1"), Bone("b", None, "2"), Bone("c", "a", "3"), Bone("d", "c", "4"), Bone("e", "a", "5"),
        Bone("f", "hidden", "6"),
    ]  # fmt: skip
    tree = Tree(bones)

    def order(how: Order) -> list[str]:
        return [one.id for one in tree.page(None, how, 10, None)[0]]

    assert (order("oldest"), order("newest"), order("discussed")) == (["a", "b", "f"], ["f", "b", "a"], ["a", "b", "f"])
    assert [one.id for one in tree.branch("a")] == ["c", "d", "e"]
    assert [one.id for one in tree.branch("a", 2)] == ["c", "d"]
    assert (tree.below("a"), tree.below("f"), len(tree), "x" in tree) == (3, 0, 6, False)


@pytest.mark.parametrize("depth", [5000])
def test_a_chain_of_replies_has_no_depth_that_fails(depth: int) -> None:
    tree = Tree(Bone(str(n), str(n - 1) if n else None, f"{n:05}") for n in range(depth))
    assert tree.below("0") == depth - 1
    assert len(tree.branch("0", depth)) == 50
