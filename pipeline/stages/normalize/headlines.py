"""Headlines without the name of the site behind them."""

from __future__ import annotations

import re

from pipeline import identity

_SUFFIX = re.compile(r"^(?P<headline>.{8,}?)\s*(?:\s[|–—·»-]|\s?\|)\s*(?P<site>[^|–—·»]{2,60})$")


def without_site(headline: str, site: str | None, publisher: str, url: str | None) -> str:
    """`Ferries cancelled | The Herald` is `Ferries cancelled`, where the Herald is the site, the publisher or the domain."""
    match = _SUFFIX.match(headline)
    if match is None:
        return headline
    domain = identity.registered_domain(url) if url else None
    names = {_plain(name) for name in (site, publisher, domain, domain.partition(".")[0] if domain else None, publisher.partition(".")[0]) if name}  # fmt: skip
    return match["headline"] if _plain(match["site"]) in names else headline


def _plain(name: str) -> str:
    return re.sub(r"\W|^the\s", "", name.casefold())
