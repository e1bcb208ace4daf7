"""Words of a text, and the ones that carry no topic."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from pipeline.stages.enrich.enricher import Enricher, text_of

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_SENTENCE_END = re.compile(r"[.!?…:]+[”\"’')]*(?=\s|$)")
_MARKS = ".,;:!?…\"'“”„‘’«»()[]–—-"

WORDS_PER_MINUTE = 238
"""Silent reading of English non-fiction: Brysbaert, "How many words do we read per minute?", 2019."""


_PLANE = "".join(map(chr, range(0x10000)))


def plane_class(pattern: str) -> str:
    """The characters of Unicode's first plane that `pattern` matches, as ranges for a class: `re` looks them up in a
    bitmap, which is much faster than asking what kind of character each is."""
    return "".join(f"{run[0]}-{run[-1]}" for run in re.findall(f"(?:{pattern})+", _PLANE))


def in_first_plane(text: str) -> bool:
    return len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text)


LETTERS = plane_class(r"[^\W\d_]")
DIGITS = plane_class(r"\d")
_DIGIT, _PLANE_DIGIT, _ASCII_DIGIT = (re.compile(f"[{some}]") for some in (r"\d", DIGITS, "0-9"))
LOOSE_MARK = re.compile(f"[-'’](?![{LETTERS}])")
_PLANE_WORD = re.compile(f"[{LETTERS}][{LETTERS}'’-]*")


def words_in(text: str) -> list[str]:
    """As WORD.findall(text), in half the time."""
    if not in_first_plane(text):
        return WORD.findall(text)
    return _PLANE_WORD.findall(LOOSE_MARK.sub(" ", text))


def folded(text: str) -> str:
    """`text` in lower case, as patterns that ignore case take it: a long s for s, i with and without its dot."""
    return text.casefold().replace("i\u0307", "i").replace("ı", "i")


def digits_in(text: str) -> re.Pattern[str]:
    """The quickest pattern that finds every digit of `text`."""
    if text.isascii():
        return _ASCII_DIGIT
    return _PLANE_DIGIT if in_first_plane(text) else _DIGIT


def count(text: str) -> int:
    """Words as word processors count them: what is between spaces; runs of letters where there are no spaces."""
    if _UNSPACED.search(text[:200]):
        return len(WORD.findall(text))
    return len(text.split()) - sum(text.count(f" {dash} ") for dash in "–—-" if dash in text)


def readability(text: str) -> float | None:
    """LIX (Björnsson, "Läsbarhet", 1968): words per sentence and the percentage of words with more than six letters. It
    counts no syllables, so it holds for any language written with spaces. None for a text of less than 20 words."""
    words = text.split()
    if len(words) < 20 or _UNSPACED.search(text[:200]):
        return None
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    long = sum([word.isalnum() or len(word.strip(_MARKS)) > 6 for word in words if len(word) > 6])
    return round(len(words) / sentences + 100 * long / len(words), 1)


def reading_seconds(words: int) -> int:
    """Seconds that an adult takes to read this many words."""
    return round(words * 60 / WORDS_PER_MINUTE)


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """English function words and newsroom verbs that don't indicate the topic."""
    text = files("pipeline.stages.enrich").joinpath("data/stop_words.txt").read_text()
    return frozenset(word for row in text.splitlines() if not row.startswith("#") for word in row.split())


_STOPLISTS = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ka": "Georgian", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "nb": "Norwegian_Bokmal", "no": "Norwegian_Bokmal", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish",
    "sw": "Swahili", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
}  # fmt: skip


def has_stop_words(language: str) -> bool:
    """Whether the function words of a language are known."""
    return language == "en" or language in _STOPLISTS


@lru_cache(maxsize=64)
def stop_words_of(language: str | None) -> frozenset[str]:
    """Function words of a language (justext's lists); English for None and for a language without a list."""
    import justext  # with lxml: not for who only counts words

    name = _STOPLISTS.get(language or "en", "English")
    listed = frozenset(str(word).casefold() for word in justext.get_stoplist(name))
    return listed | stop_words() if name == "English" else listed


WORDS = Enricher("words", lambda article, made, chosen: count(text_of(article)), whole=True, load=stop_words)
READING_SECONDS = Enricher("reading_seconds", lambda article, made, chosen: reading_seconds(made.get("words", 0)))
READABILITY = Enricher("readability", lambda article, made, chosen: readability("\n".join(article.paragraphs)))
