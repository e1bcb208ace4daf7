"""Addresses: in items absolute, and http or https; for readers also without what a browser or a person would be misled by."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)
_NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f-\x9f\"'<>\\^`{|}]")
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x20]")
_ACTIVE = re.compile(
    r"(?:about|blob|data|feed|file|filesystem|intent|jar|javascript|livescript|mhtml|mocha|vbscript|view-source|ws[cfh]?):",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"[/\\.#?]")


def is_link(url: str | None) -> bool:
    """Whether it is an http(s) address no longer than the contract's limit."""
    return bool(url) and str(url).startswith(("http://", "https://")) and len(str(url)) <= 2048


def joined(address: Any, base: str | None) -> str | None:
    """The address, relative ones resolved against `base`; None where the result is not an http(s) address."""
    if not isinstance(address, str) or not address.strip():
        return None
    try:
        whole = urljoin(base or "", address.strip())
    except ValueError:
        return None
    return whole if is_link(whole) else None


def public(address: str, base: str | None = None) -> str | None:
    """The address as readers may get it: http or https, with a host, without a user's name or password, and with nothing
    that could end an attribute of HTML. Relative ones are resolved against `base`. None for any other."""
    try:
        parts = urlsplit(urljoin(base or "", address.strip()))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or not _HOST.fullmatch(host):
        return None
    where = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    rest = parts.path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    whole = f"{parts.scheme.lower()}://{where}" + _NOT_IN_ADDRESSES.sub(lambda match: quote(match[0], safe=""), rest)
    return whole if len(whole) <= 2048 else None


def public_code(code: str) -> str | None:
    """An opaque code or id; one that is an address as readers may get it. None for what a browser would run or would
    resolve against the page that shows it."""
    bare = _IGNORED_BY_BROWSERS.sub("", code)
    if bare.casefold().startswith(("http:", "https:")):
        return public(code)
    return None if _ACTIVE.match(bare) or _RELATIVE.match(bare) else code
