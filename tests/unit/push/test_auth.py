from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import Reject
from pipeline.push import auth as keys

NOW = datetime(2026, 3, 14, 8, 20, tzinfo=UTC)


def test_a_key_is_kept_as_a_hash_and_known_again() -> None:
    made = keys.make("wire", NOW)
    assert made.text not in made.record.model_dump_json()
    assert keys.key_id_of(made.text) == made.record.key_id
    assert keys.check(made.text, made.record, NOW) is made.record


@pytest.mark.parametrize("change", [{"revoked": NOW}, {"expires": NOW}, {"sha256": "0" * 64}])
def test_a_key_that_is_no_longer_good_is_refused_in_the_same_words(change: dict[str, object]) -> None:
    made = keys.make("wire", NOW)
    with pytest.raises(Reject) as other:
        keys.check(made.text, None, NOW)
    with pytest.raises(Reject) as refused:
        keys.check(made.text, made.record.model_copy(update=change), NOW)
    assert str(refused.value) == str(other.value)


REQUEST = "POST /v1/items"


@pytest.mark.parametrize("signed", [None, REQUEST], ids=["v1", "v2"])
def test_a_signature_is_of_this_body_this_key_and_about_now(signed: str | None) -> None:
    text, body = keys.make("wire", NOW).text, b"news"
    header = keys.sign(text, int(NOW.timestamp()), body, signed)
    assert keys.check_signature(text, header, REQUEST, body, NOW + timedelta(minutes=4))
    for key, sent, content, now in (
        (text, header, b"other", NOW),
        (text + "x", header, body, NOW),
        (text, header, body, NOW + timedelta(minutes=6)),
        (text, header, body, NOW - timedelta(minutes=6)),
        (text, header.replace("t=", "t=1"), body, NOW),
        (text, header.replace("v1=", "v3=").replace("v2=", "v1="), body, NOW),
        (text, "v1=abc", body, NOW),
        (text, None, body, NOW),
    ):
        with pytest.raises(Reject) as refused:
            keys.check_signature(key, sent, REQUEST, content, now)
        assert refused.value.reason == "bad-signature"


def test_a_signature_of_a_body_is_none_of_a_request() -> None:
    text, now = keys.make("wire", NOW).text, int(NOW.timestamp())
    of_request = keys.sign(text, now, b"news", REQUEST)
    for body in (b"news", f"{REQUEST}\nnews".encode(), f"{REQUEST}.news".encode()):
        assert keys.sign(text, now, body).partition("v1=")[2] != of_request.partition("v2=")[2]
    for other in ("DELETE /v1/items", "POST /v1/comments", "POST /v1/items?url=https://w.example/"):
        with pytest.raises(Reject):
            keys.check_signature(text, of_request, other, b"news", NOW)
