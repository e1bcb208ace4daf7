"""The order of all current records of one article or comment, as one int64: Elasticsearch's external version.

 3 bits  kill_epoch      0 until a kill, 1 killed, 2 reinstated, 3 killed again, …
42 bits  modified  the publisher's modification time in ms since 1970 (to the year 2109)
10 bits  version   the publisher's version number, saturating
 8 bits  step      raised where the same revision is derived again; it carries into the next field, never wraps
"""

from __future__ import annotations

from schemas.base import Instant

STEP_BITS, VERSION_BITS, MODIFIED_BITS, KILL_EPOCH_BITS = 8, 10, 42, 3


def pack(kill_epoch: int, modified: Instant, version: int, step: int) -> int:
    """Pack into one number that compares like the tuple of its parts; each part saturates at its width."""
    ms = _fit(int(modified.timestamp() * 1000), MODIFIED_BITS)
    packed = _fit(kill_epoch, KILL_EPOCH_BITS)
    for value, bits in (
        (ms, MODIFIED_BITS),
        (_fit(version, VERSION_BITS), VERSION_BITS),
        (_fit(step, STEP_BITS), STEP_BITS),
    ):
        packed = (packed << bits) | value
    return packed


def revision_of(version: int) -> tuple[int, int, int]:
    """(kill_epoch, modified ms, publisher's version) of a packed number: all but the step."""
    rest = version >> STEP_BITS
    publisher_version = rest & ((1 << VERSION_BITS) - 1)
    rest >>= VERSION_BITS
    return rest >> MODIFIED_BITS, rest & ((1 << MODIFIED_BITS) - 1), publisher_version


def is_first(version: int) -> bool:
    """Whether a packed number is that of a revision's first record; further ones have its partial updates and its place in a
    story."""
    return not version & ((1 << STEP_BITS) - 1)


def _fit(value: int, bits: int) -> int:
    return max(0, min(value, (1 << bits) - 1))
