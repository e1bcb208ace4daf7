"""Settings: read once from the environment (`DATELINE_…`) and `.env` into one frozen object, which is passed on."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from pipeline.errors import Fatal
from schemas.base import known_zone

MIB = 1024 * 1024


Process = Literal["operator", "worker", "indexer", "ingest-api", "search-api", "status-page", "alerts", "front-end"]


ZoneName = Annotated[str, AfterValidator(known_zone)]


def _known_namespace(value: str) -> str:
    if value and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", value):
        raise ValueError("only lower-case letters, digits and hyphens, starting with a letter or digit")
    return value


class Provider(BaseModel):
    """Options of one provider (a feed, a newsroom, a site)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    publisher: str | None = None
    """Publisher of its stories. Default: the provider itself, or the registered domain of its site."""
    timezone: ZoneName = "UTC"
    """IANA zone of times without one."""
    language: str | None = None
    """ISO 639-1 code of all its items. Not set: detected in each."""
    requests_per_minute: Annotated[int, Field(ge=1)] = 1200
    """Rate limit of push requests; above this, 429."""
    burst: Annotated[int, Field(ge=1)] = 50
    """Push requests in one second; above this, 429."""
    items_per_request: Annotated[int, Field(ge=1)] = 1000
    """Stories and comments in one push request; above this, 413."""
    largest_request: Annotated[int, Field(ge=1024)] | None = None
    """Bytes of one push request; above this, 413. Not set: the largest record."""

    banned_words: frozenset[str] = frozenset()
    """Words, stems (`ferrygat*`) and phrases for which this provider's comments are rejected, in addition to the common
    list; disguised spellings are found too."""
    suspect_words: frozenset[str] = frozenset()
    """The same for comments to be held."""


class Settings(BaseSettings):
    """Every setting of every process. Field `kafka_servers` is read from `DATELINE_KAFKA_SERVERS`, and so on."""

    model_config = SettingsConfigDict(
        env_prefix="DATELINE_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    kafka_servers: str | None = None
    """host:port of one or more brokers, comma-separated. Not set: the engines of `dateline local up`."""
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """Protocol of the brokers: plain text or TLS, with or without SASL authentication."""
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How it authenticates, with SASL."""
    kafka_username: str | None = None
    """User, with SASL."""
    kafka_password: SecretStr | None = None
    """Password, with SASL."""
    kafka_ca_certs: Path | None = None
    """Authorities (PEM) that the brokers' certificates are verified against. Not set: the system's."""
    kafka_certificate: Path | None = None
    """Client certificate (PEM), where the brokers require one; its key is in the same file or in the next."""
    kafka_certificate_key: Path | None = None
    """Key (PEM) of the client certificate. Not set: it is in the certificate's file."""
    kafka_compression: Literal["zstd", "lz4", "snappy", "gzip", "none"] = "zstd"
    """Codec of what Dateline writes into Kafka. Readers need none of it set; brokers have all of them from Kafka 2.1 on."""
    elasticsearch_url: str | None = None
    """Address of Elasticsearch. Not set: the engines of `dateline local up`."""
    elasticsearch_api_key: SecretStr | None = None
    """API key of a secured server."""
    elasticsearch_username: str | None = None
    """User of a secured server; not used where an API key is set."""
    elasticsearch_password: SecretStr | None = None
    """Password of that user."""
    elasticsearch_ca_certs: Path | None = None
    """Authorities (PEM) that the server's certificate is verified against. Not set: the system's."""

    namespace: Annotated[str, AfterValidator(_known_namespace)] = ""
    """Prefix of every topic, consumer group, index and alias, so that several pipelines can share one cluster."""
    partitions: Annotated[int, Field(ge=1, le=1000)] = 12
    """Partitions of every topic; can't be changed later."""
    replication: Annotated[int, Field(ge=1, le=9)] = 1
    """Replicas of topics that are made. From 3 on an acknowledged record is on two brokers."""
    largest_record: Annotated[int, Field(ge=16 * 1024, le=64 * MIB)] = 8 * MIB
    """Bytes; sets the limits of topics, producers, fetches and Faust together."""
    shards: Annotated[int, Field(ge=1, le=64)] = 1
    """Shards of indices that are made."""
    replicas: Annotated[int, Field(ge=0, le=5)] = 0
    """Replicas of their shards."""

    providers: dict[str, Provider] = {}
    """JSON object, provider name to its options: `{"bnb": {"timezone": "America/New_York"}}`."""

    pseudonym_key: SecretStr | None = None
    """If set, commenters' names are replaced by pseudonyms (HMAC with this key) before anything is indexed."""

    enrichers_off: frozenset[str] = frozenset({"keywords", "readability", "sentiment"})
    """JSON list of disabled enrichers; names in docs/enrichment.md. By default those whose fields no page, facet or filter of
    ours uses: they would cost every article what nobody sees. `[]` runs all."""
    spacy_model: str | None = None
    """Name or path of a trained spaCy pipeline to find entities, instead of the rules."""

    stages: Literal["chained", "apart"] = "chained"
    """`chained`: normalize, enrich and revise run in one pass over a record; `apart`: with topics between them."""
    max_failed_run: Annotated[int, Field(ge=0)] = 100
    """Unexpected errors in a row, at which the worker stops instead of sending more dead letters. 0: no limit. Records
    that a stage refuses for their content don't count."""
    max_failed_share: Annotated[float, Field(gt=0, le=1)] = 0.2
    """The same for the share of a stage's last 1,000 records, from 50 errors on. 1: no limit."""
    state_store: Literal["memory", "rocksdb"] = "memory"
    """Store of the worker's tables, rebuilt from Kafka where it is missing. rocksdb starts faster and needs less memory."""
    workers: Annotated[int, Field(ge=1, le=1000)] | Literal["auto"] = "auto"
    """How many workers `dateline run` starts; `auto`: one for two of three cores, at most one for each partition."""
    worker_id: str = "1"
    """Unique among the workers of one machine: each has its own state folder. `auto`: the first number that no other worker
    has, for replicas that share a volume."""
    batch_size: Annotated[int, Field(ge=1, le=10_000)] = 500
    """Most records in a batch of a stage."""
    batch_wait: Annotated[float, Field(gt=0, le=10)] = 0.05
    """Seconds to wait for a batch to fill."""
    bulk_size: Annotated[int, Field(ge=1, le=10_000)] = 1000
    """Most documents in one bulk request; fewer while Elasticsearch is slow."""

    worker_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Port of the worker's /healthz, /readyz and /metrics; 0 picks a free one."""
    indexer_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """The same of the indexer."""
    alerts_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """The same of the process `alerts`."""
    flows_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Port of the /healthz, /readyz and /metrics of `dateline flows serve`."""
    ingest_port: Annotated[int, Field(ge=0, le=65535)] = 8643
    """Port of the ingest API."""
    ingest_health_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Port of its /healthz, /readyz and /metrics; 0 picks a free one."""
    public_url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] | None = None
    """Public address of the ingest API (`https://news.example/dateline`), to which WebSub hubs deliver. Not set: feeds
    are only polled."""
    private_networks: bool = False
    """Whether feeds and pages may be fetched from private, loopback and link-local addresses."""
    search_port: Annotated[int, Field(ge=0, le=65535)] = 8642
    """Port of the readers' page and of the search API."""
    search_health_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Port of its /healthz, /readyz and /metrics; 0 picks a free one."""
    search_url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] | None = None
    """Public address of the readers' page (`https://search.news.example`), for links in feeds. Not set: as it is asked for."""
    search_history: bool = True
    """Whether readers are shown earlier revisions of an article and what changed, where the search API's role allows it."""
    search_origins: frozenset[str] = frozenset()
    """JSON list of the origins (`["https://news.example"]`) whose pages may ask the search API, or `["*"]`."""
    search_keys: dict[str, Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = {}
    """JSON object, name of a front-end to the SHA-256 (hex) of its key. Not empty: `/v1` asks for a key; the pages don't
    (`DATELINE_SEARCH_PAGES`)."""
    search_pages: bool = True
    """Serve the readers' pages. False: only the API is there, so that with keys nobody reads without one."""
    search_rate: Annotated[int, Field(ge=1)] | None = None
    """Requests of a key, or without one of a client address, in a minute, pages too; above this, 429. Not set: no limit.
    Behind a proxy set FORWARDED_ALLOW_IPS to its address, or all clients count as one."""
    saved_searches: Annotated[int, Field(ge=0)] = 0
    """Saved searches that there may be at most. 0: none can be saved, and nothing is done for them."""
    open_webhooks: bool = False
    """Whether a saved search may have a webhook where no keys are asked for (`DATELINE_SEARCH_KEYS`): anybody can then have
    this machine post to an address."""
    private_webhooks: bool = False
    """Whether webhooks of saved searches may be in private networks, at any port and without TLS."""
    status_port: Annotated[int, Field(ge=0, le=65535)] = 8641
    """Port of the operators' page (`dateline status-page`); 0 picks a free one."""
    status_health_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Port of its /healthz, /readyz and /metrics; 0 picks a free one."""
    status_bind: str = "127.0.0.1"
    """Address that it listens on. Any other than this machine's own needs a password."""
    status_password: SecretStr | None = None
    """Password of the operators' page, of 12 characters or more, under any user name. Not set: whoever is on this machine may
    look."""
    bind: str = "127.0.0.1"
    """Address that processes listen on."""
    max_connections: Annotated[int, Field(ge=1)] = 500
    """Connections of the ingest API, and of the search API, at a time."""
    max_connections_per_address: Annotated[int, Field(ge=1)] = 100
    """The same of one client address. Behind a proxy all clients have the proxy's: set it to `max_connections`."""

    latency_objective: Annotated[float, Field(gt=0)] = 5.0
    """Seconds from publish to searchable, below which 95 of 100 articles of each provider have to stay."""
    health_addresses: frozenset[Annotated[str, Field(pattern=r"^http://[^\s/]+$")]] = frozenset()
    """JSON list of the addresses of /readyz (`["http://worker:8644"]`) that `status` and the flow `watch` ask; a name may stand
    for several processes. Processes on the same machine, with the same data folder, are found without."""

    notify_webhook: SecretStr | None = None
    """Address to which the flow `watch` posts, as JSON, what began to be wrong and what is over."""
    notify_slack: SecretStr | None = None
    """The same for an incoming webhook of Slack's, or of a service that takes `{"text": …}` as Slack does."""
    notify_smtp: SecretStr | None = None
    """Mail server for the same by e-mail: `smtp://name:password@mail.example:587`, or `smtps://…`."""
    notify_mail_from: str | None = None
    """Address that e-mail is sent from. Not set: none is sent."""
    notify_mail_to: frozenset[str] = frozenset()
    """JSON list of the addresses that e-mail is sent to."""

    process: Process = "operator"
    """User for local engines started with --secure. The commands of the processes set it themselves."""
    local_dir: Path | None = None
    """Folder of the local engines (data, logs, ports) and of the workers' state. Not set: the user's data folder."""
    download_dir: Path | None = None
    """Folder of downloaded engines. Not set: the user's cache folder."""
    local_user: str | None = None
    """Unprivileged user that runs local Elasticsearch where the caller is root. Not set: `elasticsearch`, or `nobody`."""
    local_java_options: Annotated[str, Field(pattern=r"^[^\"'\\]*$")] = ""
    """Further options of the local engines' Java. `-XX:TieredStopAtLevel=1` starts them in half the time; under load they are
    slower then."""
    elasticsearch_heap: Annotated[str, Field(pattern=r"^[1-9][0-9]*[mg]$")] = "1g"
    """Heap of the local Elasticsearch."""

    log_format: Literal["text", "json"] = "text"
    """Lines for people, or one JSON object a line."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Of our own events; libraries log from WARNING on."""
    traces: Literal["off", "otlp"] = "off"
    """`otlp` sends spans to an OpenTelemetry collector, by OTLP over HTTP. Where to, and of how many items, is said in the standard
    variables: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER and so on."""

    @property
    def codec(self) -> str | None:
        """The codec as clients of Kafka take it."""
        return None if self.kafka_compression == "none" else self.kafka_compression

    def provider(self, name: str) -> Provider:
        """Options of provider `name`; the defaults where none are configured."""
        return self.providers.get(name, Provider())

    def named(self, name: str) -> str:
        """`name` with the prefix of the namespace."""
        return f"{self.namespace}-{name}" if self.namespace else name


SECRETS = Path("/run/secrets")
"""Where containers have secrets as files: `dateline_kafka_password` is read as DATELINE_KAFKA_PASSWORD. What the environment
or `.env` sets goes before."""


def load_settings(**overrides: Any) -> Settings:
    """Read the settings. Raises Fatal with the variable and the value that is wrong."""
    try:
        return Settings(_secrets_dir=SECRETS if SECRETS.is_dir() else None, **overrides)
    except ValidationError as e:
        lines = []
        for error in e.errors():
            variable = "DATELINE_" + "__".join(str(part) for part in error["loc"][:1]).upper()
            inside = ".".join(str(part) for part in error["loc"][1:])
            place = f"{variable} (at {inside})" if inside else variable
            lines.append(f"{place} is {error['input']!r}: {error['msg'].removeprefix('Value error, ')}")
        raise Fatal("\n".join(lines)) from None
    except SettingsError as e:
        # pydantic-settings: a value that should be JSON and is not
        raise Fatal(f'{e}: it has to be a JSON object, such as {{"bnb": {{"timezone": "UTC"}}}}') from None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process as configured; `pipeline.commands.shared.settings` adds the local engines."""
    return load_settings()
