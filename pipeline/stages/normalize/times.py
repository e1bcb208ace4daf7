"""Times of articles and comments, in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pipeline.dates import FIRST_SEEN, day_first, first_seen, first_time, names_no_time, parse, parse_exact
from pipeline.errors import Reject
from pipeline.stages.normalize.changes import Changes
from schemas.article import ReceivedArticle
from schemas.comment import ReceivedComment
from schemas.identity import Moment


class Times(NamedTuple):
    published: Moment | None
    modified: Moment | None
    embargo_until: Moment | None
    expires: Moment | None


def read_times(received: ReceivedArticle, at: datetime, changes: Changes) -> Times:
    """Raises Reject where an embargo or an expiry can't be read. One that names no time at all is absent."""
    language, zone, order = received.language, received.timezone, received.day_first
    if order is None:
        order = day_first((received.published, received.modified), language, zone)

    def moment(written: str | None) -> Moment | None:
        known = first_time(written)
        return parse(known, zone, at, language, day_first=order) if known else None

    def exact(written: str | None) -> Moment | None:
        return parse_exact(written, zone, at, language) if written else None

    times = Times(
        published=moment(received.published),
        modified=moment(received.modified),
        embargo_until=exact(received.embargo_until),
        expires=exact(received.expires),
    )
    for field in ("embargo_until", "expires"):
        written = getattr(received, field)
        if written and written.strip() and getattr(times, field) is None:
            if not names_no_time(written):
                raise Reject("bad-date", f"data.{field} is {written!r}, which doesn't name one moment (docs/events.md)")
            changes.add(field, "no-time", written)
    for field in Times._fields:
        found = getattr(times, field)
        if found is not None and found.assumed_zone:
            changes.add(field, f"zone:{found.assumed_zone}", found.original)
    if times.published is None and times.modified is not None:
        times = times._replace(published=first_seen(times.modified, at))
        changes.add("published", FIRST_SEEN)
    return times


def read_comment_times(received: ReceivedComment, at: datetime) -> tuple[Moment | None, Moment | None]:
    """When it was posted and edited."""
    order = received.day_first
    if order is None:
        order = day_first((received.posted, received.edited), None, received.timezone)

    def moment(written: str | None) -> Moment | None:
        known = first_time(written)
        return parse(known, received.timezone, at, day_first=order) if known else None

    return moment(received.posted), moment(received.edited)
