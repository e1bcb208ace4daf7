"""Secrets of secured local engines: certificates of an authority of their own, and a password for each process.

All files are in one folder that only its owner can read. No secret is ever put on a command line.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from pipeline.settings import Process

ADMIN = "admin"
"""Super-user of Kafka, used only to create the other users and their ACLs."""
PROCESSES = get_args(Process)
"""Each has a user of its own in both engines. Commands run as the operator."""
_VALIDITY = datetime.timedelta(days=800)
_RENEW_BEFORE = datetime.timedelta(days=30)
_ITERATIONS = 10_000


@dataclass(frozen=True)
class Secrets:
    """Certificates (PEM) and passwords of one folder."""

    folder: Path
    passwords: dict[str, str]

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def key(self) -> Path:
        """The engines' private key."""
        return self.folder / "key.pem"

    @property
    def chain(self) -> Path:
        """The engines' certificate, and that of the authority."""
        return self.folder / "chain.pem"


def find(folder: Path) -> Secrets | None:
    """The secrets below the local folder, or None where none were made."""
    try:
        passwords = json.loads((folder / "secrets" / "passwords.json").read_text())
    except (OSError, ValueError):
        return None
    return Secrets(folder / "secrets", passwords)


def prepare(folder: Path) -> Secrets:
    """Create what is missing below the local folder. Passwords are never changed; certificates are renewed before they
    expire."""
    own = folder / "secrets"
    own.mkdir(parents=True, exist_ok=True)
    own.chmod(0o700)
    known = find(folder)
    passwords = dict(known.passwords) if known else {}
    for name in (ADMIN, *PROCESSES):
        passwords.setdefault(name, secrets.token_urlsafe(32))
    _write(own / "passwords.json", json.dumps(passwords).encode())
    made = Secrets(own, passwords)
    if not _is_valid(made.chain):
        _issue_certificates(made)
    return made


def elasticsearch_hash(password: str) -> str:
    """A password as Elasticsearch's file realm stores it: PBKDF2 with SHA-512, its documented format."""
    salt = os.urandom(32)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, 32)
    return f"{{PBKDF2}}{_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def _is_valid(chain: Path) -> bool:
    try:
        own = x509.load_pem_x509_certificates(chain.read_bytes())[0]
    except (OSError, ValueError, IndexError):
        return False
    return own.not_valid_after_utc > datetime.datetime.now(datetime.UTC) + _RENEW_BEFORE


def _issue_certificates(made: Secrets) -> None:
    """A new authority each time: its key is never written, so nothing else can be signed by it."""
    now = datetime.datetime.now(datetime.UTC)
    authority = trustme.CA(
        organization_name="Dateline", organization_unit_name="Authority of the local engines", path_length=0
    )
    issued = authority.issue_cert(
        "127.0.0.1",
        "localhost",
        organization_name="Dateline",
        organization_unit_name="Local engines",
        not_before=now - datetime.timedelta(hours=1),
        not_after=now + _VALIDITY,
    )
    ca = authority.cert_pem.bytes()
    # Kafka reads PKCS #8 only, which trustme doesn't write
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), password=None).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(made.key, key)
    _write(made.chain, issued.cert_chain_pems[0].bytes() + ca)
    _write(made.ca, ca)


def _write(path: Path, content: bytes) -> None:
    """A file that only its owner can read, from its first byte on."""
    path.touch(0o600)
    path.write_bytes(content)
