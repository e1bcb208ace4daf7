"""Reads items from files, folders, addresses and standard input. Each item becomes events or a rejection."""

from __future__ import annotations

import mimetypes
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from pipeline import telemetry
from pipeline.dates import day_first
from pipeline.errors import Fatal, Reject
from pipeline.formats import content_coding, warc
from pipeline.formats.format import LeftOut
from pipeline.formats.items import Discussion, Item, Story
from pipeline.formats.table import Reading, detect
from pipeline.formats.xml import without_notices
from pipeline.ingest.claims import settle
from pipeline.ingest.events import Hints, RawEvent, discussion_events, story_events
from pipeline.ingest.fetching import Fetcher, Unfetchable
from pipeline.settings import Settings
from schemas.article import Notice
from schemas.comment import CommentNotice

SKIPPED = frozenset({".md", ".py", ".png", ".jpg", ".jpeg", ".gif", ".css", ".js"})


TOO_MANY = "too-many-items"


@dataclass(frozen=True)
class Read:
    """One item's events, or why it was refused."""

    item: Item
    kind: str | None
    events: tuple[RawEvent, ...] = ()
    rejects: tuple[Reject, ...] = ()
    """The reason for the item, or for each of its parts that was refused."""
    left_out: tuple[str, ...] = ()
    """What isn't news by its publisher's own decision, in words: it isn't refused."""
    stories: tuple[Story, ...] = ()
    """The stories that its format read, for callers that need more than the events."""

    @property
    def reject(self) -> Reject | None:
        """One rejection for all."""
        return merged(self.rejects)


def merged(rejects: Sequence[Reject]) -> Reject | None:
    """One rejection for all, so that what was refused is stored once."""
    if not rejects:
        return None
    more = f" (and {len(rejects) - 1} more)" if len(rejects) > 1 else ""
    return Reject(rejects[0].reason, rejects[0].detail + more)


def count_items(where: str) -> int | None:
    """The number of items at `where`, for a progress bar; None where it isn't known before."""
    path = Path(where)
    return len(files_in(path)) if path.is_dir() else 1


def read_items(where: str, hints: Hints, settings: Settings, *, private_networks: bool = False) -> Iterator[Read]:
    """Every item at `where` (path, folder, http(s) address, or `-`), in a fixed order.

    Each is received later than the one before. A bad item yields its rejection, and reading goes on; so does one with nothing
    in it. The last one tells what of a folder was left out. Raises Fatal where `where` can't be read, or has no items.
    """
    return read_each(_items(where, settings, private_networks), hints, settings)


def read_each(items: Iterable[Item | Read], hints: Hints, settings: Settings) -> Iterator[Read]:
    """Each item as `read_items` reads it. A Read among them is passed on."""
    received: datetime | None = None
    for item in items:
        if isinstance(item, Read):
            yield item
            continue
        now = datetime.now(UTC)
        received = max(now, received + timedelta(milliseconds=1)) if received else now
        read = read_item(item, hints, settings, received)
        if not read.events and not read.rejects:
            read = replace(read, rejects=(Reject("no-story", f"there is nothing in this {read.kind}"),))
        yield read


def read_item(
    item: Item, hints: Hints, settings: Settings, received: datetime | None = None, most: int | None = None
) -> Read:
    """One item's events, or its rejection (TOO_MANY for more than `most` stories and comments, of which no more are read)."""
    received = received or datetime.now(UTC)
    kind: str | None = None
    try:
        if len(item.content) > settings.largest_record:
            raise Reject("too-large", f"{len(item.content)} bytes; the largest item is {settings.largest_record}")
        item = _unpacked(item, settings.largest_record)
        readable = item.in_utf8()
        readable = replace(readable, content=without_notices(readable.content))
        found = detect(readable)
        kind = found.name
        owned = replace(item, media_type=found.media_type, url=item.url if found.page else None)
        events: list[RawEvent] = []
        taken: set[tuple[UUID, int]] = set()
        problems: list[Reject] = []
        left_out: list[str] = []
        url = item.url or hints.url
        readings = _readings(found.read(replace(readable, media_type=found.media_type, url=url)), most)
        settle(readings)
        if len(readings) > 1:
            hints = replace(hints, url=None, guid=None)  # a url or id given for the file can't apply to each item
        if kind != warc.FORMAT.name:  # the pages of an archive are of many sites
            times = (time for one in readings if isinstance(one, Story | Discussion) for time in one.times())
            hints = replace(hints, day_first=day_first(times, None, "UTC"))
        for reading in readings:
            try:
                if isinstance(reading, Story):
                    results = story_events(reading, owned, hints, settings, received)
                elif isinstance(reading, Discussion):
                    results = discussion_events(reading, owned, hints, settings, received)
                elif item.url and not hints.only_itself and not isinstance(reading, Reject):
                    raise Reject("not-yours", f"an event is not taken from {item.source}: it may speak for anybody")
                else:
                    results = [reading]
            except Reject as reject:
                results = [reject]
            events.extend(
                _one_after_another(one, hints, received, taken) for one in results if not isinstance(one, Reject)
            )
            left_out.extend(one.detail for one in results if isinstance(one, LeftOut))
            problems.extend(one for one in results if isinstance(one, Reject) and not isinstance(one, LeftOut))
        problems.extend(readable.json_faults)
    except Reject as reject:
        return Read(item, kind, rejects=(reject,))
    except RecursionError:
        return Read(item, kind, rejects=(Reject("too-deep", "nested too deeply to be read"),))
    except Exception as e:
        # unexpected: report it to the sender, keep the bytes, go on with the next item
        telemetry.ITEM_FAILED(e, source=item.source)
        return Read(item, kind, rejects=(Reject("failed", f"could not be read as {kind}: {type(e).__name__}"),))
    stories = tuple(reading for reading in readings if isinstance(reading, Story))
    return Read(item, kind, tuple(events), tuple(problems), tuple(left_out), stories)


def _one_after_another(event: RawEvent, hints: Hints, received: datetime, taken: set[tuple[UUID, int]]) -> RawEvent:
    """The event, received later than those of the same article or comment before it in the item: of revisions without times
    the last one counts. What an authenticated sender says about its receipt doesn't count."""
    if hints.only_itself and event.time != received:
        event = event.model_copy(update={"time": received})
    of, at = getattr(event.data, "comment_id", event.data.article_id), event.time
    while (of, _ms(at)) in taken:
        at += timedelta(milliseconds=1)
    taken.add((of, _ms(at)))
    if at == event.time:
        return event
    data = event.data
    if isinstance(data, Notice | CommentNotice) and data.at is not None:
        data = data.model_copy(update={"at": data.at + (at - event.time)})
    return event.model_copy(update={"time": at, "data": data})


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _readings(found: Iterable[Reading], most: int | None) -> list[Reading]:
    readings: list[Reading] = []
    number = 0
    for reading in found:
        readings.append(reading)
        comments = len(reading.comments) if isinstance(reading, Story | Discussion) else 0
        number += comments + (not isinstance(reading, Discussion))
        if most is not None and number > most:
            raise Reject(TOO_MANY, f"more than {most} stories and comments")
    return readings


def _unpacked(item: Item, largest: int) -> Item:
    """An item without gzip or zstd around it; an archive stays as it is, as each of its records is packed."""
    unpack = content_coding.unpacking(item.content)
    if unpack is None or warc.recognises(item):
        return item
    return replace(item, content=unpack(item.content, largest), media_type=None)


def _items(where: str, settings: Settings, private_networks: bool) -> Iterator[Item | Read]:
    if where == "-":
        yield Item(sys.stdin.buffer.read(settings.largest_record + 1), "standard input")
    elif urlsplit(where).scheme in ("http", "https"):
        yield fetch(where, settings.largest_record, private_networks=private_networks)
    else:
        path = Path(where)
        if not path.exists():
            raise Fatal(f"there is no file or folder {where}")
        files = files_in(path) if path.is_dir() else [path]
        left_out = left_out_of(path) if path.is_dir() else ""
        if not files:
            raise Fatal(f"there is nothing to read in {where}{left_out and f'; left out: {left_out}'}")
        for file in files:
            try:
                with file.open("rb") as handle:
                    content = handle.read(settings.largest_record + 1)
            except OSError as e:
                yield Read(Item(b"", str(file)), None, rejects=(Reject("unreadable", str(e)),))
                continue
            yield Item(content, str(file), mimetypes.guess_type(file.name)[0])
        if left_out:
            yield Read(Item(b"", where), None, left_out=(left_out,))


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in _visible(folder) if path.suffix.lower() not in SKIPPED)


def left_out_of(folder: Path) -> str:
    """How many files of which kinds are no items."""
    kinds = Counter(path.suffix.lower() for path in _visible(folder) if path.suffix.lower() in SKIPPED)
    return ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))


def _visible(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def fetch(url: str, largest: int, *, private_networks: bool = False) -> Item:
    """Fetch a page or any other item. Raises Fatal for an address that isn't public (also after a redirect), for an error,
    and for more than `largest` bytes."""
    with Fetcher(largest, private_networks=private_networks) as fetcher:
        try:
            answer = fetcher.get(url)
        except Unfetchable as e:
            hint = "; allow it with --private-networks" if "private network" in str(e) else ""
            raise Fatal(f"{e}{hint}") from e
    return Item(answer.content, url, answer.media_type, answer.url, answer.charset)
