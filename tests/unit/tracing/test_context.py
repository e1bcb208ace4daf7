"""W3C's trace context, in the headers of records and of bundles."""

from __future__ import annotations

import pytest

from pipeline.bundles import bundle, unbundle
from pipeline.topics import MENTIONS, ConsumedRecord, Record
from pipeline.tracing.context import carried, context, contexts, sampled, valid, with_contexts
from schemas.trend import Mention
from tests.support.builders import id_of, minutes

ONE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TWO = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"


@pytest.mark.parametrize(
    "text",
    [
        None, "", "x", ONE[:-1], ONE + "0", ONE.upper(), ONE + "-more", "ff" + ONE[2:], ONE.replace("0af7", "0 f7"),
        f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
    ],
)  # fmt: skip
def test_what_is_no_context(text: str | None) -> None:
    assert valid(text) is None


def test_what_is_one() -> None:
    assert valid(ONE) == ONE
    later = "cc" + ONE[2:]
    assert valid(later + "-what-comes") == later, "a later version may say more"
    assert sampled(ONE)
    assert not sampled(TWO)
    assert sampled(ONE[:-2] + "03")


def test_headers() -> None:
    others = [("dateline-stage", b"revise"), ("other", None)]
    headers = [*others, ("traceparent", ONE.encode())]
    assert context(headers) == ONE  # type: ignore[arg-type]
    assert carried(headers) == [("traceparent", ONE.encode())]  # type: ignore[arg-type]
    assert context(others) is None  # type: ignore[arg-type]
    assert carried(()) == ()
    assert context([("traceparent", b"\xff\x00")]) is None
    assert with_contexts(headers, [TWO]) == [*others, ("traceparent", TWO.encode())]  # type: ignore[arg-type]


def _mention(n: int, headers: list[tuple[str, bytes]]) -> Record:
    found = Mention(term=f"{n:032x}", kind="place", name="Lisbon", article_id=id_of("a"), at=minutes(0))
    made = MENTIONS.record(found)
    return Record(made.topic, made.key, made.value, headers)


@pytest.mark.parametrize("given", [[ONE, TWO, ONE], [None, TWO, None], [None, None, ONE], [ONE, None, None]])
def test_each_value_of_a_bundle_keeps_its_own(given: list[str | None]) -> None:
    values = [_mention(n, [("traceparent", one.encode())] if one else []) for n, one in enumerate(given)]
    (made,) = bundle(values, lambda key: 0)
    record = ConsumedRecord(made.topic, 0, 0, made.key, made.encoded(), made.headers)
    assert contexts(made.headers) == given
    assert [context(part.headers) for part in unbundle(record)] == given


def test_a_bundle_without_any_has_no_header() -> None:
    (made,) = bundle([_mention(n, []) for n in range(3)], lambda key: 0)
    assert not made.headers
