"""Paragraphs that belong to the page and not to the story: sharing, newsletters, subscriptions, an agency's tail.

A paragraph is removed only where all of it is such a line; a story about newsletters stays whole.
"""

from __future__ import annotations

import re

MAX_LENGTH = 240
"""Characters; what is longer is text."""
_I = re.IGNORECASE
_END = r"[\s.!:…→»›>*]*$"
RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("share-bar", re.compile(
        r"^(?:share|share (?:this|on|via|article|story)(?: (?:this|on|via|article|story|page|with \w+|facebook|twitter|x|linkedin|whatsapp|e-?mail|reddit|telegram|bluesky|copy link|link|print|and|or|by|in))*"
        r"|(?:facebook|twitter|x|linkedin|whatsapp|e-?mail|reddit|telegram|pinterest|bluesky|threads|pocket|copy link|print|save|teilen|partager|compartir|condividi)(?:[\s,|/·•]+(?:facebook|twitter|x|linkedin|whatsapp|e-?mail|reddit|telegram|pinterest|bluesky|threads|pocket|copy link|print|save))+"
        r"|tweet|teilen|partager(?: cet article)?|compartir|follow us on .{2,60}|print this (?:article|page)|copy link|save (?:this )?(?:article|story) for later)" + _END, _I)),
    ("newsletter", re.compile(
        r"^(?:sign up (?:here |now |today )?(?:for|to)\b.{0,200}|subscribe (?:to|for|now|today)\b.{0,200}|get (?:our|the|your) .{0,80}(?:newsletter|inbox|briefing)\b.{0,80}|(?:join|download) our (?:newsletter|app|whatsapp|telegram)\b.{0,120}"
        r"|.{0,120}\bdelivered (?:straight |directly )?to your inbox\b.{0,60}|want (?:more|the latest)\b.{0,120}(?:newsletter|sign up|subscribe)\b.{0,80}|(?:jetzt )?(?:zum )?newsletter (?:abonnieren|anmelden)\b.{0,80}|abonnez-vous .{0,120}|inscrivez-vous .{0,120}newsletter.{0,60}|suscríb(?:e|a)te .{0,120})$", _I)),
    ("subscription", re.compile(
        r"^(?:this (?:article|story|content) is (?:for|available to) (?:subscribers|members)\b.{0,120}|already a (?:subscriber|member)\?.{0,80}|(?:log|sign) in to (?:continue|read)\b.{0,80}|to continue reading\b.{0,160}|you have \d+ (?:free )?articles? (?:left|remaining)\b.{0,120}|support (?:independent|our|quality) journalism\b.{0,160}|become a member\b.{0,120}|advertisement|anzeige|publicité|publicidad|story continues below(?: advertisement)?|scroll to continue|article continues (?:below|after).{0,60})" + _END, _I)),
    ("pointer", re.compile(
        r"^(?:read (?:more|also|next|the full (?:story|article))|see also|also read|related(?: (?:articles?|stories|content|coverage|topics))?|more (?:on this (?:story|topic)|from .{2,40})|recommended|watch(?: now)?|listen|click here (?:for|to)|lesen sie auch|mehr zum thema|lire aussi|à lire aussi|lea también|leggi anche)(?:\s*:.{0,200})?" + _END, _I)),
    ("separator", re.compile(r"^(?:[_*=~•·–—-]\s*){3,}$")),
    ("keyword-list", re.compile(
        r"^(?:(?:industry )?key ?words?|schlagw(?:orte|örter)|stichw(?:orte|örter)|mots[- ]cl[eé]s|palabras clave|parole chiave|trefwoorden|palavras[- ]chave|nyckelord|nøkkelord|nøgleord|avainsanat|subject codes?|category codes?)\s*:\s*[^.!?]{1,200}$", _I)),
    ("routing", re.compile(
        r"^(?-i:(?:FM|TO|SVC|ATTN|ROUTING|DESK|PRIORITY|CATEGORY|DISTRIBUTION|SLUG|REF)\s*[:/]\s*\S[^.!?]{0,80})$", _I)),
    ("agency-tail", re.compile(
        r"^\W*(?:\(?(?:additional |further )?(?:reporting|writing|editing|compiled|edited|produced|photography|graphics) by (?-i:[^\W\d_a-z]).{2,180}|\(?(?:reporting|writing|editing|edited|written|compiled) by: .{2,180}|\((?:reportage|avec|rédigé|édité|version française|par|bericht|berichtet|redaktion|redigiert|geschrieben|mitarbeit|reporte|reportaje|editado|con información|reportagem|edição|por|in redazione|redazione|a cura|door|bewerkt|verslaggeving|redigering|rapport|av)\b(?: (?:de|von|da|di|por|par|av|door|voor))?:? (?-i:[^\W\d_a-z])[^()]{2,300}\)|(?:©|\(c\)|copyright) .{0,160}|(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|todos os direitos reservados|riproduzione riservata|alle rechten voorbehouden)\b.{0,120}|.{0,60}contributed to this (?:report|story|article).{0,60}|our standards: .{0,120}"
        r"|this (?:material|story|report) (?:may not be published|was (?:first )?(?:published|generated|auto-generated)).{0,180}|with (?:inputs?|reporting|files|material|additional reporting) (?:from|by) .{2,80}|\(?(?:ap|afp|reuters|dpa|efe|ansa|pti|ani|xinhua|tass|upi|bloomberg|cp|pa|belga|apa|sda|ntb|tt|ritzau|lusa|kyodo|aap|stt|anp|pap|čtk|kna|epd)(?:[/ -]\w{1,12}){0,3}(?:, \d{1,2}\.\s?\d{1,2}\.\s?\d{2,4})?\)?(?:\.\s+(?-i:[A-Z\d]{1,4}(?:-[A-Z\d]{1,4}){0,2}))?|-{1,3}\s*30\s*-{1,3}|#{3,}|ends?|(?:\((?:schluss|ende|ends?|fin|fine|slut)\)\s+)?\(?[a-z]{2,4}(?:-[a-z]{2,4})?(?:/[a-z]{2,4}(?:-[a-z]{2,4})?)+(?:/\d{3,4})?\)?|[a-z]{2,4}/(?: [a-z]{2,4}/)+|(?-i:[A-Z]{2,5}) // (?-i:[A-Z]{2,5})|(?:\((?:fotos?|v[ií]deos?|audios?|infograf[ií]as?|photos?)\)\s*)+|[（(](?:完|終(?:わり)?|おわり|了|끝|共同|時事|ロイター)[）)]|\((?:more(?: to come)?|à suivre|suite|segue|sigue|folgt|schluss|ende|fortsetzung folgt)\))" + _END, _I)),
)  # fmt: skip

_TAIL = dict(RULES)["agency-tail"]


def without_boilerplate(paragraphs: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """(what is left, (rule, paragraph) of what went). A text that is nothing else stays as it is."""
    kept: list[str] = []
    gone: list[tuple[str, str]] = []
    for n, paragraph in enumerate(paragraphs):
        rule = _rule(paragraph, first=n < 3, last=n >= len(paragraphs) - 3) if len(paragraph) <= MAX_LENGTH else None
        if rule is None:
            kept.append(paragraph)
        else:
            gone.append((rule, paragraph))
    return (tuple(kept), tuple(gone)) if kept else (paragraphs, ())


_SIGNED_OFF = re.compile(
    r"(?<=[.!?…\"”“’»)。])\s*(?P<end>[(（][^()（）]{1,240}[)）]\W{0,2}|(?<=\s)(?:(?i:(?:additional |further )?(?:reporting|writing|editing|compiled|edited|written) by|with (?:inputs?|files|reporting) from) [^()]{2,200}"
    r"|[a-z]{2,4}(?:/[a-z]{2,4}){1,3}|(?:EFE|AFP|ANSA|Lusa(?:/Fim)?|LUSA|dpa|APA|AP|PAP|PTI|ANI|Xinhua|Reuters|TASS|BELGA|Belga|NTB|TT|ANP)\.?))$"
)
"""The same at the end of a paragraph, behind its last sentence."""


def without_sign_off(paragraphs: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """The paragraphs without an agency's tail at the end of the last one, and that tail."""
    last = paragraphs[-1] if paragraphs else ""
    signed = _SIGNED_OFF.search(last[-MAX_LENGTH:]) if last[-1:] in ")）.。" or last[-1:].isalpha() else None
    if signed is None or not _TAIL.match(signed["end"]):
        return paragraphs, None
    story = last[: len(last) - len(last[-MAX_LENGTH:]) + signed.start()].rstrip()
    return ((*paragraphs[:-1], story), signed["end"]) if re.search(r"\w", story) else (paragraphs, None)


def _rule(paragraph: str, *, first: bool, last: bool) -> str | None:
    worded = paragraph[0].isalnum()
    for name, pattern in RULES:
        if (name == "separator" and worded) or (name == "keyword-list" and ":" not in paragraph[:40]):
            continue
        if (name != "agency-tail" or last) and (name != "routing" or first) and pattern.match(paragraph):
            return name
    return None
