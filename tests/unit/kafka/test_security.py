"""TLS and SASL of Kafka clients, from the settings."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Fatal
from pipeline.kafka.security import client_options, faust_credentials, ssl_context
from pipeline.local import secrets
from pipeline.settings import Settings

USER: dict[str, Any] = {"kafka_username": "worker", "kafka_password": "hush"}


def settings(security: str, **more: Any) -> Settings:
    return Settings(_env_file=None, kafka_security=security, **more)


def test_plain_text_needs_nothing() -> None:
    assert client_options(settings("PLAINTEXT", **USER)) == {"security_protocol": "PLAINTEXT"}
    assert faust_credentials(settings("PLAINTEXT")) is None


def test_names_and_certificates_of_brokers_are_always_checked(tmp_path: Path) -> None:
    made = secrets.prepare(tmp_path)
    for more in ({}, {"kafka_ca_certs": made.ca}, {"kafka_certificate": made.chain, "kafka_certificate_key": made.key}):
        context = ssl_context(settings("SSL", **more))
        assert context is not None
        assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    own = ssl_context(settings("SSL", kafka_ca_certs=made.ca))
    assert own is not None
    assert len(own.get_ca_certs()) == 1, "no authority but the one that is named"


@pytest.mark.parametrize(("security", "tls"), [("SASL_PLAINTEXT", False), ("SASL_SSL", True)])
def test_a_name_and_a_password_go_to_every_client(security: str, tls: bool) -> None:
    options = client_options(settings(security, kafka_mechanism="SCRAM-SHA-256", **USER))
    assert ("ssl_context" in options) is tls
    assert {name: value for name, value in options.items() if name != "ssl_context"} == {
        "security_protocol": security, "sasl_mechanism": "SCRAM-SHA-256", "sasl_plain_username": "worker", "sasl_plain_password": "hush",
    }  # fmt: skip
    credentials = faust_credentials(settings(security, **USER))
    assert (credentials.username, credentials.password) == ("worker", "hush")
    assert (credentials.ssl_context is not None) is tls


@pytest.mark.parametrize("missing", ["kafka_username", "kafka_password"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(Fatal, match="'SASL_SSL': that needs DATELINE_KAFKA_USERNAME and DATELINE_KAFKA_PASSWORD"):
        client_options(settings("SASL_SSL", **{name: value for name, value in USER.items() if name != missing}))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    odd = tmp_path / "odd.pem"
    odd.write_text("no certificate")
    for more in ({"kafka_ca_certs": tmp_path / "nowhere.pem"}, {"kafka_ca_certs": odd}, {"kafka_certificate": odd}):
        with pytest.raises(Fatal, match="can't be read"):
            client_options(settings("SSL", **more))
