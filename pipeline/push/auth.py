"""Keys of providers to the push door: made, looked up, signed with. Pure; where they are kept: the topic `keys`."""

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
"""How old (or how far in the future) a signed request may be."""
_KEY = re.compile(r"^dl_([a-z0-9]{12})_[A-Za-z0-9_-]{43}$")
_SIGNATURE = re.compile(r"^t=(\d{1,12}),v1=([0-9a-f]{64})$")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class NewKey:
    """A key as its owner gets it, once, and what is kept of it."""

    text: str
    kept: ProviderKey


def make(provider: str, now: datetime, *, signed_only: bool = False) -> NewKey:
    """A new key of `provider`: `dl_`, its id, and 256 random bits."""
    key_id = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    text = f"dl_{key_id}_{secrets.token_urlsafe(32)}"
    kept = ProviderKey(key_id=key_id, provider=provider, sha256=_hash(text), created=now, signed_only=signed_only)
    return NewKey(text, kept)


def key_id_of(text: str) -> str | None:
    """The public part of a key; None where it doesn't look like one."""
    match = _KEY.match(text)
    return match[1] if match else None


def check(text: str, kept: ProviderKey | None, now: datetime) -> ProviderKey:
    """The key's record. Raises Reject (`unauthorized`) where it isn't known or no longer good; the same words for all,
    so that nothing is told to who tries keys."""
    known = kept.sha256 if kept is not None else "0" * 64
    same = hmac.compare_digest(_hash(text), known)
    if kept is None or not same or kept.revoked is not None or (kept.expires is not None and kept.expires <= now):
        raise Reject(
            "unauthorized", "this key is not known, or no longer good; `dateline keys list` shows those that are"
        )
    return kept


def sign(key: str, timestamp: int, body: bytes) -> str:
    """The `Dateline-Signature` of a body sent at `timestamp` (Unix seconds): HMAC-SHA256 with the key itself."""
    digest = hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def check_signature(key: str, header: str | None, body: bytes, now: datetime) -> str:
    """The signature itself, by which a replay is known. Raises Reject (`bad-signature`)."""
    if not header:
        raise Reject(
            "bad-signature", "this key takes signed requests only: Dateline-Signature is missing (docs/push.md)"
        )
    match = _SIGNATURE.match(header.strip())
    if not match:
        raise Reject("bad-signature", "Dateline-Signature has to read t=<Unix seconds>,v1=<64 hexadecimal digits>")
    if abs(int(match[1]) - now.timestamp()) > SIGNATURE_AGE.total_seconds():
        raise Reject(
            "bad-signature",
            f"Dateline-Signature was made at {match[1]}, more than {SIGNATURE_AGE.seconds // 60} minutes from now; is the clock right?",
        )
    if not hmac.compare_digest(sign(key, int(match[1]), body), f"t={match[1]},v1={match[2]}"):
        raise Reject("bad-signature", "Dateline-Signature is not that of this body with this key and time")
    return match[2]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
