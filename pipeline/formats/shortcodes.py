"""Shortcodes: square brackets that WordPress or one of its plugins replaces. All others are words, mostly an editor's
([sic], [the engineers]).

Source: https://developer.wordpress.org/apis/shortcode/. WordPress knows which names are registered, an export doesn't say.
So a shortcode is one by its name, by attributes, by its closing tag, or by an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_CORE = frozenset({"gallery", "caption", "wp_caption", "audio", "video", "playlist", "embed"})
"""WordPress's own: https://codex.wordpress.org/Shortcode"""
_PLUGINS = frozenset(
    {
        "contact-form", "contact-form-7", "contact-field", "wpforms", "gravityform", "gravityforms", "formidable", "forminator_form",
        "jetpack-related-posts", "blog-posts", "recent-posts", "recent_posts", "sitemap", "wp-sitemap-page", "polldaddy", "crowdsignal",
        "slideshare", "videopress", "wpvideo", "googlemaps", "googleapps", "google-map", "wpgmza", "twitter-timeline", "toc", "ez-toc",
        "lwptoc", "nggallery", "singlepic", "imagebrowser", "ngg", "ngg-gallery", "foogallery", "envira-gallery", "modula", "metaslider",
        "layerslider", "smartslider3", "soliloquy", "adrotate", "adsense", "adinserter", "quads", "the_ad", "elementor-template", "insert_php",
        "social-share", "ssba", "addtoany", "shariff", "sharethis-inline-buttons", "bbp-forum-index", "bbp-single-topic", "yarpp",
        "wp-polls", "page-links", "caldera_form", "powerpress", "podcastplayer", "tablepress", "tribe_events", "bibshow", "sourcecode",
    }
)  # fmt: skip
_SERVICES = frozenset(
    {
        "youtube", "vimeo", "dailymotion", "soundcloud", "spotify", "bandcamp", "ted", "vine", "hulu", "scribd", "issuu", "flickr",
        "instagram", "facebook", "twitter", "tweet", "tiktok", "gist", "github", "kickstarter", "brightcove", "jwplayer", "getty", "wistia",
        "poll", "map", "table", "file", "download",
    }
)  # fmt: skip
"""Shortcodes where an address or a number follows; else words."""
_ALONE = frozenset(
    {
        "ad",
        "ads",
        "advert",
        "clear",
        "divider",
        "hr",
        "more",
        "newsletter",
        "nextpage",
        "paywall",
        "related",
        "separator",
        "spacer",
    }
)
"""Shortcodes where they are a paragraph by themselves; else words."""
_MEDIA = _CORE - {"caption", "wp_caption"} | _SERVICES
"""What these have inside is an address, never a sentence."""
_CODE = re.compile(
    r"\[(?P<escaped>\[)?(?P<close>/)?(?P<name>[A-Za-z][\w-]{0,60})(?P<rest>(?:[\s/][^\[\]]{0,4000})?)\](?P<end>\])?"
)
_ATTRIBUTE = re.compile(r"""\s[A-Za-z][\w-]*(?:=["'“”„″»\w#&/]|\s*=\s*["'“”„″])""")
_ADDRESS = re.compile(r"\s+(?:https?:|//|www\.)\S+")
_NUMBER = re.compile(r"\s+[\w-]*\d[\w-]*\s*")
_CAPTION = re.compile(r"\[(?:wp_)?caption\b(?P<about>[^\[\]]*)\](?P<inside>.*?)\[/(?:wp_)?caption\]", re.DOTALL)
_PICTURE = re.compile(
    r"^\s*(?P<picture>(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(?P<words>.*)$", re.DOTALL | re.IGNORECASE
)
_IN_ATTRIBUTE = re.compile(r"""\bcaption\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_BARE_ADDRESS = re.compile(r"\s*(?:<a\b[^>]*>)?\s*https?://\S+\s*(?:</a>)?\s*", re.IGNORECASE)


def without_shortcodes(text: str) -> str:
    """The text with captions as figures, without other shortcodes, and with what stands between them. A code in double
    brackets is one that is to be read."""
    if "[" not in text:
        return text
    text = _CAPTION.sub(_figure, text)
    found = list(_CODE.finditer(text))
    paired = {one["name"] for one in found if not one["close"]} & {one["name"] for one in found if one["close"]}
    kept: list[str] = []
    at, dropped_until, apart = 0, None, False
    for code in found:
        if dropped_until is None:
            words = text[at : code.start()]
            kept.append(_BREAK if apart and _would_join(kept, words) else "")
            kept.append(words)
            apart = apart and not words
        elif code["close"] and code["name"] == dropped_until:
            kept.append("" if _BARE_ADDRESS.fullmatch(text[at : code.start()]) else text[at : code.start()])
            dropped_until = None
        else:
            continue
        at = code.end()
        if code["escaped"] and code["end"]:
            kept.append(code[0][1:-1])
        elif _is_code(code, paired) or _is_alone(code):
            kept.append(code["escaped"] or "")
            kept.append(code["end"] or "")
            apart = apart or _LAYOUT.search(code["name"]) is not None
            if code["name"] in _MEDIA & paired and not code["close"]:
                dropped_until = code["name"]
        else:
            kept.append(code[0])
    return "".join(kept) + (_BREAK if apart and _would_join(kept, text[at:]) else "") + text[at:]


_LAYOUT = re.compile(
    r"^(?:vc|et_pb|fusion|av|tagdiv|kc|cs)_|(?:^|_)(?:accordion|box|cols?|columns?|fifth|fourth|half|pullquote|quarter|rows?|section|sixth|tabs?|third|toggle)(?:_|$)",
    re.IGNORECASE,
)
"""What parts a text into blocks: what is before it and after it are no one word."""
_BREAK = "\n\n"


def _would_join(kept: list[str], words: str) -> bool:
    before = next((one for one in reversed(kept) if one), " ")
    return bool(words) and not before[-1].isspace() and not words[0].isspace() and words[0] not in ",.;:!?)…”»"


def _is_code(code: re.Match[str], paired: Iterable[str]) -> bool:
    name, rest = code["name"], code["rest"]
    if name in paired:
        return True
    if code["close"]:
        return "_" in name or name in _CORE | _PLUGINS | _SERVICES
    if _ATTRIBUTE.search(rest) or rest.rstrip().endswith("/"):
        return True
    if name in _SERVICES:
        return bool(_ADDRESS.fullmatch(rest) or _NUMBER.fullmatch(rest))
    if name in _CORE:
        return not rest.strip() or bool(_ADDRESS.match(rest))
    return name in _PLUGINS or ("_" in name and not rest.strip())


def _is_alone(code: re.Match[str]) -> bool:
    before, after = code.string[: code.start()].rstrip(" \t\r"), code.string[code.end() :].lstrip(" \t\r")
    return (
        code["name"] in _ALONE
        and not code["rest"].strip()
        and before[-1:] in ("", "\n", ">")
        and after[:1] in ("", "\n", "<")
    )


def _figure(caption: re.Match[str]) -> str:
    picture = _PICTURE.match(caption["inside"])
    own = _IN_ATTRIBUTE.search(caption["about"])
    if picture is None:
        return f"<figure>{caption['inside']}</figure>"
    words = (own[1] or own[2] or "") if own else picture["words"]
    return f"<figure>{picture['picture']}<figcaption>{words.strip()}</figcaption></figure>"
