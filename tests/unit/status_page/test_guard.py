"""Who may look at the operators' page."""

from __future__ import annotations

import base64
import logging

import pytest

from pipeline.errors import Fatal
from pipeline.process.listening import check_access
from pipeline.settings import load_settings
from pipeline.status_page.guard import WRONG_A_MINUTE
from tests.support.operators import PASSWORD, Double, ask, get


def basic(password: str, name: str = "ann") -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


@pytest.mark.parametrize("path", ["/status", "/status.json", "/style.css", "/nothing", "/dead-letters/0-17"])
def test_with_a_password_it_is_asked_for_everywhere(path: str) -> None:
    source = Double()
    refused = get(source, path, status_password=PASSWORD, host="operators.example")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Basic realm="Dateline, for operators", charset="UTF-8"'
    assert source.asked == []
    let_in = get(source, path, status_password=PASSWORD, host="operators.example", headers=basic(PASSWORD))
    assert let_in.status_code in (200, 404)


@pytest.mark.parametrize("password", ["Grüße, 日本 und 🚢", "with:colon: in it", PASSWORD])
def test_any_password_under_any_name_or_as_a_token(password: str) -> None:
    tokens = [basic(password), basic(password, ""), basic(password, "Ærø")]
    tokens += [{"Authorization": f"Bearer {password}"}] if password.isascii() else []
    for headers in tokens:
        assert get(Double(), "/status", status_password=password, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "sent", ["Basic", "Basic !!!", "Basic YW5u", f"Basic {PASSWORD}", "Bearer", "Bearer wrong", "Digest x", PASSWORD]
)
def test_what_is_no_right_password_is_refused(sent: str) -> None:
    answer = get(Double(), "/status", status_password=PASSWORD, headers={"Authorization": sent})
    assert (answer.status_code, "operators" in answer.text) == (401, True)


def test_guessing_is_slow_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    source = Double()

    with caplog.at_level(logging.WARNING):
        answers = ask(source, *["/status"] * (WRONG_A_MINUTE + 2), status_password=PASSWORD, headers=basic("wrong"))
    assert [one.status_code for one in answers] == [401] * WRONG_A_MINUTE + [429] * 2
    assert answers[-1].headers["retry-after"] == "60"
    assert source.asked == []
    assert PASSWORD not in caplog.text
    assert "status_password_wrong" in caplog.text


@pytest.mark.parametrize("host", ["127.0.0.1:8641", "localhost", "LOCALHOST:1", "[::1]:8641", "127.0.0.9"])
def test_without_a_password_this_machine_is_let_in(host: str) -> None:
    assert get(Double(), "/status", host=host).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8641", "10.0.0.7:8641", "localhost.evil.example", "127.0.0.1.evil.example"])  # fmt: skip
def test_without_a_password_no_other_name_is(host: str) -> None:
    """A page of another host has its name mean 127.0.0.1, and the browser would let it read what is there."""
    source = Double()
    answer = get(source, "/status.json", host=host)
    assert (answer.status_code, source.asked) == (403, [])


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "10.0.0.7", "operators.example"])
def test_it_listens_for_others_with_a_password_only(bind: str) -> None:
    with pytest.raises(Fatal, match="set DATELINE_STATUS_PASSWORD"):
        check_access(load_settings(_env_file=None, status_bind=bind))
    with pytest.raises(Fatal, match="set DATELINE_STATUS_PASSWORD"):
        check_access(load_settings(_env_file=None, status_bind=bind, status_password=""))
    with pytest.raises(Fatal, match="fewer than 12 characters") as short:
        check_access(load_settings(_env_file=None, status_bind=bind, status_password="hunter2"))
    assert "hunter2" not in str(short.value)
    check_access(load_settings(_env_file=None, status_bind=bind, status_password=PASSWORD))


@pytest.mark.parametrize("bind", ["127.0.0.1", "::1", "localhost"])
def test_on_this_machine_it_needs_none(bind: str) -> None:
    check_access(load_settings(_env_file=None, status_bind=bind))
    check_access(load_settings(_env_file=None, bind="0.0.0.0"))
