from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import load_pem_x509_certificates

from pipeline.local import secrets


def test_certificates_are_private_and_renewed_before_they_expire(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = secrets.prepare(tmp_path)
    first = made.chain.read_bytes()
    for path in (made.ca, made.key, made.chain, made.folder / "passwords.json"):
        assert path.stat().st_mode & 0o777 == 0o600
    assert b"BEGIN PRIVATE KEY" in made.key.read_bytes(), "PKCS #8, which Kafka reads"
    own, ca = load_pem_x509_certificates(first)
    key = serialization.load_pem_private_key(made.key.read_bytes(), password=None)
    der = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    assert key.public_key().public_bytes(*der) == own.public_key().public_bytes(*der)
    own.verify_directly_issued_by(ca)
    left = own.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=799) < left <= datetime.timedelta(days=800)

    assert secrets.prepare(tmp_path).passwords == made.passwords
    assert made.chain.read_bytes() == first, "they are still valid"
    monkeypatch.setattr(secrets, "_RENEW_BEFORE", datetime.timedelta(days=801))
    assert secrets.prepare(tmp_path).passwords == made.passwords
    assert made.chain.read_bytes() != first
    assert made.ca.read_bytes() in made.chain.read_bytes()
