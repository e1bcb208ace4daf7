"""The plain text of a news page, as a scraper or a reader's clipboard has it: blocks between blank lines."""

from __future__ import annotations

import re

from pipeline.errors import Reject
from pipeline.formats import encodings, layout, parts, unknown
from pipeline.formats.format import Format, single
from pipeline.formats.items import Item, Story, StoryComment
from pipeline.formats.layout import Part

_QUESTION = re.compile(r"^(?:q\s*\d*\s*[:.)]|\d{1,2}\s*[.)]|[•*-])\s*", re.IGNORECASE)
_ANSWER = re.compile(r"^a\s*\d*\s*[:.)]\s*", re.IGNORECASE)
_SECTION_LABEL = re.compile(r"^(?:section|category|desk|in|filed under|ressort|rubrique)\s*:\s*", re.IGNORECASE)
_DROPPED_LINE = re.compile(
    r"^(?:\d+\s*(?:min(?:ute)?s?)\s*read|reading time.*|share|print|e-?mail|facebook|twitter|advertisement|\d+ comments?)$",
    re.IGNORECASE,
)

_CONTROLS = [chr(code) for code in range(32) if code not in (9, 10, 11, 12, 13, 28, 29, 30, 31)]


def recognises(item: Item) -> bool:
    """Whether the item is text with at least a headline and a paragraph."""
    if b"\x00" in item.content[:4096] or item.content.lstrip()[:1] in (b"<", b"{", b"["):
        return False
    try:
        text = decode(item.content)
    except Reject:
        return False
    return unknown.text_kind(text) is None and len(_blocks(text)) >= 2


def read(item: Item) -> Story:
    """The page's article, FAQ, topics and comments. Raises Reject where it has no headline or no text."""
    page = read_blocks(_blocks(decode(item.content)))
    page.url = item.url
    return page


def decode(content: bytes) -> str:
    """The text. Raises Reject for what is none."""
    text = encodings.decode(content)
    if sum(map(text.count, _CONTROLS)) > max(3, len(text) // 50):
        raise Reject("encoding", "it has control characters, as in no encoding of text")
    return text


def read_blocks(blocks: list[str]) -> Story:
    """The parts of a page, from its blocks in reading order."""
    return _Reader(blocks).read()


def _blocks(text: str) -> list[str]:
    normal = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return [
        "\n".join(row.strip() for row in block.split("\n"))
        for block in re.split(r"\n[^\S\n]*\n\s*", normal)
        if block.strip()
    ]


class _Reader:
    """One pass over the blocks, with the part of the page that the next block belongs to."""

    def __init__(self, blocks: list[str]) -> None:
        self.blocks = blocks
        self.page = Story(headline="", paragraphs=[])
        self.part: Part | None = None  # None: above the body
        self.comment: StoryComment | None = None
        self.last_head = max((i for i, b in enumerate(blocks) if layout.comment_head(b.split("\n")[0])), default=-1)

    def read(self) -> Story:
        for at, block in enumerate(self.blocks):
            self._take(at, block.strip())
        page = self.page
        page.comments = [comment for comment in page.comments if comment.text]
        if not page.headline:
            raise Reject("no-headline", "no headline was found above the text")
        if not page.paragraphs:
            raise Reject(
                "no-body", f"a headline was found ({page.headline[:80]!r}), but no paragraphs of text below it"
            )
        return page

    def _take(self, at: int, block: str) -> None:
        first, _, rest = block.partition("\n")
        if self.page.headline and (part := layout.heading(first)) is not None:
            self._open(part, first, rest)
            return
        head = layout.comment_head(first)
        if head and self.page.headline and self._comments_begin():
            self.part = Part.COMMENTS
            self.comment = StoryComment(author=head[0], posted=head[1], text=" ".join(rest.split()))
            self.page.comments.append(self.comment)
            return
        if self.part is None:
            self._head(block)
        elif self.part is Part.COMMENTS:
            self._comment(at, block)
        elif self.part is Part.FAQ:
            self._faq(block)
        elif self.part is Part.TOPICS:
            self._topics(block)
        elif self.part is Part.BODY:
            self._body(block)
        elif not self.page.paragraphs and layout.is_paragraph(block) and len(block) >= 120:
            self.part = Part.BODY  # furniture was above the text
            self._body(block)

    def _open(self, part: Part, first: str, rest: str) -> None:
        self.part, self.comment = part, None
        if part is Part.TOPICS and (topics := layout.inline_topics(first)):
            self.page.topics.extend(topics)
        if not rest:
            return
        if part is Part.TOPICS:
            self._topics(rest)
        elif part is Part.FAQ:
            self._faq(rest)

    def _comments_begin(self) -> bool:
        """A name and a time above the text is the article's own, unless a heading of the comments is before it."""
        return self.part is not None or bool(self.page.paragraphs)

    def _head(self, block: str) -> None:
        if not self.page.headline:
            if layout.is_navigation(block):
                return
            lines = block.split("\n")
            if len(lines[0].split()) < 4 and len(lines[0]) < 28 and self._better_headline_follows():
                return  # the site's name above the headline
            self.page.headline = lines[0]
            for row in lines[1:]:
                self._head_line(row)
            return
        if layout.is_paragraph(" ".join(block.split())) and not layout.BYLINE.match(block):
            self.part = Part.BODY
            self._body(block)
            return
        for row in block.split("\n"):
            self._head_line(row)

    def _better_headline_follows(self) -> bool:
        seen = False
        for block in self.blocks[:8]:
            first = block.split("\n")[0]
            seen = seen or (
                len(first.split()) >= 4
                and not layout.is_navigation(block)
                and not layout.BYLINE.match(first)
                and layout.written_time(first) is None
                and not layout.is_paragraph(block)
            )
        return seen

    def _head_line(self, row: str) -> None:
        page = self.page
        if not row or _DROPPED_LINE.match(row):
            return
        if layout.BYLINE.match(row):
            when = layout.written_time(row)
            page.byline = page.byline or (row.replace(when, "").strip(" |,–—-•·") if when else row)
            page.published = page.published or when
        elif when := layout.written_time(row):
            if re.match(r"^\W*(?:last )?(?:updated|modified)", row, re.IGNORECASE):
                page.modified = page.modified or when
            else:
                page.published = page.published or when
                name = row.replace(when, "").strip(" |,–—-•·:")
                if (
                    name
                    and not page.byline
                    and len(name.split()) <= 5
                    and not re.match(r"(?i)^(?:published|posted|date)", name)
                ):
                    page.byline = name
        elif layout.is_navigation(row):
            return
        elif len(row.split()) <= 6 and page.section is None:
            page.section = _SECTION_LABEL.sub("", row)
        elif page.summary is None:
            page.summary = row

    def _body(self, block: str) -> None:
        text = " ".join(block.split())
        if text and not _DROPPED_LINE.match(text):
            self.page.paragraphs.append(text)

    def _comment(self, at: int, block: str) -> None:
        text = " ".join(block.split())
        if self.comment is None:
            if not self.page.paragraphs and at > self.last_head and layout.is_paragraph(text):
                self.part = Part.BODY
                self._body(block)
            return
        if self.comment.text and not self.page.paragraphs and at > self.last_head:
            self.part = Part.BODY  # comments were above the text, and this was the last
            self._body(block)
            return
        self.comment.text = f"{self.comment.text}\n\n{text}" if self.comment.text else text

    def _faq(self, block: str) -> None:
        for row in _rows(block):
            question = _QUESTION.sub("", row)
            if question.endswith("?") and not _ANSWER.match(row):
                self.page.faq.append(parts.faq(question))
            elif self.page.faq:
                last = self.page.faq[-1]
                answer = _ANSWER.sub("", row)
                self.page.faq[-1] = parts.faq(last.question, f"{last.answer}\n\n{answer}" if last.answer else answer)
            elif not self.page.paragraphs and layout.is_paragraph(row):
                self.part = Part.BODY
                self._body(row)

    def _topics(self, block: str) -> None:
        rows = block.split("\n")
        if len(rows) == 1 and layout.is_paragraph(rows[0]) and len(rows[0]) > 160:
            self.part = Part.FURNITURE if self.page.paragraphs else Part.BODY
            if self.part is Part.BODY:
                self._body(block)
            return
        for row in rows:
            self.page.topics.extend(topic for topic in layout.split_topics(row) if topic not in self.page.topics)


def _rows(block: str) -> list[str]:
    """Lines of a question-and-answer block: a wrapped answer is one row, a question on its first line is another."""
    rows: list[str] = []
    for row in block.split("\n"):
        starts = not rows or rows[-1].endswith("?") or _QUESTION.match(row) or _ANSWER.match(row)
        if starts or row.endswith("?"):
            rows.append(row)
        else:
            rows[-1] = f"{rows[-1]} {row}"
    return [row for row in rows if row]


FORMAT = Format("text page", "text/plain", recognises, single(read), page=True)
