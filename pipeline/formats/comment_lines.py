"""The line above or below a reader's comment: who, when, and what can be done with it. Words of several languages."""

from __future__ import annotations

import re

_I = re.IGNORECASE
_CLOCK = r"\d{1,2}(?:[:.]\d{2}){1,2}(?:\s*(?:[ap]\.?\s?m\b\.?|uhr|h\b))?|\d{1,2}\s?h\s?\d{2}|\d{1,2}\s*(?:[ap]\.?m\b\.?|uhr\b)|\d{1,2}[時时시]\s?\d{1,2}[分분]"
_DAY = (
    r"\d{4}\.\s?\d{1,2}\.\s?\d{1,2}\.|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,2}(?:st|nd|rd|th|er|º)?\.?\s+(?:of\s+|de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+|del\s+)?\d{4}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
)
_AGO = (
    r"(?:\d+|an?|one|two|three)\s+(?:sec(?:ond)?|min(?:ute)?|hour|hr|day|week|month|year)s?\s+ago|\d+\s?(?:min|mo|[smhdwy])\s+ago|\b(?:yesterday|just now|gestern|hier à|ayer|ontem|ieri|gisteren|i går|wczoraj|вчера|вчора|dün)\b"
    r"|\bvor\s+\w+\s+(?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)|\bil y a\s+\w+\s+\w+|\bhace\s+\w+\s+\w+|\bhá\s+\w+\s+\w+"
    r"|\w+\s+(?:minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi])\s+fa|\w+\s+(?:minuten|uur|uren|dag(?:en)?|we(?:ek|ken)|maand(?:en)?|jaar)\s+geleden"
    r"|(?:för|for)\s+\w+\s+\w+\s+(?:sedan|siden)|\w+\s+\w+\s+(?:temu|назад|тому|önce|sitten|sedan|siden|zpátky)|\d+\s?(?:分|時間|小时|小時|日|天|週間|周|か月|个月|年)前|\d+\s?(?:분|시간|일|주|개월|년)\s?전"
)
_ZONE = r"(?:utc|gmt|[ecmp][sd]t|cest|cet|(?-i:[ECMP]T|BST|IST|JST|KST|MSK|AE[SD]T|WIB))(?!\w)"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|mo|di|mi|do|fr|sa|so|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
_WHEN = re.compile(
    rf"(?:(?:\b{_WEEKDAY}\.?,?\s+)?(?:{_DAY})(?:\s*(?:,|-|–|—|at|um|à|a las|às|alle|om|kl\.?|klo|в|\||@|•|·|/|∙|T)?\s*(?:{_CLOCK}))?"
    rf"|(?:{_CLOCK})(?:\s*{_ZONE})?\s*(?:,|-|–|—|on|am|le|el|\||·|•)?\s*(?:{_DAY})|{_AGO})(?:\s*{_ZONE})?",
    _I,
)
_SAYS = r"says?|said|wrote|writes|commented|comments|replied|posted|sagte?|sagt|schrieb|schreibt|meinte?|antwortete|dit|a dit|a écrit|écrit|dice|dijo|escribió|disse|diz|ha scritto|scrive|zegt|schreef|skriver|skrev|säger|sanoo|pisze|napisał\(?a?\)?|пишет|написал\(?а?\)?|сказал\(?а?\)?"
_BEFORE = re.compile(
    r"^(?:(?:posted|written|submitted|published|comment(?:ed)?|reply|from|user|name|author|(?:leser)?kommentar|antwort|beitrag|geschrieben|verfasst|commentaire|réponse|publié|posté|comentario|publicado|respuesta|comentário|commento|inviato|scritto|reactie|geplaatst|autor|auteur|autore|nutzer|автор)\b\s*(?:#?\d+\s*)?(?:by|von|par|por|da|di|door|av|af|from)?\b\s*:?\s*)+|^(?:by|von|par|por|da|di|door|av|af|от)\b\s*:?\s+|^#?\d+[.):]?\s+(?=\D)",
    _I,
)
_AFTER = re.compile(
    rf"(?:[\s,|·•–—@-]+(?:on|at|am|um|le|à|el|a las|em|às|il|alle|op|om|den|kl|dnia|о|в|{_WEEKDAY})\.?)+\s*$|[\s,]+(?:{_SAYS})\s*[:.…]*\s*$|\s*:\s*$|\s+#?\d+\s*$",
    _I,
)
_LABEL = re.compile(
    r"^\W*(?:(?:click (?:here )?to )?(?:reply|quote|report(?: (?:abuse|comment|this))?|flag(?: as inappropriate)?|like|likes|dislike|unlike|upvote|downvote|vote|share|edit(?:ed)?|delete|permalink|perma ?link|link|copy link|(?:direct |permanent |perma)?link(?: to (?:this |the )?(?:comment|post|reply))|(?:direct|permanent|comment) link|show (?:more|less|replies)|(?:view|hide|load) (?:\d+ )?(?:more )?(?:replies|reply|comments)|read more|see more|log ?in to (?:reply|comment|vote)|top|best|newest|oldest|pinned|featured|verified|author|moderator|staff|member|subscriber|expand|collapse|recommend(?:ed)?|respond|helpful|avatar|user avatar|profile picture|leave a (?:reply|comment)|comments?|in reply to"
    r"|antworten|antwort|zitieren|melden|gefällt mir(?: nicht)?|teilen|bearbeiten|löschen|beitrag melden|kommentar melden|empfehlen|direktlink|(?:link|permalink) zum (?:kommentar|beitrag)|mehr anzeigen|ausblenden|autor|redaktion|registriert"
    r"|répondre|réponses?|citer|signaler(?: un abus)?|j['’]aime|partager|modifier|supprimer|recommander|alerter|lien (?:permanent|direct)|lien vers (?:ce|le) commentaire|voir plus"
    r"|responder|respuestas?|citar|denunciar|reportar|me gusta|compartir|compartilhar|editar|eliminar|enlace (?:permanente|(?:a|al) (?:este )?comentario)|link (?:permanente|para (?:este|o) comentário)|curtir|gostei|ver más|ver mais"
    r"|rispondi|rispondere|segnala|mi piace|condividi|cita|modifica|elimina|collegamento permanente|link al commento|link naar (?:deze |de )?reactie|beantwoorden|reageer|reageren|antwoord(?:en)?|citeren|rapporteer|vind ik leuk|delen|wijzigen"
    r"|svar|svara|anmäl|gilla|dela|citera|anmeld|synes godt om|del|lik|vastaa|ilmoita|tykkää|jaa|odpowiedz|cytuj|zgłoś|lubię to|udostępnij|odpovědět|nahlásit|válasz|răspunde|yanıtla|cevapla|şikayet et|beğen"
    r"|ответить|цитировать|пожаловаться|нравится|поделиться|(?:постоянная )?ссылка(?: на (?:этот )?комментарий)?|コメントへのリンク|固定リンク|パーマリンク|відповісти|поскаржитися|返信|通報|いいね|引用|回复|回覆|举报|點讚|点赞|赞|顶|踩|답글|신고|좋아요|공감|رد|إعجاب|תגובה|απάντηση|αναφορά|μου αρέσει|trả lời|thích|báo cáo|ตอบกลับ|ตอบ|ถูกใจ|जवाब दें|उत्तर दें|balas|laporkan|پاسخ|جواب دیں|odgovori|prijavi|отговор|odpovedať|vasta|atbildēt|atsakyti)"
    r"(?:\s*[(\[]?\s*[+-]?\d+\s*[)\]]?)?|[+-]?\d+(?:\s*(?:likes?|dislikes?|votes?|points?|replies|antworten|réponses?|respuestas?|risposte|svar|gefällt mir|j['’]aime|me gusta|thumbs (?:up|down)))?|#\s?\d+|[§¶#∞«»…+↩⤷↪-]+)\W*$",
    _I,
)
_PERMANENT = re.compile(
    r"^\W*(?:perma ?link|direktlink|lien permanent|enlace permanente|collegamento permanente|link|#\s?\d+|[#§¶∞])\W*$",
    _I,
)
_ANSWER = re.compile(
    r"\b(?:reply|respond|antworten|répondre|responder|rispondi|reageer|reageren|beantwoorden|svar|svara|vastaa|odpowiedz|odpovědět|válasz|răspunde|yanıtla|cevapla|ответить|відповісти|返信|回复|回覆|답글|رد|תגובה|απάντηση|trả lời|ตอบกลับ|ตอบ|जवाब दें|उत्तर दें|balas|پاسخ|جواب دیں|odgovori|отговор|odpovedať|vasta|atbildēt|atsakyti)",
    _I,
)
_ACTION = re.compile(
    r"\b(?:reply|report|flag|quote|antworten|melden|zitieren|répondre|signaler|citer|responder|denunciar|reportar|citar|rispondi|segnala|reageer|reageren|beantwoorden|rapporteer|svar|svara|anmäl|anmeld|vastaa|ilmoita"
    r"|odpowiedz|zgłoś|cytuj|odpovědět|nahlásit|válasz|răspunde|yanıtla|cevapla|şikayet et|ответить|пожаловаться|цитировать|відповісти|поскаржитися|返信|通報|回复|回覆|举报|답글|신고|رد|תגובה|απάντηση|αναφορά|μου αρέσει|trả lời|thích|báo cáo|ตอบกลับ|ตอบ|ถูกใจ|जवाब दें|उत्तर दें|balas|laporkan|پاسخ|جواب دیں|odgovori|prijavi|отговор|odpovedať|vasta|atbildēt|atsakyti)",
    _I,
)
"""What can be done with a comment, and is written in a row with others of the kind."""
_AGE = re.compile(r"\W*|\d+\s?(?:s|sec|min|m|h|d|w|mo|y|j|t|u|g|sem|jr?|ч|д|дн|мин)\.?", _I)
"""What stands between buttons: a sign, an age as short as "2 d"."""
_IN_REPLY = re.compile(
    r"(?:(?<=\s)|^)(?:in reply to|in response to|replying to|replied to|(?:als )?antwort an|antwortet(?:e)? (?:auf )?|en réponse à|a répondu à|en respuesta a|respondiendo a|em resposta a|respondendo a|in risposta a|als antwoord op|in antwoord op|som svar (?:till|på|til)|svar (?:till|til|på)|vastaus|w odpowiedzi (?:do|na)|odpověď na|в ответ|відповідь|yanıt olarak|回复|回覆|返信先|➔|▶|⤷)(?=\s|[:：@])",
    _I,
)
_REMOVED = re.compile(
    r"^\W*(?:(?:this|the) (?:comment|post|message|reply) (?:has been|was|is) (?:removed|deleted|hidden)(?=\W*$|\W+(?:by|because|for|due|as|since|after|at)\b)|(?:comment|post|message) (?:removed|deleted)\W*$|(?:removed|deleted) by (?:a |the )?(?:moderator|author|user|administrator|site)|(?:deleted|removed)\W*$"
    r"|(?:dieser |der )?(?:kommentar|beitrag) (?:wurde|ist) .{0,30}(?:gelöscht|entfernt)|(?:kommentar|beitrag) (?:gelöscht|entfernt)|(?:ce |le )?(?:commentaire|message) (?:a été |est )?(?:supprimé|modéré|retiré)|(?:este |el )?(?:comentario|mensaje) (?:ha sido |fue )?(?:eliminado|borrado|retirado)"
    r"|(?:este |o )?comentário (?:foi )?(?:removido|apagado|excluído|eliminado)|(?:questo |il )?commento (?:è stato )?(?:rimosso|eliminato|cancellato)|(?:deze |de )?reactie (?:is )?verwijderd|(?:kommentaren|kommentar(?:en|et)?|inlägget) .{0,12}(?:slettet|borttagen|raderad|fjernet)"
    r"|kommentti .{0,12}poistettu|komentarz .{0,20}usunięty|komentář .{0,12}(?:smazán|odstraněn)|a hozzászólást .{0,12}törölt|(?:этот )?комментарий .{0,12}удал[её]н|коментар .{0,12}видалено|(?:bu )?yorum .{0,12}(?:silindi|kaldırıldı)|(?:この)?コメントは.{0,12}削除|(?:该|此|這則|这条)?(?:评论|評論|留言)已?被?.{0,6}(?:删除|刪除)|삭제된 댓글|(?:تم حذف|حُذف).{0,12}التعليق|התגובה (?:הוסרה|נמחקה))",
    _I,
)
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_AROUND = " \t,;|•·–—-<>*↩#"
_UNVERIFIED = re.compile(
    r"(?i)\s*\((?:not verified|nicht überprüft|non vérifié|no verificado|não verificado|non verificato|niet gecontroleerd|ikke verifi[sc]eret|ikke verifisert|ej verifierad|niezweryfikowany|не проверено)\)$"
)
"""What Drupal puts behind the name of who has no account."""
_BUTTON_BEHIND = re.compile(
    r"(?i)\s+(?:reply|antworten|répondre|responder|rispondi|beantwoorden|odpowiedz|ответить|svar|svara|permalink|edit|report|返信)$"
)
_WORDS = re.compile(
    rf"(?i)\b(?:{_SAYS}|on|at|am|um|le|à|el|a las|em|às|il|alle|op|om|den|kl|dnia|о|в|by|von|par|por|da|di|door|av|af|{_WEEKDAY})\b"
)
_NO_NAME = re.compile(r"[!?…]$|^\W*\d{1,2}[:.]\d{2}$|\.\s+\S+\s+\S+\s|https?:|www\.")
_META_LENGTH = 140
_MAYBE_WHEN = re.compile(
    r"\d|\bago\b|just now|yesterday|gestern|\bvor\b|il y a|hier|hace|ayer|\bhá\b|ontem|\bfa\b|ieri|geleden|gisteren|sedan|siden|i går|temu|wczoraj|назад|тому|вчера|вчора|önce|dün|sitten",
    _I,
)
_NAME_LENGTH, _NAME_WORDS = 60, 6
_WORDS_BESIDE = 6


def moment(line: str) -> str | None:
    """The time on a short line, as written."""
    match = _WHEN.search(line) if len(line) <= _META_LENGTH and _MAYBE_WHEN.search(line) else None
    if match is None or (len(line) > 60 and not re.search(r"\d", match[0])):
        return None
    return " ".join(match[0].split())


def is_label(line: str) -> bool:
    """Whether the line is a button, a counter, a permanent link's label or the like."""
    return len(line) <= 60 and bool(_LABEL.match(line) or (_ACTION.search(line) and _is_row_of_labels(line.split())))


def is_permanent(line: str) -> bool:
    """Whether the words of a link are the time or the number of what it leads to, or say that it is permanent."""
    return bool(_PERMANENT.match(line)) or ((when := moment(line)) is not None and len(when) >= len(line) - 4)


def is_answering(line: str) -> bool:
    """Whether the line has a button to answer with, alone or among others."""
    return is_label(line) and _ANSWER.search(line) is not None


def _is_row_of_labels(words: list[str]) -> bool:
    """Whether the words are several labels, of up to four words each: "Like (3) Reply Report"."""
    reached = {0}
    for end in range(1, len(words) + 1):
        if any(start in reached and _is_in_row(" ".join(words[start:end])) for start in range(max(0, end - 4), end)):
            reached.add(end)
    return len(words) in reached


def _is_in_row(words: str) -> bool:
    return bool(_LABEL.match(words) or _AGE.fullmatch(words))


def without_labels(line: str) -> str:
    """A meta line without the buttons on it."""
    parts = re.split(r"(\s+[|·•–—-]\s+|\s*[|·•]\s*|\s{2,})", line)
    kept = [part for part in parts if not is_label(part) or not re.search(r"\w", part)]
    return "".join(kept).strip(" |·•–—-,")


def is_removed(text: str) -> bool:
    """Whether it stands in the place of a comment that was taken away."""
    return len(text) <= _META_LENGTH and _REMOVED.match(text) is not None


def answers(text: str) -> bool:
    """Whether a short text says before a name that what follows answers it."""
    return len(text) <= _META_LENGTH and _IN_REPLY.search(text) is not None


def name(line: str) -> str | None:
    """The name on the line, without the time, the verbs and the buttons around it; None where what is left is no name."""
    line = " ".join(line.split())
    if len(line) > _META_LENGTH:
        return None
    if (reply := _IN_REPLY.search(line)) and reply.start():
        shown = _WHEN.search(line)
        line = line[: reply.start()] + (f" {shown[0]}" if shown and shown.start() > reply.start() else "")
    when = _WHEN.search(line)
    if when:
        before, after = line[: when.start()], line[when.end() :]
        line = before if re.search(r"\w", _cleaned(before)) else after
    text = _cleaned(line)
    if not text or not re.search(r"[^\W_]", text) or is_label(text):
        return None
    if (
        len(text) > _NAME_LENGTH
        or len(text.split()) > _NAME_WORDS + (1 if when is None else 0)
        or _NO_NAME.search(text)
    ):
        return None
    return text


def _cleaned(line: str) -> str:
    text, was = without_labels(line), None
    while text != was:
        was = text
        text = _AFTER.sub("", _BEFORE.sub("", text.strip(_AROUND))).strip(_AROUND + ":")
        text = _UNVERIFIED.sub("", _BUTTON_BEHIND.sub("", text))
    for opening, closing in ("()", "[]"):
        if text.count(opening) < text.count(closing):
            text = text.removesuffix(closing)
        elif text.count(opening) > text.count(closing):
            text = text.removeprefix(opening)
    return text.strip()


def about_only(line: str, author: str | None) -> bool:
    """Whether the line only says who wrote when, or is a button."""
    if len(line) > _META_LENGTH:
        return False
    if is_label(line):
        return True
    if moment(line) is None and author is None:
        return False
    rest = _WHEN.sub(" ", line.replace(author, " ") if author else line)
    if (
        author
        and author in line
        and rest.count(" ")
        and moment(line) is not None
        and len(rest.split()) <= _WORDS_BESIDE
    ):
        return True  # with a badge, or whom it answers
    rest = _cleaned(_WORDS.sub(" ", rest))
    return not re.search(r"[^\W_]", rest) or is_label(rest)


def weight(text: str) -> int:
    """Characters; those of scripts that write words in one or two of them count for more."""
    return len(text) + 2 * len(_DENSE.findall(text))
