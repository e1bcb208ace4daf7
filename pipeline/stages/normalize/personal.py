"""Personal data of commenters: e-mail addresses, phone numbers and IP addresses never go further than the raw topic."""

from __future__ import annotations

import hashlib
import hmac
import re

_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\w-]+)+", re.IGNORECASE
)
_IPV4 = re.compile(r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.]*\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4})(?![\w:])", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![\w/.,-])(?:\+\d{1,3}[\s./-]?(?:\(\d{1,4}\)[\s./-]?)?(?:\d[\s./-]?){6,12}\d|\(\d{3}\)\s?\d{3}[\s.-]\d{4}|\d{3}[-.]\d{3}[-.]\d{4}|0\d{2,4}[\s/-]\d{3,4}[\s-]?\d{3,5})(?![\w-])"
)  # fmt: skip


def without_personal_data(text: str) -> str:
    """`text` with e-mail addresses, phone numbers and IP addresses replaced by what they were."""
    text = _MAIL.sub("[e-mail address]", text)
    text = _IPV6.sub("[IP address]", _IPV4.sub("[IP address]", text))
    return _PHONE.sub("[phone number]", text)


def pseudonym(author: str, key: bytes) -> str:
    """A name in the place of `author`, the same everywhere, that reveals nothing without the key."""
    return f"Reader {hmac.new(key, author.strip().casefold().encode(), hashlib.sha256).hexdigest()[:10]}"
