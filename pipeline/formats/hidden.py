"""What a page doesn't show to its reader, or shows instead of the story: hidden elements, dialogs, offers of subscriptions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml.html import HtmlElement

from pipeline.formats import json_ld, style_sheets

_STYLE = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)\b|(?:^|[;\s])(?:left|top|text-indent)\s*:\s*-\d{4,}(?:px|r?em)",
    re.IGNORECASE,
)
_FOR_MACHINES = re.compile(
    r"(?:^|\s)(?:sr-only|(?:u-|is-)?visually-?hidden|screen-?reader(?:-text|-only|s-only)?|element-invisible|a11y-hidden|d-none|u-hidden|is-hidden)(?:\s|$)"
)
_SHOWN_WHERE_WIDE = re.compile(
    r"(?:^|\s)(?:d-(?:sm|md|lg|xl|xxl)-|(?:not-sr-only|\w+:not-sr-only))|\w+:(?:block|flex|inline)"
)
"""Classes of common style sheets for what is there for screen readers, or nowhere; and of those that take it back."""
_DIALOG = re.compile(
    r"(?:^|[\s_-])(?:cookie|consent|gdpr|dsgvo|cmp|onetrust|didomi|usercentrics|truste|sp_message|qc-cmp\d*|privacy-?(?:banner|notice|overlay|modal)|"
    r"cookie-?(?:banner|bar|notice|wall|law)|modal|popup|lightbox|overlay)(?:$|[\s_-])", re.IGNORECASE,
)  # fmt: skip
_ASKS = re.compile(
    r"cookie-?_?(?:bot|banner|consent|notice|law|bar|box|dialog|wall|popup|info|hint|layer|overlay|message|disclaimer|warning)|cybot|borlabs|cmplz|cmpbox|tarteaucitron|axeptio|iubenda|klaro|moove_gdpr|(?:^|[\s_-])(?:cky|osano|termly|cc-(?:window|banner)|cli-bar|cn-notice|onetrust|didomi|usercentrics|qc-cmp\d*|sp_message)",
    re.IGNORECASE,
)
"""Names that only questions of consent have, by well-known tools."""
_CONSENT = re.compile(
    r"cookie|consent|einwillig|datenschutz|privacy|privacidad|confidentialit|privat|personvern|integritet|rgpd|gdpr|dsgvo|согласи",
    re.IGNORECASE,
)
_WALL = re.compile(r"(?:^|[\s_-])(?:paywall|pay-wall|regwall|meter(?:ed)?-?(?:wall|message)|subscri\w*-(?:offer|wall|prompt|box|promo)|offer-?box|abo-?(?:teaser|box|offer|hinweis)|premium-?(?:offer|wall|box)|piano|barrier|gateway)(?:$|[\s_-])", re.IGNORECASE)  # fmt: skip
_OFFER = re.compile(
    r"subscri|\bunlimited access|\bcancel any|\bsign (?:in|up)\b|\blog ?in\b|\bfree trial|\bmembership\b|\baccount\b|\bpassword\b"
    r"|abonn|\babos?\b|probe(?:abo|monat|zeit)|kündbar|kostenlos|anmelden|registrier|kundenkonto|weiterlesen|passwort|zugang"
    r"|s['’]abonner|sans engagement|identifi|connecte[zr]|mot de passe|compte\b|offre"
    r"|suscri|iniciar sesión|contraseña|sin permanencia|oferta|cuenta\b|abbona|disdici|accedi\b|offerta|registrat"
    r"|assin(?:e|ante|atura|ar)\b|inloggen|opzegbaar|proefabonnement|wachtwoord|prenumer|logga in|lösenord|provperiod|logg inn|logg ind|prøveperiode|passord|adgangskode"
    r"|tilaa|tilaus|kirjaudu|salasana|előfiz|bejelentkez|předplat|přihlá|heslo|subskry|prenumerat|zaloguj|hasło|dostęp|подпис|войти|пароль|абонемент|увійти|передплат"
    r"|abone ol|giriş yap|συνδρομ|会員|購読|ログイン|有料|訂閱|订阅|登入|登录|구독|로그인|اشترك|اشتراك|מנוי",
    re.IGNORECASE,
)
_WALL_WORDS = re.compile(
    r"\bunlock|free articles?\b|(?:keep|continue) reading|\bread on\b|full access|already a (?:reader|member)|welcome back|to read (?:this|the full)|premium (?:content|article)"
    r"|testen sie|monatlich|lesen sie (?:weiter|mehr)|werden sie|débloque|réservée? aux|poursuiv|continuer la lecture|accéde[rz]|desbloque|sigue leyendo|seguir leyendo|hazte soci|exclusiv|continue lendo|continuar a ler|acesso"
    r"|riservat|continua a leggere|sblocca|verder ?lezen|lees verder|toegang|onbeperkt|läs vidare|lås upp|tillgång|les videre|læs videre|lås op|adgang|tilgang|ingen binding|binding|jatka lukemista|rajaton|maksut"
    r"|odemkn|přihla|přístup|číst dál|zrušit|odblokuj|czytaj dalej|olvass tovább|korlátlan|continuă|acces\b|разблок|доступ|читать дальше|απεριόριστ|πρόσβαση|συνδεθ|devamını|sınırsız|üye\b|üyelik"
    r"|残り\d|続きを読む|無料|登録|解锁|解鎖|会员|會員|继续阅读|繼續閱讀|付费|付費|유료|회원|سج[ّ]?ل الدخول|لمتابعة القراءة|بلا حدود|הירשמ|התחבר|להמשך",
    re.IGNORECASE,
)
"""What an offer says besides, inside a wall; in a story these are words like others."""
_PRICE = re.compile(
    r"(?:[€$£¥₹₽]|\b(?:eur|usd|gbp|chf|sek|nok|dkk|pln)\b)\s?\d|\d(?:[.,]\d{1,2})?\s?(?:[€$£¥₹₽円元]|\b(?:euros?|eur|usd|chf|kr|zł|kč|ft|lei|руб|грн|dollars?|pounds?)\b)",
    re.IGNORECASE,
)
_MARKED = "//*[@hidden or @style or @aria-hidden or @role or @aria-modal or @layout='nodisplay' or self::dialog]"
_NAMED_SO = "//*[contains(@class, 'sr-only') or contains(@class, 'hidden') or contains(@class, 'creen') or contains(@class, 'invisible') or contains(@class, 'd-none')]"
_IN_SENTENCES = frozenset(
    ["p", "span", "b", "i", "em", "strong", "a", "svg", "img", "br", "sup", "sub", "small", "abbr"]
)
"""What `aria-hidden` only takes from being read aloud: initials, icons, footnote marks, paragraphs behind a wall."""
_COMPOUND = re.compile(
    r"(?P<tag>\*|[a-zA-Z][\w-]*)?(?P<rest>(?:[.#][\w-]+|\[[\w-]+(?:[*^$~|]?=(?:\"[^\"]*\"|'[^']*'|[\w-]+))?\])*)$"
)
_SIMPLE = re.compile(r"([.#])([\w-]+)|\[([\w-]+)(?:([*^$~|]?)=(?:\"([^\"]*)\"|'([^']*)'|([\w-]+)))?\]")


def drop(tree: HtmlElement, declared: dict[str, Any]) -> None:
    """Take out what isn't the story for a reader of this page. What holds the page's heading or most of its text stays:
    some pages are hidden until a script shows them."""
    whole = _length(tree)
    for element in list(_hidden(tree)):
        if element.getparent() is not None and (_is_question(element) or not _holds_story(element, whole)):
            element.drop_tree()
    for element in tree.xpath("//*[@aria-hidden='true']"):
        if element.tag in _IN_SENTENCES:
            element.attrib.pop("aria-hidden")  # the extractor takes it for hidden
    for wall in _walls(tree, declared):
        standing = [one for one in wall if one.getparent() is not None and one.tag not in ("html", "body")]
        if standing and _is_offer(standing):
            for element in standing:
                element.drop_tree()


def _hidden(tree: HtmlElement) -> Iterator[HtmlElement]:
    yield from tree.iter("template", "amp-consent", "amp-sidebar", "amp-user-notification", "amp-lightbox")
    yield from (element for element in style_sheets.hidden(tree) if not _is_needed(element))
    for element in tree.xpath(_NAMED_SO):
        name = element.get("class")
        if _FOR_MACHINES.search(name) and not _SHOWN_WHERE_WIDE.search(name) and not _is_needed(element):
            yield element
    for element in tree.xpath(_MARKED):
        style = element.get("style")
        if element.tag not in ("head", "html", "body", "script", "style") and (
            (element.get("hidden") is not None and element.get("hidden") != "until-found")
            or (style is not None and _STYLE.search(style))
            or (element.get("aria-hidden") == "true" and element.tag not in _IN_SENTENCES)
            or (element.tag == "dialog" and element.get("open") is None)
            or element.get("role") in ("dialog", "alertdialog")
            or element.get("aria-modal") == "true"
            or element.get("layout") == "nodisplay"
        ):
            yield element
    for element in tree.iter("div", "section", "aside", "form"):
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(name) > 2 and (_is_dialog(name) or _asks(name)) and _CONSENT.search(element.text_content()[:2000]):
            yield element


def _is_question(element: HtmlElement) -> bool:
    """Whether it surely is a question of consent, which may be longer than the story."""
    return (
        _asks(f"{element.get('class') or ''} {element.get('id') or ''}")
        and element.tag not in ("main", "article", "body", "html")
        and next(element.iter("h1", "article", "main"), None) is None
    )


def _is_needed(element: HtmlElement) -> bool:
    """Whether it is a heading, a time or about an answered comment, which are true though they are not seen."""
    return (
        element.tag in ("html", "head", "body", "h1", "time", "script", "style")
        or next(element.iter("h1", "time"), None) is not None
        or element.get("itemprop") is not None
    )


@lru_cache(maxsize=8192)
def _asks(name: str) -> bool:
    return _ASKS.search(name) is not None


@lru_cache(maxsize=8192)
def _is_dialog(name: str) -> bool:
    return _DIALOG.search(name) is not None


@lru_cache(maxsize=8192)
def _is_wall(name: str) -> bool:
    return _WALL.search(name) is not None


def _holds_story(element: HtmlElement, whole: int) -> bool:
    """Whether it is what the page is about: with its first-level heading, or marked as the article, or most of its text."""
    if element.tag in ("main", "article") or element.get("itemprop") == "articleBody":
        return True
    dialog = (
        element.get("role") in ("dialog", "alertdialog")
        or element.get("aria-modal") == "true"
        or element.tag == "dialog"
    )
    if next(element.iter("h1"), None) is not None:
        return not dialog or next(element.iter("article"), None) is not None
    return not dialog and whole > 0 and _length(element) > whole / 2


def _length(element: HtmlElement) -> int:
    return sum(len(p.text_content()) for p in element.iter("p"))


def _walls(tree: HtmlElement, declared: dict[str, Any]) -> Iterator[list[HtmlElement]]:
    """What the page declares as not free to read, and what is called a wall; elements of one kind together."""
    for part in json_ld.as_list(declared.get("hasPart")):
        if isinstance(part, dict) and str(part.get("isAccessibleForFree")).rpartition("/")[2].casefold() in (
            "false",
            "no",
            "0",
        ):
            for selector in json_ld.as_list(part.get("cssSelector")):
                yield selected(tree, selector) if isinstance(selector, str) else []
    named: dict[tuple[str, str], list[HtmlElement]] = {}
    for element in tree.iter("div", "section", "aside", "form", "p"):
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(name) > 5 and _is_wall(name):
            named.setdefault((element.tag, element.get("class") or name), []).append(element)
    yield from named.values()


def _is_offer(wall: list[HtmlElement]) -> bool:
    """Whether it asks for a subscription or a login rather than tells the story: most of its text does, or what of it
    doesn't is short. Some pages mark the story itself, for readers who have paid."""
    rows = [
        row
        for element in wall
        for one in element.iter("p", "li", "h2", "h3", "h4", "button", "label", "div")
        if (one.tag != "div" or len(one) == 0) and (row := " ".join(one.text_content().split()))
    ] or [" ".join(one.text_content().split()) for one in wall]
    asking = sum(
        len(row)
        for row in rows
        if _OFFER.search(row) or (len(row) < 240 and _WALL_WORDS.search(row)) or (len(row) < 120 and _PRICE.search(row))
    )
    telling = sum(map(len, rows)) - asking
    return telling < 80 or asking >= telling * (1 if asking + telling < 2500 else 4)


def words_of_offer(text: str) -> set[str]:
    """The words in it with which sites ask for a subscription or a login."""
    return {match.casefold() for match in _OFFER.findall(text)}


def selected(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    """The elements that a CSS selector of classes, ids, tags and attributes, with ancestors and parents, chooses; none where
    it is of another kind (https://www.w3.org/TR/selectors-4/)."""
    paths = [path for one in selector.split(",") if (path := _path(one.strip()))]
    return list(tree.xpath("|".join(paths))) if paths else []


def _path(selector: str) -> str | None:
    path, step = "", "descendant-or-self::"
    for part in re.findall(r">|[^\s>]+", selector):
        if part == ">":
            step = "child::"
            continue
        match = _COMPOUND.match(part)
        if match is None:
            return None
        path += f"{'/' if path else ''}{step}{(match['tag'] or '*').lower()}{''.join(map(_condition, _SIMPLE.findall(match['rest'])))}"
        step = "descendant::"
    return path or None


def _condition(simple: tuple[str, ...]) -> str:
    sign, name, attribute, how, *texts = simple
    value = "".join(texts).replace("'", "")
    if sign == ".":
        return f"[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"
    if sign == "#":
        return f"[@id='{name}']"
    if not value:
        return f"[@{attribute}]"
    return f"[contains(@{attribute}, '{value}')]" if how else f"[@{attribute}='{value}']"
