"""Identity of an item. Every way in derives ids by these functions alone, so that feed, page, push and comments agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from uuid import UUID, uuid5

from courlan import normalize_url, scrub_url
from tldextract import TLDExtract

from pipeline.addresses import public
from schemas.identity import Claim, ClaimScheme

NAMESPACE = UUID("4f1d5e0e-6f0c-5c6b-9f3e-0d5a6f7c9b21")
_RANK = {ClaimScheme.URL: 0, ClaimScheme.GUID: 1, ClaimScheme.HEADLINE: 2, ClaimScheme.ALIAS: 3}

_PLATFORMS = (
    "art.blog", "bandcamp.com", "beehiiv.com", "bearblog.dev", "blog.fc2.com", "blog.hu", "blog.ir", "blogfa.com", "blogia.com", "blogs.com", "blogs.sapo.pt",
    "buttondown.email", "buzzsprout.com", "canalblog.com", "centerblog.net", "cocolog-nifty.com", "dreamwidth.org", "edublogs.org", "eklablog.com", "exblog.jp",
    "finance.blog", "free.fr", "freshstatus.io", "ghost.io", "hashnode.dev", "health.blog", "home.blog", "hund.io", "hypotheses.org", "instatus.com", "jimdo.com",
    "jimdofree.com", "livedoor.blog", "livejournal.com", "medium.com", "micro.blog", "mystrikingly.com", "neocities.org", "news.blog", "over-blog.com",
    "photo.blog", "pixnet.net", "podbean.com", "politics.blog", "posthaven.com", "pressbooks.pub", "seesaa.net", "silvrback.com", "skyrock.com", "squarespace.com",
    "sport.blog", "statuspage.io", "strikingly.com", "substack.com", "tech.blog", "tilda.ws", "tistory.com", "travel.blog", "tumblr.com", "typepad.com", "typepad.fr",
    "unblog.fr", "webnode.com", "webs.com", "weebly.com", "wordpress.com", "wpengine.com", "writeas.com", "yolasite.com",
)  # fmt: skip
"""Hosts of many publishers' sites that are not in the Public Suffix List."""

# the suffix list that the package carries: never downloaded, never cached on disk
_domain = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)
_site = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=_PLATFORMS)


@lru_cache(maxsize=8192)
def canonical_url(url: str) -> str | None:
    """The address under which a page is known: lower-case host, no fragment, no trackers, no default port; that of the
    page itself for its AMP and mobile variants.

    Returns None for anything but an http(s) address with a host.
    """
    url = _from_amp_cache(url.strip())
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or len(url) > 2048:
        return None
    host = _desktop_host(parts.hostname.lower()) + (f":{port}" if port and port not in (80, 443) else "")
    path, query = _without_amp(parts.path or "/", parts.query)
    rest = path + (f"?{query}" if query else "")
    # an address inside of another is a part of it: courlan would take it for the page's own
    bare = f"{parts.scheme.lower()}://{host}{rest.replace('://', '%3A%2F%2F')}"
    canonical = _cleaned(bare)
    return canonical if public(canonical) else None


_TRACKER = re.compile(
    r"^(?:dc|fbc|gc|twc|yc|ysc)lid|^(?:click|gbra|msclk|igsh|partner|wbra)id|^(?:ads?|ga|gs|itm|mc|mkt|ml|mtm|oly|pk|utm|vero)_"
    r"|(?:^|[\W_])(?:affi?|affid|affiliate|campaign(?:id)?|clid|gaa?|gad|gl|keywords?|kwd|medium|ref(?:id|src|url)?|referr?(?:er|al)"
    r"|session(?:id)?|source(?:id)?|xtor)(?![^\W_])",
    re.IGNORECASE,
)
_OF_SERVICES = re.compile(
    r"(?:_branch_(?:match_id|referrer)|__twitter_impression|_hs(?:enc|mi)|aspsessionid\w*|at_(?:campaign|medium|custom\d|link\w*)|cache_?bust(?:er)?|ck_subscriber_id|cmp(?:id)?|cndid"
    r"|dicbo|emc|epik|guc(?:counter|e_referrer(?:_sig)?)|ic(?:id|mp)|int_?c(?:mp|id)|ito|jsessionid|li_fat_id|maca|mibextid|ncid|no_?cache|ocid|origin(?:al)?subdomain|phpsessid|piano_\w+|rb_clickid"
    r"|rss_?id|sc_c?id|sm(?:id|typ)|soc_(?:src|trk)|spm|sr_share|srsltid|tracking(?:_?id)?|trk(?:campaign|id)?|tt?clid|ttclid|wickedid|wpisrc|wt_?\.?z?mc(?:_\w+)?|yptr)",
    re.IGNORECASE,
)
"""Parameters by which services and papers count where a reader comes from, and sessions."""
_ORIGINS = re.compile(
    r"(?:channel|emc|from|mod|origin|partner|rss|share|shared?|src|traffic_source|via)", re.IGNORECASE
)
_ORIGIN = re.compile(
    r"(?:[a-z]{2}-)?(?:rss|atom|feed|twitter|facebook|linkedin|whatsapp|telegram|reddit|newsletter|e-?mail|social)(?:[-_].*)?|true|1",
    re.IGNORECASE,
)
"""Where a reader comes from, as the value of one of these."""
_MOMENTS = re.compile(r"(?:_|cb|nc|rand(?:om)?|rnd|t|time(?:stamp)?|ts)", re.IGNORECASE)
_MOMENT = re.compile(r"1\d{9}(?:\d{3})?")
"""Unix time, which is another one at each fetch."""
_TRACKER_OR_ID = re.compile(r"(?:^|[\W_])(?:cid|eid|sid|uid)(?![^\W_])|^si$", re.IGNORECASE)
_SCRIPT = re.compile(r"//[^/]+/?$|\.(?:aspx?|cfm|cgi|dll|jsp|php\d?|pl)$", re.IGNORECASE)
"""A page that is named by what follows it: `news.php?123`."""
_ID = re.compile(r"\d+|[0-9a-f-]{12,}", re.IGNORECASE)


def _cleaned(url: str) -> str:
    """Without trackers, its parameters in order. courlan's own reading of parameters isn't used: it takes `&section=` for an
    entity and `gallery` for a tracker."""
    try:
        page, _, query = scrub_url(url).partition("?")
        canonical: str = normalize_url(urlsplit(page))
    except (AttributeError, ValueError):
        return url
    named = [(name, value) for name, value in parse_qsl(query) if not _is_tracker(name, value)]
    rest = urlencode(sorted(named, key=lambda one: one[0]))
    if not rest and "=" not in query and _SCRIPT.search(page) and not _is_tracker(query):
        rest = quote(query, safe="/%!:,-&")
    if rest:
        return f"{canonical}{'' if urlsplit(canonical).path else '/'}?{rest}"
    return canonical.rstrip("/") if canonical.count("/") == 3 else canonical


def _is_tracker(name: str, value: str = "") -> bool:
    if _TRACKER.search(name) or _OF_SERVICES.fullmatch(name):
        return True
    if (_ORIGINS.fullmatch(name) and _ORIGIN.fullmatch(value)) or (
        _MOMENTS.fullmatch(name) and _MOMENT.fullmatch(value)
    ):
        return True
    return _TRACKER_OR_ID.search(name) is not None and _ID.fullmatch(value) is None


_AMP_CACHE = re.compile(
    r"^https?://(?:(?:www\.)?google\.[a-z.]+/amp|[\w-]+\.cdn\.ampproject\.org/[vca])/(?P<secure>s/)?(?P<rest>[\w-]+\.[^?#]+)",
    re.IGNORECASE,
)
_AMP_PATH = re.compile(r"^/amp(?=/.)|/amp/?$|\.amp(?=(?:\.html?)?$)", re.IGNORECASE)
_AMP_QUERY = re.compile(
    r"(?:^|&)(?:amp(?:=(?:1|true|amp)?)?|outputtype=amp|output=amp|view=amp|mode=amp)(?=&|$)", re.IGNORECASE
)


def _from_amp_cache(url: str) -> str:
    match = _AMP_CACHE.match(url)
    return f"{'https' if match['secure'] else 'http'}://{match['rest']}" if match else url


def _desktop_host(host: str) -> str:
    """`m.example.com` is `www.example.com`; `en.m.example.org` is `en.example.org`."""
    first, _, rest = host.partition(".")
    if first in ("m", "mobile", "amp") and "." in rest:
        return f"www.{rest}" if _domain(rest).top_domain_under_public_suffix == rest else rest
    return re.sub(r"^([a-z]{2,3})\.(?:m|mobile)\.(?=.+\.)", r"\1.", host)


def _without_amp(path: str, query: str) -> tuple[str, str]:
    return _AMP_PATH.sub("", path) or "/", _AMP_QUERY.sub("", query).lstrip("&")


@lru_cache(maxsize=8192)
def registered_domain(url: str) -> str | None:
    """`bbc.co.uk` for `https://www.bbc.co.uk/news/1`; the bare host without `www.` where there is
    no registered domain. Of a host that many publishers share (the private section of https://publicsuffix.org) each site
    is one: `ann.github.io`."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    if not host:
        return None
    found = _site(host)
    if found.domain.casefold() == "blogspot" and found.subdomain:  # a list for each country is no more
        return f"{found.subdomain.rpartition('.')[2]}.blogspot.{found.suffix}".lower()
    return (found.top_domain_under_public_suffix or host).lower().removeprefix("www.")


_NO_ID = re.compile(
    r"[\W_0]*|(?:n\W?a|none|null|nil|nan|undefined|unknown|unset|empty|false|true|no|no\W?(?:id|guid)|tb[acd]|todo|default|guid|id|uuid|uri|url|string|-1)\W*"
    r"|[{%$<\[(]+[a-z_. -]*[\]}%>)]+|sin\W?id|xx+|test|keine?(?:\W?(?:id|guid))?|nicht\W?vorhanden|n\.?v\.?|sans\W?(?:id|guid)|sin\W?guid|aucune?|ningun[oa]|nessun[oa]?|nenhum|geen|ingen|ei\W?ole|brak|нет|无|無|なし|없음|لا\W?يوجد|&lt;\w*&gt;|https?:/*|(?:urn:)?(?:uuid:)?[{(]?(?:0{8}-0{4}-0{4}-0{4}-0{12}|f{8}-f{4}-f{4}-f{4}-f{12})[)}]?|(?:(?:urn|tag|uuid|guid|id):)+\W*",
    re.IGNORECASE,
)


def is_id(text: str | None) -> bool:
    """Whether it can be an id: not empty, and no placeholder such as `N/A`, `0`, `none` or the UUID of zeros."""
    return text is not None and _NO_ID.fullmatch(text.strip()) is None


_EVERYWHERE = re.compile(
    r"(?:https?|urn|tag|ark|at|cid|did|doi|hdl|info|ipfs|magnet|mid|newsml|ni|oai|[a-z]+:[a-z]+):.+|\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?|.*[\w-]+\.[a-z]{2,}/.+",
    re.IGNORECASE | re.DOTALL,
)


def is_universal(own_id: str) -> bool:
    """Whether an id is unique beyond the feed that it is in: an address or another URI, or a UUID."""
    return _EVERYWHERE.fullmatch(own_id.strip()) is not None


def within_feed(own_id: str, feed: str) -> str:
    """The id that is unique in the feed with this address alone, with the address before it."""
    return f"{canonical_url(feed) or feed}#{own_id}"


def is_home_page(url: str | None) -> bool:
    """Whether it is the address of a whole site."""
    canonical = canonical_url(url) if url else None
    return (
        canonical is not None
        and re.fullmatch(r"https?://[^/]+/?(?:index\.\w{2,5}|default\.\w{2,5})?", canonical) is not None
    )


def headline_claim(headline: str) -> Claim:
    """The claim of an item that has neither address nor id of its own."""
    folded = unicodedata.normalize("NFKC", headline).casefold()
    return Claim(scheme=ClaimScheme.HEADLINE, value=re.sub(r"\W+", " ", folded).strip()[:2048] or "untitled")


def url_claim(url: str) -> Claim | None:
    """The claim that an address makes, or None where it isn't one."""
    canonical = canonical_url(url)
    return Claim(scheme=ClaimScheme.URL, value=canonical) if canonical else None


def article_id(publisher: str, claims: Sequence[Claim]) -> UUID:
    """UUIDv5 of the publisher and the strongest claim: the canonical URL, else the publisher's own id, else the
    headline, else a message's number. Raises ValueError without a claim."""
    if not claims:
        raise ValueError("an item needs a claim to identity: an address, an id, or a headline")
    claim = min(claims, key=lambda c: (_RANK[c.scheme], c.value))
    return uuid5(NAMESPACE, f"{publisher.casefold()}\n{claim.scheme.value}\n{claim.value}")


def comment_name(own_id: str | None, author: str | None = None, posted: str | None = None, nth: int = 0) -> str:
    """A comment's name within its article: the site's own comment id; without one author, time as written, and which of the
    author's comments at that time it is (`nth`, from 0)."""
    return f"id\n{own_id}" if own_id else f"by\n{author or ''}\n{posted or ''}\n{nth}"


def comment_id(article: UUID, name: str) -> UUID:
    """UUIDv5 of the article and the comment's name."""
    return uuid5(article, name)


def event_id(subject: UUID, type_: str, content_sha256: str, declared: str) -> str:
    """Id of an event: the same item sent twice makes the same id. `declared` is the publisher's time or version of the
    revision, empty where there is none."""
    return str(uuid5(subject, f"{type_}\n{content_sha256}\n{declared}"))
