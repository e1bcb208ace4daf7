"""Signatures as the specification has them."""

from __future__ import annotations

import base64
import hashlib
import hmac

from pipeline.saved.signing import headers, new_secret, signature


def test_the_specifications_own_example() -> None:
    # standardwebhooks.com, test vector of the reference libraries
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    found = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_all_of_it() -> None:
    secret, body = new_secret(), "Fähre".encode()
    sent = headers(secret, "id", 17, body)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(key) == 32
    wanted = hmac.new(key, b"id.17." + body, hashlib.sha256).digest()
    assert sent["webhook-signature"] == "v1," + base64.b64encode(wanted).decode()
    assert (sent["webhook-id"], sent["webhook-timestamp"]) == ("id", "17")
    assert new_secret() != secret
