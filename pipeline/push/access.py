"""Who sends a request: by its key, its signature and its rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote_to_bytes

from pipeline.errors import Reject
from pipeline.process.problems import Problem
from pipeline.push import auth
from pipeline.push.limits import RateLimits, SeenSignatures
from pipeline.settings import Settings
from schemas.provider_key import ProviderKey


@dataclass(frozen=True)
class Caller:
    """A key as it was sent, and its record."""

    key: str
    record: ProviderKey

    @property
    def provider(self) -> str:
        return self.record.provider


class Access:
    """`find` returns the record of a key id."""

    def __init__(self, settings: Settings, find: Callable[[str], ProviderKey | None]) -> None:
        self._find = find
        self._rates = RateLimits(settings)
        self._signatures = SeenSignatures()

    def authenticate(self, authorization: str | None) -> Caller:
        """The caller by the key alone, before anything else is read. Raises Problem 401, or 429 where the provider sends
        faster than it may."""
        scheme, _, key = (authorization or "").partition(" ")
        key = key.strip()
        if scheme.casefold() != "bearer" or not key:
            raise Problem(401, "unauthorized", "send your key as Authorization: Bearer dl_…")
        key_id = auth.key_id_of(key)
        try:
            record = auth.check(key, self._find(key_id) if key_id else None, datetime.now(UTC))
        except Reject as reject:
            raise Problem(401, reject.reason, reject.detail) from None
        self._rates.check(record.provider)
        return Caller(key, record)

    def check_signature(self, caller: Caller, signature: str | None, request: str, body: bytes) -> None:
        """Raises Problem 401 for a request that should be signed and isn't, or whose signature is wrong, old, or was used
        for this request before. `request` is its method, path and query."""
        if signature is None and not caller.record.signed_only:
            return
        try:
            checked = auth.check_signature(caller.key, signature, request, body, datetime.now(UTC))
            self._signatures.add(checked, _without_query(request))
        except Reject as reject:
            raise Problem(401, reject.reason, reject.detail) from None


def _without_query(request: str) -> bytes:
    """One value for every spelling of a path: v1 protects neither the query nor the spelling."""
    return unquote_to_bytes(request.partition("?")[0].encode("latin-1"))
