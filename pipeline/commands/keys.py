"""keys: providers' keys to the ingest API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pipeline.commands.shared import err, out, print_json, reports, settings
from pipeline.errors import Fatal

if TYPE_CHECKING:
    from pipeline.kafka.compacted import CompactedTable
    from pipeline.push import auth
    from schemas.provider_key import ProviderKey

keys = typer.Typer(no_args_is_help=True, help="Providers' keys to the ingest API.")
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]
Provider = Annotated[str, typer.Argument(help="The provider's name, as in its stories.")]


@keys.command("new")
@reports
def keys_new(
    provider: Provider,
    signed_only: Annotated[
        bool, typer.Option("--signed-only", help="Accept signed requests only (docs/push.md).")
    ] = False,
    json: AsJson = False,
) -> None:
    """Make a key. It is shown once; only its hash is stored."""
    from pipeline.push import auth

    made = auth.make(_name(provider), datetime.now(UTC), signed_only=signed_only)
    with _keys() as stored:
        stored.put([(made.record.key_id, made.record)])
    _show_new(made, json)


@keys.command("list")
@reports
def keys_list(json: AsJson = False) -> None:
    """Every key: its provider, since when, and whether it is valid."""
    now = datetime.now(UTC)
    with _keys() as stored:
        known = sorted(stored.all(), key=lambda key: (key.provider, key.created))
    rows = [
        {
            "key_id": key.key_id, "provider": key.provider, "created": key.created, "state": _state(key, now),
            "expires": key.expires, "signed_only": key.signed_only,
        }
        for key in known
    ]  # fmt: skip
    if json:
        print_json(rows)
    elif not rows:
        out.print("No provider has a key yet. `dateline keys new PROVIDER` makes one.")
    else:
        table = Table("key", "provider", "made", "state", "signed only", box=None, pad_edge=False)
        for key in known:
            table.add_row(
                key.key_id,
                key.provider,
                f"{key.created:%Y-%m-%d %H:%M}",
                _state(key, now),
                "yes" if key.signed_only else "",
            )
        out.print(table)


@keys.command("rotate")
@reports
def keys_rotate(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `keys list` shows it.")],
    grace_hours: Annotated[float, typer.Option(min=0, max=24 * 90, help="How long the old key stays valid.")] = 24.0,
    json: AsJson = False,
) -> None:
    """Make a new key for the same provider; the old one stays valid for a while."""
    from pipeline.push import auth

    now = datetime.now(UTC)
    with _keys() as stored:
        old = _find(stored, key_id)
        if _state(old, now) == "revoked":
            raise Fatal(f"key {key_id} is revoked; make a new one with `dateline keys new {old.provider}`")
        made = auth.make(old.provider, now, signed_only=old.signed_only)
        ends = min(old.expires or now + timedelta(days=3650), now + timedelta(hours=grace_hours))
        stored.put([(made.record.key_id, made.record), (key_id, old.model_copy(update={"expires": ends}))])
    _show_new(made, json)
    if not json:
        out.print(f"The old key {key_id} is valid until {ends:%Y-%m-%d %H:%M} UTC.")


@keys.command("revoke")
@reports
def keys_revoke(key_id: Annotated[str, typer.Argument(help="The key's id.")], json: AsJson = False) -> None:
    """Revoke a key now. Every ingest API knows within seconds."""
    with _keys() as stored:
        key = _find(stored, key_id)
        revoked = key if key.revoked else key.model_copy(update={"revoked": datetime.now(UTC)})
        stored.put([(key_id, revoked)])
    if json:
        print_json({"key_id": key_id, "provider": key.provider, "revoked": revoked.revoked})
    else:
        out.print(f"Key {key_id} of {key.provider} is " + ("revoked already." if key.revoked else "revoked."))


def _keys() -> CompactedTable[ProviderKey]:
    from pipeline.kafka.clients import ensure_topics
    from pipeline.kafka.compacted import CompactedTable
    from pipeline.topics import KEYS
    from schemas.provider_key import ProviderKey

    ensure_topics(settings())
    return CompactedTable(settings(), KEYS, ProviderKey)


def _find(stored: CompactedTable[ProviderKey], key_id: str) -> ProviderKey:
    key = stored.get(key_id)
    if key is None:
        raise Fatal(f"there is no key {key_id!r}; `dateline keys list` shows them")
    return key


def _name(provider: str) -> str:
    name = provider.strip()
    if not name or len(name) > 100 or any(character in name for character in "/\\\n\t"):
        raise Fatal(f"{provider!r} can't be a provider's name: one line without slashes, up to 100 characters")
    if name == "operator":
        raise Fatal("no provider can be named 'operator': its events would be taken for an operator's")
    return name


def _state(key: ProviderKey, now: datetime) -> str:
    if key.revoked is not None:
        return "revoked"
    if key.expires is not None:
        return "expired" if key.expires <= now else f"until {key.expires:%Y-%m-%d %H:%M}"
    return "good"


def _show_new(made: auth.NewKey, json: bool) -> None:
    if json:
        print_json({"key": made.text, "key_id": made.record.key_id, "provider": made.record.provider})
        return
    err.print(f"A key for {made.record.provider}. It is not shown again:")
    out.print(made.text, soft_wrap=True)
