"""What systems for comments write in the place of a text that was deleted, in the languages of their readers."""

from __future__ import annotations

import re

_THING = r"(?:(?:this|the|a|your)\s+)?(?:comment|message|post|reply|content)"
_TOMBSTONE = re.compile(
    r"[\W_]*(?:"
    r"\[\s*(?:deleted|removed|gelöscht|entfernt|supprimé|eliminado|borrado|rimosso|eliminato|removido|apagado|verwijderd|borttagen|slettet|удалено|удалён|已删除|削除済み|삭제됨|محذوف)\s*\]"
    rf"|{_THING}\s+(?:(?:was|has\s+been|is|have\s+been)\s+)?(?:deleted|removed)(?:\s+(?:by|as|for|because|due|from)\b[^.!?]{{0,80}})?|{_THING}\s+(?:is\s+)?no\s+longer\s+available"
    r"|(?:dieser\s+|der\s+)?(?:kommentar|beitrag)\s+(?:wurde|ist)\s+(?:[\w.]+\s+){0,4}?(?:gelöscht|entfernt)(?:\s+worden)?|(?:ce\s+)?(?:commentaire|message)\s+a\s+été\s+(?:supprimé|retiré|effacé)(?:\s+par\b[^.!?]{0,60})?"
    r"|(?:este\s+)?comentario\s+(?:ha\s+sido|fue)\s+(?:eliminado|borrado|retirado)(?:\s+por\b[^.!?]{0,60})?|(?:questo\s+|il\s+)?commento\s+è\s+stato\s+(?:rimosso|eliminato|cancellato)(?:\s+da\w*\b[^.!?]{0,60})?"
    r"|(?:este\s+)?comentário\s+(?:foi)\s+(?:removido|apagado|excluído|eliminado)(?:\s+pel[oa]s?\b[^.!?]{0,60})?|(?:deze\s+)?(?:reactie|bericht)\s+(?:is|werd)\s+(?:[\w.]+\s+){0,3}?verwijderd(?:\s+door\b[^.!?]{0,60})?"
    r"|(?:den\s+här\s+|denna\s+)?kommentaren?\s+(?:är|har)\s+(?:blivit\s+)?(?:borttagen|tagits\s+bort|raderad)|(?:denne\s+)?kommentaren?\s+(?:er|ble|blev)\s+(?:fjernet|slettet)(?:\s+a[fv]\b[^.!?]{0,60})?|kommentti\s+(?:on\s+)?poistettu"
    r"|(?:этот\s+)?комментарий\s+(?:был\s+)?удал[её]н(?:\s+\w+){0,3}|komentarz\s+(?:został\s+)?usunięty|(?:此|该|這則)?(?:评论|留言|評論)已?(?:被|经)?(?:\w{0,4})删除|(?:この)?コメントは削除されました|삭제된\s*댓글입니다|(?:تم\s+حذف\s+(?:هذا\s+)?التعليق)"
    r")[\W_]*",
    re.IGNORECASE,
)
_LONGEST = 160


def is_tombstone(text: str) -> bool:
    """Whether the text only says that there was one: `[deleted]`, `This comment was removed by a moderator.`"""
    return len(text) <= _LONGEST and _TOMBSTONE.fullmatch(text) is not None
