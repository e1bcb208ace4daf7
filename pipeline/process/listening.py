"""Where the operators' page may listen. Pure."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

from pipeline.errors import Fatal
from pipeline.settings import Settings

SHORTEST = 12
"""Characters of a password."""


def is_own_machine(address: str) -> bool:
    """Whether an address to listen on is this machine's alone."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


class OpenDoor(NamedTuple):
    """Why the operators' page may not be served as it is set."""

    what: str
    advice: str


def open_door(settings: Settings) -> OpenDoor | None:
    """What is wrong where others could look without a password, or with one that is soon guessed. Pure."""
    password = settings.status_password
    if password and len(password) < SHORTEST:
        return OpenDoor(f"DATELINE_STATUS_PASSWORD has fewer than {SHORTEST} characters", "choose a longer one")
    if not password and not is_own_machine(settings.status_bind):
        return OpenDoor(
            f"DATELINE_STATUS_BIND is {settings.status_bind}, where others can reach the operators' page",
            f"set DATELINE_STATUS_PASSWORD ({SHORTEST} characters or more), or leave it at 127.0.0.1",
        )
    return None


def check_access(settings: Settings) -> None:
    """Raise Fatal where `open_door` finds something."""
    if (found := open_door(settings)) is not None:
        raise Fatal(f"{found.what}: {found.advice}")
