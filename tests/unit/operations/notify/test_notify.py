"""What began to be wrong is told once, and once more when it is over; on each channel, also after a restart."""

from __future__ import annotations

import json
import logging
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.errors import Retry
from pipeline.operations.notify.changes import News, Told, delivered, news, step
from pipeline.operations.notify.channels import channels, mail, problems, slack_text, text
from pipeline.settings import Settings
from schemas.report import Engine, Finding, Freshness, Kind, Pulse, Report, Severity

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
UP, AWAY = Engine(up=True), Engine(up=False)
HOOK = "https://hooks.example/services/T000/B000/very-secret"


def finding(
    kind: Kind = Kind.PROCESS_AWAY, subject: str = "indexer", severity: Severity = Severity.CRITICAL
) -> Finding:
    return Finding(
        kind=kind, subject=subject, severity=severity, what=f"{subject} is away", since=NOW, command="dateline run"
    )


def report(*findings: Finding, kafka: Engine = UP, **fields: Any) -> Report:
    return Report(at=NOW, ok=not findings, headline="h", findings=findings, kafka=kafka, elasticsearch=UP, **fields)


class Channel:
    """Stores what it is told; fails while `down`."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.down = False

    def tell(self, fresh: News) -> None:
        if self.down:
            raise Retry("down")
        self.told += [f"began {one.subject}" for one in fresh.began] + [f"over {one.subject}" for one in fresh.over]


def runs(reports: list[Report], several: dict[str, Channel], before: tuple[Told, ...] = ()) -> tuple[Told, ...]:
    """One run of the flow for each report; between two all that is known is what was stored."""
    told = before
    for one in reports:
        told = step([Told.model_validate_json(row.model_dump_json()) for row in told], one)
        for name, channel in several.items():
            if fresh := news(told, name):
                try:
                    channel.tell(fresh)
                    told = delivered(told, name, fresh)
                except Retry:
                    pass
    return told


def test_once_when_it_begins_and_once_when_it_is_over() -> None:
    one = Channel()
    left = runs([report(), report(finding()), report(finding()), report(), report()], {"one": one})
    assert one.told == ["began indexer", "over indexer"]
    assert left == ()


def test_a_channel_that_is_away_is_told_later_and_the_others_nothing_twice() -> None:
    one, two = Channel(), Channel()
    two.down = True
    told = runs([report(finding()), report(finding())], {"one": one, "two": two})
    two.down = False
    assert runs([report(finding()), report(), report()], {"one": one, "two": two}, told) == ()
    assert one.told == two.told == ["began indexer", "over indexer"]


def test_what_was_over_before_a_channel_heard_of_it_is_not_told_there() -> None:
    one, two = Channel(), Channel()
    two.down = True
    told = runs([report(finding())], {"one": one, "two": two})
    two.down = False
    runs([report()], {"one": one, "two": two}, told)
    assert (one.told, two.told) == (["began indexer", "over indexer"], [])


def test_what_begins_again_before_its_end_was_told_is_not_told_again() -> None:
    one = Channel()
    told = runs([report(finding())], {"one": one})
    one.down = True
    told = runs([report()], {"one": one}, told)
    one.down = False
    runs([report(finding())], {"one": one}, told)
    assert one.told == ["began indexer"]
    told = runs([report(), report(finding())], {"one": one}, runs([report(finding())], {"one": one}, told))
    assert one.told == ["began indexer", "over indexer", "began indexer"]


def disk(severity: Severity) -> Report:
    return report(finding(Kind.DISK, "kafka", severity))


def test_what_gets_more_severe_is_told_again_and_its_end_once() -> None:
    """A disk that was told as nearly full got full, and nobody heard of it."""
    one = Channel()
    warning, critical = disk(Severity.WARNING), disk(Severity.CRITICAL)
    told = runs([warning, critical, critical], {"one": one})
    assert one.told == ["began kafka", "began kafka"]
    assert runs([warning, critical, report(), report()], {"one": one}, told) == ()
    assert one.told[2:] == ["over kafka"], "what it was told already isn't told again"
    runs([critical], {"one": one})
    assert one.told[3:] == ["began kafka"]


def test_a_channel_that_missed_the_rise_is_told_of_it_later_and_of_its_end() -> None:
    one, two = Channel(), Channel()
    both = {"one": one, "two": two}
    told = runs([disk(Severity.WARNING)], both)
    two.down = True
    told = runs([disk(Severity.CRITICAL)], both, told)
    two.down = False
    assert runs([disk(Severity.CRITICAL), report(), report()], both, told) == ()
    assert one.told == two.told == ["began kafka", "began kafka", "over kafka"]
    del one.told[:], two.told[:]
    told = runs([disk(Severity.WARNING)], both)
    two.down = True
    told = runs([disk(Severity.CRITICAL)], both, told)
    two.down = False
    assert runs([report(), report()], both, told) == ()
    assert two.told == ["began kafka", "over kafka"]


def test_what_the_version_before_stored_is_told_again_where_it_gets_more_severe() -> None:
    stored = Told(finding=finding(Kind.DISK, "kafka", Severity.WARNING), began_on=("one",))
    one = Channel()
    runs([disk(Severity.WARNING), disk(Severity.CRITICAL)], {"one": one}, (stored,))
    assert one.told == ["began kafka"]


def test_only_what_is_severe_enough() -> None:
    one = Channel()
    runs([report(finding(severity=Severity.INFO)), report()], {"one": one})
    assert one.told == []


def test_what_can_not_be_seen_for_now_is_not_over() -> None:
    lag, process = finding(Kind.STAGE_BEHIND, "index"), finding()
    one = Channel()
    told = runs([report(lag, process)], {"one": one})
    told = runs([report(finding(Kind.KAFKA_AWAY, "kafka"), kafka=AWAY)], {"one": one}, told)
    assert one.told == ["began index", "began indexer", "began kafka", "over indexer"]
    runs([report()], {"one": one}, told)
    assert sorted(one.told[4:]) == ["over index", "over kafka"]


def test_a_silent_provider_is_not_over_while_a_stage_hides_it() -> None:
    silent = finding(Kind.PROVIDER_SILENT, "wire/articles", Severity.WARNING)
    pulse = Freshness(provider="wire", item="articles", last=NOW - timedelta(hours=3), pulse=Pulse.SILENT)
    one = Channel()
    told = runs([report(silent, freshness=(pulse,)), report(freshness=(pulse,))], {"one": one})
    assert one.told == ["began wire/articles"]
    runs([report(freshness=(pulse.model_copy(update={"pulse": Pulse.USUAL}),))], {"one": one}, told)
    assert one.told == ["began wire/articles", "over wire/articles"]


@contextmanager
def server(status: int = 200) -> Iterator[tuple[str, list[Any]]]:
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/T000/very-secret", got
        running.shutdown()


def settings(**fields: Any) -> Settings:
    return Settings(_env_file=None, **fields)


def test_a_webhook_and_slack_get_what_each_can_read() -> None:
    evil = finding(subject="<!channel> & <http://evil.example|x>\x1b[31m\nsecond line")
    with server() as (address, got):
        several = channels(settings(notify_webhook=SecretStr(address), notify_slack=SecretStr(address)))
        for send in several.values():
            send(News(began=(evil,), over=(finding(),)), report(evil))
    hook, slack = got
    assert [one["kind"] for one in hook["began"]] == ["process-away"]
    assert [one["subject"] for one in hook["over"]] == ["indexer"]
    assert list(slack) == ["text"]
    assert "<" not in slack["text"]
    assert "&lt;!channel&gt; &amp;" in slack["text"]
    assert "began: critical:" in slack["text"]
    assert "over: indexer is away (since 2026-03-02 10:00 UTC)" in slack["text"]
    assert "\x1b" not in slack["text"]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_the_address_of_a_webhook_is_in_no_error_and_no_log(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with server(status) as (address, _):
        for where in (address, "http://127.0.0.1:1/T000/very-secret"):
            with pytest.raises(Retry) as raised:
                channels(settings(notify_webhook=SecretStr(where)))["webhook"](News(began=(finding(),)), report())
            assert "secret" not in str(raised.value)
            assert raised.value.__cause__ is None
    wrong = settings(notify_webhook=SecretStr("hooks.example/very-secret"), notify_slack=SecretStr(HOOK))
    assert list(channels(wrong)) == ["slack"]
    (problem,) = problems(wrong)
    assert "DATELINE_NOTIFY_WEBHOOK" in problem
    assert "secret" not in problem
    assert "very-secret" not in "".join(one.getMessage() for one in caplog.records if not one.name.startswith("http"))
    assert "secret" not in repr(settings(notify_webhook=SecretStr(HOOK)))


def test_an_e_mail_is_plain_and_its_subject_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = finding(subject="wire\nBcc: all@example.org")
    message = mail(
        News(began=(bad, finding())), report(bad), "dateline@news.example", ["a@news.example", "b@news.example"]
    )
    assert message["Subject"] == "Dateline: critical: wire Bcc: all@example.org is away (and 1 more)"
    assert message["Bcc"] is None
    assert message["To"] == "a@news.example, b@news.example"
    sent: list[Any] = []

    class Server:
        def __init__(self, host: str, port: int, **_: Any) -> None:
            sent.append((host, port))

        def __enter__(self) -> Server:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def ehlo(self) -> None:
            pass

        def has_extn(self, _: str) -> bool:
            return False

        def login(self, *_: str) -> None:
            raise smtplib.SMTPAuthenticationError(535, b"no")

        def send_message(self, message: Any) -> None:
            sent.append(message["Subject"])

    monkeypatch.setattr(smtplib, "SMTP", Server)
    mails = {"notify_mail_from": "dateline@news.example", "notify_mail_to": frozenset({"a@news.example"})}
    channels(settings(notify_smtp=SecretStr("smtp://mail.example"), **mails))["e-mail"](
        News(over=(finding(),)), report()
    )
    assert sent == [("mail.example", 25), "Dateline: over: indexer is away"]
    with pytest.raises(Retry, match="no TLS"):
        channels(settings(notify_smtp=SecretStr("smtp://ann:pw@mail.example:587"), **mails))["e-mail"](
            News(over=(finding(),)), report()
        )
    lacking = settings(notify_smtp=SecretStr("smtp://mail.example"))
    assert channels(lacking) == {}
    assert ["DATELINE_NOTIFY_MAIL_FROM" in one for one in problems(lacking)] == [True]


def test_a_flood_of_findings_is_one_message() -> None:
    many = tuple(finding(subject=f"p{number}") for number in range(50))
    shown = text(News(began=many), report(*many))
    assert shown.splitlines()[-1] == "and 30 more: dateline status"
    assert slack_text(News(began=many), report(*many)).count("began:") == 20
