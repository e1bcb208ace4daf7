"""What stops a consumer for good, in words for the operator; and who else is in its group."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kafka.errors import (
    AuthorizationError,
    GroupMaxSizeReachedError,
    InconsistentGroupProtocolError,
    KafkaError,
    UnsupportedCodecError,
)

from pipeline import telemetry
from pipeline.errors import Fatal, Retry
from pipeline.kafka.groups import read_members
from pipeline.settings import Settings

GROUP_ERRORS = (
    AuthorizationError,
    GroupMaxSizeReachedError,
    InconsistentGroupProtocolError,
    UnsupportedCodecError,
)
"""Errors of a poll that waiting does not help."""


@contextmanager
def fatal_errors(group: str) -> Iterator[None]:
    """Raises GROUP_ERRORS as Fatal, with what to do about it, and as Retry what passes: a heartbeat that finds no broker ends
    in the poll. A consumer that has raised one must not be polled again: kafka-python 3.0.12 then looks for the rest of the
    batch for ever."""
    try:
        yield
    except GROUP_ERRORS as e:
        raise _explained(e, group) from e
    except KafkaError as e:
        if not e.retriable:
            raise
        raise Retry(f"Kafka went away ({type(e).__name__}); what is not committed is read again") from e


def _explained(error: KafkaError, group: str) -> Fatal:
    if isinstance(error, UnsupportedCodecError):
        return Fatal(
            f"records are compressed, and the library for that is missing ({error}): install it beside Dateline "
            "(python-snappy, lz4 or zstandard), or set the topic's compression.type to producer"
        )
    if isinstance(error, AuthorizationError):
        return Fatal(f"Kafka doesn't allow it: {type(error).__name__} ({error}); `dateline grant` shows the rights")
    return Fatal(
        f"another program uses the consumer group {group}, in a way of its own ({type(error).__name__}): give it another "
        "group, or run Dateline under another DATELINE_NAMESPACE"
    )


def warn_of_strangers(settings: Settings, group: str) -> None:
    """Say so where the group has members that are not Dateline's: what they are given is not written by us."""
    with suppress(Retry):
        if strangers := read_members(settings, (group,))[group].strangers:
            telemetry.GROUP_SHARED(group=group, members=", ".join(strangers))
