"""Addresses in items: absolute, and http or https."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin


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
