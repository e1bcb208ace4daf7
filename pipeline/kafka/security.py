"""TLS and SASL of Kafka clients, from the settings, for kafka-python, aiokafka and Faust."""

from __future__ import annotations

import ssl
from typing import Any

from pipeline.errors import Fatal
from pipeline.settings import Settings


def client_options(settings: Settings) -> dict[str, Any]:
    """Options of kafka-python and aiokafka, which have the same names. Raises Fatal where a setting is missing or a file
    can't be read."""
    options: dict[str, Any] = {"security_protocol": settings.kafka_security}
    if (context := ssl_context(settings)) is not None:
        options["ssl_context"] = context
    return options | _sasl(settings)


def faust_credentials(settings: Settings) -> Any:
    """Credentials of a Faust app, or None for plain text. Raises as above."""
    from faust import SASLCredentials, SSLCredentials

    context = ssl_context(settings)
    if sasl := _sasl(settings):
        return SASLCredentials(
            mechanism=sasl["sasl_mechanism"],
            username=sasl["sasl_plain_username"],
            password=sasl["sasl_plain_password"],
            ssl_context=context,
        )
    return SSLCredentials(context=context) if context is not None else None


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context, or None without TLS. The broker's name and certificate are always checked."""
    if "SSL" not in settings.kafka_security:
        return None
    try:
        context = ssl.create_default_context(cafile=str(settings.kafka_ca_certs) if settings.kafka_ca_certs else None)
        if settings.kafka_certificate is not None:
            key = str(settings.kafka_certificate_key) if settings.kafka_certificate_key else None
            context.load_cert_chain(str(settings.kafka_certificate), key)
    except (OSError, ssl.SSLError) as e:
        raise Fatal(f"DATELINE_KAFKA_CA_CERTS or DATELINE_KAFKA_CERTIFICATE can't be read: {e}") from e
    return context


def _sasl(settings: Settings) -> dict[str, Any]:
    if "SASL" not in settings.kafka_security:
        return {}
    if not settings.kafka_username or settings.kafka_password is None:
        raise Fatal(
            f"DATELINE_KAFKA_SECURITY is {settings.kafka_security!r}: that needs DATELINE_KAFKA_USERNAME and DATELINE_KAFKA_PASSWORD"
        )
    return {
        "sasl_mechanism": settings.kafka_mechanism,
        "sasl_plain_username": settings.kafka_username,
        "sasl_plain_password": settings.kafka_password.get_secret_value(),
    }
