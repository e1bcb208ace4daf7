"""Options that several commands have, and how their values are read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from pipeline.errors import Fatal

if TYPE_CHECKING:
    from pipeline.ingest.events import Hints

AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]
By = Annotated[str | None, typer.Option("--by", help="Name for the audit trail (default: your login).")]

Source = Annotated[str, typer.Argument(metavar="PATH|URL|-", help="A file, a folder, an address, or - for standard input.")]  # fmt: skip
Provider = Annotated[str | None, typer.Option("--provider", help="Who sends it (default: the page's own domain, or 'local').")]  # fmt: skip
Timezone = Annotated[str | None, typer.Option("--timezone", help="IANA zone of times without one (default: the provider's, or UTC).")]  # fmt: skip
Url = Annotated[str | None, typer.Option("--url", help="The page's address, where the item has none.")]
ProviderId = Annotated[str | None, typer.Option("--id", help="The provider's own id of the item.")]
PrivateNetworks = Annotated[bool, typer.Option("--private-networks", help="Allow addresses in private networks.")]


def hints(provider: str | None, timezone: str | None, url: str | None, own_id: str | None) -> Hints:
    """What the sender knows about an item. Raises Fatal where `--timezone` is no time zone."""
    from pipeline.ingest.events import Hints

    if timezone:
        check_zone(timezone)
    return Hints(provider, timezone, url, own_id)


def check_zone(timezone: str) -> None:
    """Raise Fatal where `--timezone` is no IANA time zone."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Fatal(f"--timezone {timezone!r} is no IANA time zone (try 'Europe/Paris' or 'UTC')") from None


def moment(option: str, text: str | None) -> datetime | None:
    """The time that an option's text means; None without a text. Raises Fatal where it can't be read."""
    if text is None:
        return None
    from pipeline.dates import parse

    found = parse(text, "UTC", datetime.now(UTC))
    if found is None:
        raise Fatal(f"{option} {text!r} can't be read as a time (try 2026-03-14, or '3 days ago')")
    return found.utc
