"""WordPress exports (WXR 1.0 to 1.2): published posts with their comments.

Source: https://github.com/WordPress/wordpress-importer and the export that WordPress writes. A post that is scheduled is
under embargo until its date, one with a password is withheld; drafts, private and deleted posts are no stories. E-mail and
IP addresses are not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline import addresses
from pipeline.dates import first_time
from pipeline.errors import Reject
from pipeline.formats import html_text, parts, wordpress_posts, wxr_comments, xml
from pipeline.formats.format import Format, LeftOut
from pipeline.formats.items import Discussion, Item, State, Story, StoryComment
from pipeline.formats.wxr_fields import every, raw, text, time
from pipeline.formats.xml import Element, text_of
from schemas.article import Picture

_OWN_TYPES = frozenset({"post", "page", ""})
_MACHINERY = frozenset(
    {
        "attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache", "user_request", "feedback",
        "elementor_library", "elementor_snippet", "e-landing-page", "fl-builder-template", "fusion_template", "brizy_template", "ct_template",
        "oceanwp_library", "kadence_element", "popup", "sidebar", "wpforms", "wpforms_log", "mc4wp-form", "nf_sub", "ninja-table", "tablepress_table",
        "tribe_venue", "tribe_organizer", "bp-email", "scheduled-action", "amn_smtp", "spucpt", "forum", "topic", "reply", "cookielawinfo", "redirect_rule",
        "polylang_mo", "template", "layout", "sliders", "ml-slider", "ml-slide", "envira", "soliloquy", "gp_elements", "astra-advanced-hook", "ppma_boxes",
    }
)  # fmt: skip
_MACHINERY_BEGINS = (
    "wp_", "acf-", "acf_", "jet-", "et_", "shop_", "wpcf7", "wpcf-", "flamingo_", "jp_", "vc_", "vc4_", "edd_", "wc_", "product_", "elementor_", "wpsl_", "wpml_",
    "frm_", "mailpoet_", "aioseo", "rank_math", "yoast", "cky", "cmplz", "safecss",
)  # fmt: skip
"""Types of what WordPress and its plugins keep beside the posts."""


def recognises(item: Item) -> bool:
    if not xml.looks_like_xml(item.content):
        return False
    root = xml.root_name(item.content)
    return root in ("rss", "channel") and (_is_declared(item.content) or b"<wp:" in item.content)


def _is_declared(content: bytes) -> bool:
    """Whether it says that it is an export of WordPress; a text may name the address of its format."""
    return re.search(rb"""=\s*["']https?://wordpress\.org/export/""", content[:20_000]) is not None


def read(item: Item) -> Iterator[Story | Discussion | Reject]:
    """Each published post with its comments; comments of a post that isn't published wait for it. Raises Reject where no
    post is one."""
    root, rest = xml.parse_export(item.content, "item", prefixes=True)
    authors = {
        login: name
        for one in root.iter()
        if xml.qualified(one) == "wp:author"
        and (login := text(one, "wp:author_login"))
        and (name := text(one, "wp:author_display_name"))
    }
    site = next((title for one in root.iter("channel") if (title := text(one, "title"))), None)
    language = next((tag for one in root.iter("channel") if (tag := text(one, "language"))), None)
    home = next(
        (url for one in root.iter("channel") for name in ("wp:base_blog_url", "link") if (url := text(one, name))), None
    )
    items = list(root.iter("item"))
    attached = {text(one, "wp:post_id"): one for one in items if text(one, "wp:post_type") == "attachment"}
    unpublished: Counter[str] = Counter()
    empty: Counter[str] = Counter()
    others: Counter[str] = Counter()
    found = 0
    for number, element in enumerate(items, 1):
        kind = text(element, "wp:post_type") or ""
        if kind in _MACHINERY or kind.startswith(_MACHINERY_BEGINS):
            others[kind] += kind != "attachment"
            continue
        posted, refused = wxr_comments.read(element)
        for one in refused:
            yield Reject(one.reason, f"item {number}: {one.detail}")
        found += len(refused)
        status = text(element, "wp:status") or "publish"
        parsed: Story | Reject | None = None
        if status not in ("publish", "future"):
            unpublished[f"{status} {kind or 'post'}"] += 1
        elif kind not in _OWN_TYPES and not _has_words(element):
            empty[kind] += 1
        else:
            try:
                parsed = _story(element, authors, attached, status)
            except Reject as reject:
                parsed = Reject(reject.reason, f"item {number}: {reject.detail}")
            found += 1
        if isinstance(parsed, Story):
            parsed.site, parsed.language, parsed.comments = site, language, posted
            parsed.site_url = home
            if not parsed.guid and not parsed.url:
                parsed.guid = _own_name(element, home)
            parsed.original, parsed.original_type = xml.markup(element), "application/xml"
        elif posted:
            yield _discussion(element, number, posted)
            found += 1
        if parsed is not None:
            yield parsed
    if empty:
        yield Reject("left-out", f"left out, as they have neither a title nor a text: {_numbers(empty)}")
    left_out = _numbers({f"{what} (not published)": number for what, number in unpublished.items()} | others)
    if rest is not None:
        yield rest
    elif not found and not empty:
        raise Reject("no-story", f"this export has no published post; it has {left_out or 'nothing'}")
    if left_out:
        yield LeftOut(left_out)


def _own_name(element: Element, home: str | None) -> str | None:
    """The `guid` that WordPress gives a post, of the number that it has in its site."""
    number = text(element, "wp:post_id")
    return f"{home.rstrip('/')}/?p={number}" if home and number and number != "0" else None


def _numbers(counted: dict[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(counted.items()) if number)


def _has_words(element: Element) -> bool:
    return any(text(element, name) for name in ("title", "content:encoded", "excerpt:encoded"))


def _discussion(element: Element, number: int, posted: list[StoryComment]) -> Discussion | Reject:
    """The comments of a post that isn't published, or was refused."""
    link, guid = text(element, "link"), text(element, "guid")
    if not addresses.is_link(link) and not guid:
        return Reject("no-id", f"item {number}: {len(posted)} comments of a post without a link or guid")
    return Discussion(url=link if addresses.is_link(link) else None, guid=guid, comments=posted)


def _story(element: Element, authors: dict[str, str], attached: dict[str | None, Element], status: str) -> Story:
    link = text(element, "link")
    url = link if addresses.is_link(link) else None
    title = html_text.plain(text(element, "title"))
    login = text(element, "dc:creator")
    byline = authors.get(login or "", login)
    excerpt = html_text.plain(raw(element, "excerpt:encoded") or "")
    slug = text(element, "wp:post_name")
    texts = wordpress_posts.read(raw(element, "content:encoded"), title, byline, excerpt, slug, url)
    published = first_time(time(element, "wp:post_date"), text(element, "pubDate"))
    categories = [
        (one.get("domain") or "category", word) for one in element.iterfind("category") if (word := text_of(one))
    ]
    words = [word for domain, word in categories if domain in ("tag", "post_tag", "category")]
    scheduled = status == "future"
    protected = text(element, "wp:post_password") is not None
    return Story(
        headline=texts.headline,
        paragraphs=texts.paragraphs,
        body_html=texts.body_html,
        byline=byline,
        editor_note=texts.editor_note,
        summary=excerpt,
        section=next((word for domain, word in categories if domain == "category"), None),
        topics=list(dict.fromkeys(words))[:200],
        url=url,
        guid=text(element, "guid"),
        slug=slug,
        published=published,
        modified=time(element, "wp:post_modified"),
        embargo_until=published if scheduled else None,
        state=State.WITHHELD if protected else State.EMBARGOED if scheduled else State.USABLE,
        pictures=wordpress_posts.all_pictures(_pictures(element, attached), texts.pictured),
    )


def _pictures(element: Element, attached: dict[str | None, Element]) -> list[Picture]:
    """The post's own."""
    found = []
    for meta in every(element, "wp:postmeta"):
        picture = attached.get(text(meta, "wp:meta_value")) if text(meta, "wp:meta_key") == "_thumbnail_id" else None
        if picture is not None:
            url = text(picture, "wp:attachment_url") or text(picture, "guid")
            if addresses.is_link(url):
                caption = html_text.plain(raw(picture, "excerpt:encoded")) or text(picture, "title")
                found.append(parts.picture(str(url), caption))
    return found


FORMAT = Format("wxr", "application/rss+xml", recognises, read)
