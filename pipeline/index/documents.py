"""Current records to documents, and which index has to hold them. Pure."""

from __future__ import annotations

from datetime import datetime

from pipeline.errors import Reject
from pipeline.index.families import PROJECTIONS
from pipeline.index.requests import IndexRequest
from pipeline.topics import ConsumedRecord, Headers


def index_request(record: ConsumedRecord, headers: Headers, now: datetime) -> IndexRequest:
    """What the record asks for. Raises Reject where it can't be read."""
    project = PROJECTIONS.get(record.topic)
    if project is None:
        raise Reject("unknown-topic", record.topic.name)
    return project(record, headers, now)
