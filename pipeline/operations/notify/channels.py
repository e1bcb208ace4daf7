"""The channels: a webhook, a Slack-shaped webhook, e-mail. Their addresses are secrets, and are in no error and no log."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

import httpx
from pydantic import SecretStr

from pipeline.errors import Fatal, Retry
from pipeline.escaping import printable
from pipeline.operations.notify.changes import News
from pipeline.settings import Settings
from schemas.report import Finding, Report, Severity

_TIMEOUT = 10.0
_SHOWN = 20
"""Findings that one message lists."""

Send = Callable[[News, Report], None]
"""Tells a channel. Raises Retry where it can't be reached, or refuses."""


def channels(settings: Settings) -> dict[str, Send]:
    """The channels that are set, by name, without those whose settings are wrong."""
    return _made(settings)[0]


def problems(settings: Settings) -> list[str]:
    """What is wrong in the settings of channels: one sentence for each such channel, without its address."""
    return _made(settings)[1]


def _made(settings: Settings) -> tuple[dict[str, Send], list[str]]:
    found: dict[str, Send] = {}
    wrong: list[str] = []
    for name, make in {"webhook": _webhook, "slack": _slack, "e-mail": _e_mail}.items():
        try:
            send = make(settings)
        except Fatal as e:
            wrong.append(f"{name}: {e}")
        else:
            found |= {name: send} if send is not None else {}
    return found, wrong


def _webhook(settings: Settings) -> Send | None:
    if settings.notify_webhook is None:
        return None
    address = _checked(settings.notify_webhook, "DATELINE_NOTIFY_WEBHOOK", "http", "https")
    return lambda news, report: _post("webhook", address, as_json(news, report))


def _slack(settings: Settings) -> Send | None:
    if settings.notify_slack is None:
        return None
    address = _checked(settings.notify_slack, "DATELINE_NOTIFY_SLACK", "http", "https")
    return lambda news, report: _post("slack", address, {"text": slack_text(news, report)})


def _e_mail(settings: Settings) -> Send | None:
    if settings.notify_smtp is None:
        return None
    server = urlsplit(_checked(settings.notify_smtp, "DATELINE_NOTIFY_SMTP", "smtp", "smtps"))
    if not (settings.notify_mail_from and settings.notify_mail_to):
        raise Fatal("DATELINE_NOTIFY_MAIL_FROM and DATELINE_NOTIFY_MAIL_TO are needed too")
    sender, receivers = settings.notify_mail_from, sorted(settings.notify_mail_to)

    def send(news: News, report: Report) -> None:
        try:
            message = mail(news, report, sender, receivers)
        except ValueError as e:
            raise Retry(f"e-mail: an address can't be written into a message ({type(e).__name__})") from None
        _mail(server, message)

    return send


def as_json(news: News, report: Report) -> dict[str, object]:
    """`{text, namespace, at, headline, began: [finding…], over: [finding…]}`."""
    return {
        "text": text(news, report),
        "namespace": report.namespace,
        "at": report.at.isoformat(),
        "headline": report.headline,
        "began": [one.model_dump(mode="json") for one in news.began],
        "over": [one.model_dump(mode="json") for one in news.over],
    }


def subject(news: News, report: Report) -> str:
    """One line."""
    where = f"Dateline {report.namespace}".strip()
    if not news.began:
        return f"{where}: over: {_line(news.over[0].what)}{_more(len(news.over))}"
    worst = max(news.began, key=lambda one: list(Severity).index(one.severity))
    return f"{where}: {worst.severity.value}: {_line(worst.what)}{_more(len(news.began))}"


def text(news: News, report: Report) -> str:
    """A line for each finding, in plain text."""
    lines = [subject(news, report), ""]
    lines += [f"began: {one.severity.value}: {_line(one.what)}{_help(one)}" for one in news.began[:_SHOWN]]
    lines += [f"over: {_line(one.what)}{_since(one)}" for one in news.over[:_SHOWN]]
    left = len(news.began[_SHOWN:]) + len(news.over[_SHOWN:])
    return "\n".join([*lines, *([f"and {left} more: dateline status"] if left else [])])


def slack_text(news: News, report: Report) -> str:
    """The same, where nothing in it is a link or calls anybody.
    Source: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text(news, report).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mail(news: News, report: Report, sender: str, receivers: list[str]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject(news, report)[:200], sender, ", ".join(receivers)
    message.set_content(text(news, report) + "\n")
    return message


def _post(channel: str, address: str, body: dict[str, object]) -> None:
    try:
        answer = httpx.post(address, json=body, timeout=_TIMEOUT, follow_redirects=False, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as e:
        raise Retry(f"{channel}: can't be reached ({type(e).__name__})") from None
    if not answer.is_success:
        raise Retry(f"{channel}: answered {answer.status_code}")


def _mail(server: SplitResult, message: EmailMessage) -> None:
    host, context = server.hostname or "", ssl.create_default_context()
    try:
        if server.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=_TIMEOUT, context=context)
        else:
            connection = smtplib.SMTP(host, server.port or 25, timeout=_TIMEOUT)
        with connection:
            connection.ehlo()
            if server.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=context)
            elif server.scheme == "smtp" and server.password:
                raise Retry("e-mail: the server offers no TLS; the password is not sent to it")
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as e:
        raise Retry(f"e-mail: not sent ({type(e).__name__})") from None


def _checked(address: SecretStr, variable: str, *schemes: str) -> str:
    value = address.get_secret_value()
    try:
        parts = urlsplit(value)
        valid = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise Fatal(f"{variable} is no address that begins with {' or '.join(f'{one}://' for one in schemes)}")
    return value


def _line(words: str) -> str:
    return " ".join(printable(words).split())


def _help(finding: Finding) -> str:
    return f": {_line(finding.command)}" if finding.command else ""


def _since(finding: Finding) -> str:
    return f" (since {finding.since:%Y-%m-%d %H:%M} UTC)" if finding.since else ""


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
