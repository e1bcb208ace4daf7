"""Providers' keys to the ingest API: making and checking them, and request signatures. Pure; their records are in the topic
`keys`."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.errors import Reject
from schemas.provider_key import ProviderKey

SIGNATURE_AGE = timedelta(minutes=5)
"""Maximum age of a signed request; also how far its time may be in the future."""
_KEY = re.compile(r"^dl_([a-z0-9]{12})_[A-Za-z0-9_-]{43}$")
_SIGNATURE = re.compile(r"^t=(\d{1,12}),(v[12])=([0-9a-f]{64})$")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class NewKey:
    """`text` is the key, which its owner sees once; `record` is what is stored."""

    text: str
    record: ProviderKey


def make(provider: str, now: datetime, *, signed_only: bool = False) -> NewKey:
    """A new key of `provider`: `dl_`, its id, and 256 random bits."""
    key_id = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    text = f"dl_{key_id}_{secrets.token_urlsafe(32)}"
    record = ProviderKey(key_id=key_id, provider=provider, sha256=_hash(text), created=now, signed_only=signed_only)
    return NewKey(text, record)


def key_id_of(text: str) -> str | None:
    """The public part of a key; None where `text` doesn't look like one."""
    match = _KEY.match(text)
    return match[1] if match else None


def check(text: str, record: ProviderKey | None, now: datetime) -> ProviderKey:
    """The key's record. Raises Reject (`unauthorized`) where the key is unknown, wrong, revoked or expired: identical in
    every case, to reveal nothing to someone guessing keys."""
    known = record.sha256 if record is not None else "0" * 64
    same = hmac.compare_digest(_hash(text), known)
    expired = record is not None and record.expires is not None and record.expires <= now
    if record is None or not same or record.revoked is not None or expired:
        raise Reject(
            "unauthorized", "this key is unknown, or no longer valid; `dateline keys list` shows the valid ones"
        )
    return record


def sign(key: str, timestamp: int, body: bytes, request: str | None = None) -> str:
    """The `Dateline-Signature` of a request sent at `timestamp` (Unix seconds): HMAC-SHA256 with the key itself, of the
    body (v1), or of `request`, which is its method, path and query (`DELETE /v1/items/urn:1`), and the body (v2)."""
    # v2's message can't be one of v1's, which begin with a digit
    version, head = ("v1", f"{timestamp}.") if request is None else ("v2", f"v2.{timestamp}.{request}\n")
    digest = hmac.new(key.encode(), head.encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},{version}={digest}"


def check_signature(key: str, header: str | None, request: str, body: bytes, now: datetime) -> str:
    """The signature itself, by which a replay is recognised. Raises Reject (`bad-signature`)."""
    if not header:
        raise Reject(
            "bad-signature", "this key is for signed requests only: Dateline-Signature is missing (docs/push.md)"
        )
    match = _SIGNATURE.match(header.strip())
    if not match:
        raise Reject(
            "bad-signature", "Dateline-Signature has to read t=<Unix seconds>,v2=<64 hexadecimal digits>, or v1="
        )
    if abs(int(match[1]) - now.timestamp()) > SIGNATURE_AGE.total_seconds():
        raise Reject(
            "bad-signature",
            f"Dateline-Signature was made at {match[1]}, more than {SIGNATURE_AGE.seconds // 60} minutes from now; is the clock right?",
        )
    signed = sign(key, int(match[1]), body, request if match[2] == "v2" else None)
    if not hmac.compare_digest(signed, f"t={match[1]},{match[2]}={match[3]}"):
        what = "this request" if match[2] == "v2" else "this body"
        raise Reject("bad-signature", f"Dateline-Signature is not that of {what} with this key and time")
    return match[3]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
