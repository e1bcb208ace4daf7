"""What secured local engines need: a certificate authority of their own, and a password for each process.

All of it lies below one folder that only its owner can read. Nothing of it is ever put on a command line.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import ipaddress
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ADMIN = "admin"
"""Whom Kafka lets do everything: makes the other users and their rights, and nothing else."""
PROCESSES = ("operator", "worker", "indexer", "ingest-api", "search-api")
"""Each has a user of its own in both engines. Commands are the operator's."""
_VALID = datetime.timedelta(days=800)
_RENEWED = datetime.timedelta(days=30)
_ROUNDS = 10_000


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
    """Those that were made below the local folder, or None."""
    try:
        passwords = json.loads((folder / "secrets" / "passwords.json").read_text())
    except (OSError, ValueError):
        return None
    return Secrets(folder / "secrets", passwords)


def prepare(folder: Path) -> Secrets:
    """Make what isn't there yet below the local folder. Passwords stay what they are, certificates are made anew before
    they expire."""
    own = folder / "secrets"
    own.mkdir(parents=True, exist_ok=True)
    own.chmod(0o700)
    known = find(folder)
    passwords = dict(known.passwords) if known else {}
    for name in (ADMIN, *PROCESSES):
        passwords.setdefault(name, secrets.token_urlsafe(32))
    _write(own / "passwords.json", json.dumps(passwords).encode())
    made = Secrets(own, passwords)
    if not _still_good(made.chain):
        _certificates(made)
    return made


def elasticsearch_hash(password: str) -> str:
    """A password as Elasticsearch's file realm keeps it: PBKDF2 with SHA-512, its documented format."""
    salt = os.urandom(32)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, 32)
    return f"{{PBKDF2}}{_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def _still_good(chain: Path) -> bool:
    try:
        own = x509.load_pem_x509_certificates(chain.read_bytes())[0]
    except (OSError, ValueError, IndexError):
        return False
    return own.not_valid_after_utc > datetime.datetime.now(datetime.UTC) + _RENEWED


def _certificates(made: Secrets) -> None:
    authority, engines = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = "Dateline's local engines"
    pem = serialization.Encoding.PEM
    ca = _signed(f"Authority of {name}", authority, authority, authority=True).public_bytes(pem)
    own = _signed(name, engines, authority, authority=False).public_bytes(pem)
    key = engines.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(made.key, key)
    _write(made.chain, own + ca)
    _write(made.ca, ca)


def _signed(subject: str, key: Any, signer: Any, *, authority: bool) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    issuer = subject if authority else f"Authority of {subject}"
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_usage(authority), critical=True)
    )
    if not authority:
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes) -> None:
    """A file that only its owner can read, from its first byte on."""
    path.touch(0o600)
    path.write_bytes(content)
