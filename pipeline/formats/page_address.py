"""The address of a page: of those that it declares, the one that can be its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline import addresses, identity

_VARIANT = re.compile(
    r"amp|m|mobile|print(?:able)?|comments?|comment-page-\d+|page|pages?-?\d+|full|single|all|embed|feed|\d{1,3}|index\.\w+|default\.\w+",
    re.IGNORECASE,
)
"""Part of an address that names a form or a part of the page above it."""
_NAMES_THE_PAGE = re.compile(r"(?:p|a|nid|aid|art\w*|story\w*|news\w*|post\w*|item\w*|doc\w*|\w*id)", re.IGNORECASE)
"""Parameter of an address without which it is another page."""
_SECTIONS = frozenset(
    [
        "actualites", "arts", "buitenland", "business", "cronaca", "cultura", "culture", "deportes", "economia",
        "economie", "economy", "esporte", "esteri", "haber", "haberler", "health", "hirek", "international", "kultur",
        "life", "live", "local", "lokales", "meinung", "monde", "money", "mundo", "nachrichten", "news", "nieuws",
        "noticias", "notizie", "novosti", "nyheder", "nyheter", "okonomi", "opinion", "panorama", "politica",
        "politics", "politik", "politikk", "politique", "science", "sociedad", "societe", "spor", "sport", "sports",
        "tech", "technology", "travel", "uutiset", "video", "weather", "wiadomosci", "wirtschaft", "wissen", "world",
        "zpravy"
    ]
)  # fmt: skip
_NO_PAGE = re.compile(
    r"undefined|null|nan|none|\[object object\]|[{<$%\[]{1,2}[\w.% -]*[\]%>}]{1,2}|404|50\d|error|not-?found|page-?not-?found|log-?in|sign-?in|register|anmelden|connexion|acceder|accedi",
    re.IGNORECASE,
)
_ARCHIVES = frozenset(
    ["archive.org", "archive.ph", "archive.today", "archive.is", "archive.md", "arquivo.pt", "googleusercontent.com"]
)


def own_address(declared: Iterable[str | None], fetched_from: str | None) -> str | None:
    """The first declared address that can be this page's: of a page that was fetched, one of the same site, that leads
    neither to its home page, nor to a section above the page, nor to less than the page; of another, the first that leads
    further than a home page or a section above others of them. Else where it was fetched from, or the site."""
    found = [
        whole for one in declared
        if identity.is_id(one) and (whole := addresses.joined(one, fetched_from)) and _names_a_page(whole, fetched_from)
    ]  # fmt: skip
    if fetched_from and not _is_copy(fetched_from, found):
        return next((one for one in found if _can_be(one, fetched_from)), fetched_from)
    deeper = [
        one for one in found
        if not identity.is_home_page(one) and not any(_is_above(one, other) for other in found if other != one)
    ]  # fmt: skip
    return next(iter(deeper or found), None)


def _names_a_page(url: str, fetched_from: str | None) -> bool:
    """Whether its last step is none of those that templates leave (`undefined`) or that any page may lead to."""
    steps = _steps(url)
    return not steps or _NO_PAGE.fullmatch(unquote(steps[-1])) is None or steps == _steps(fetched_from or "")


def is_section(url: str, section: str | None) -> bool:
    """Whether it leads to a section, by the usual names of sections and the story's own."""
    steps = _steps(url)
    names = _SECTIONS | ({re.sub(r"\W+", "-", section.casefold())} if section else set())
    return len(steps) == 1 and not urlsplit(url).query and steps[0].casefold() in names


def _can_be(one: str, fetched_from: str) -> bool:
    own, canonical = identity.canonical_url(fetched_from) or fetched_from, identity.canonical_url(one)
    if canonical is None or identity.registered_domain(canonical) != identity.registered_domain(own):
        return False
    if _is_home(canonical) and not _is_home(own):
        return False
    if canonical.startswith("http://") and canonical.partition("://")[2] == own.partition("://")[2]:
        return False  # the same without its safe scheme
    return not _is_above(canonical, own) and not _is_less(canonical, own)


def _is_home(url: str) -> bool:
    """Whether it leads to a whole site, or to its edition in a language."""
    steps = _steps(url)
    edition = len(steps) == 1 and re.fullmatch(r"[a-z]{2}(?:[-_][a-z]{2})?", steps[0], re.IGNORECASE) is not None
    return identity.is_home_page(url) or (edition and not urlsplit(url).query)


def _is_above(one: str, other: str) -> bool:
    """Whether `one` is a section of `other`, and not the page that `other` is a form of."""
    above, below = _steps(one), _steps(other)
    if urlsplit(one).netloc != urlsplit(other).netloc or len(above) >= len(below) or below[: len(above)] != above:
        return False
    return not all(_VARIANT.fullmatch(step) for step in below[len(above) :])


def _is_less(one: str, other: str) -> bool:
    """Whether `one` lacks the parameter that names the page at `other`."""
    if _steps(one) != _steps(other):
        return False
    named = {name for name, value in parse_qsl(urlsplit(other).query) if value and _NAMES_THE_PAGE.fullmatch(name)}
    return bool(named - {name for name, _ in parse_qsl(urlsplit(one).query)})


def _is_copy(url: str, declared: Iterable[str]) -> bool:
    """Whether it was fetched from where no publisher is: a machine without a name, or an archive that names the page."""
    host = urlsplit(url).hostname or ""
    try:
        return bool(ip_address(host))
    except ValueError:
        return "." not in host or (identity.registered_domain(url) in _ARCHIVES and any(one in url for one in declared))


def _steps(url: str) -> list[str]:
    return [step for step in urlsplit(url).path.split("/") if step]
