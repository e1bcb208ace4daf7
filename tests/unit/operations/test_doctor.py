"""What is wrong with a set-up, and what isn't."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from pipeline.commands.doctor import summary
from pipeline.errors import Fatal, Retry
from pipeline.operations import doctor
from pipeline.operations.doctor import (
    checkup,
    of_disk,
    of_file,
    of_memory,
    of_settings,
    of_variables,
    of_versions,
    ok,
    unknown,
    wrong,
)
from pipeline.operations.doctor_engines import away, of_clock, of_indices, of_partitions, of_version
from pipeline.settings import load_settings
from schemas.checkup import Check, CheckState

WELL = {"kafka_servers": "k:9092", "elasticsearch_url": "http://e:9200"}


def states(checks: Any) -> list[str]:
    return [one.state.value for one in checks]


def test_the_defaults_contradict_nothing() -> None:
    assert states(of_settings(load_settings())) == ["ok"]
    assert states(of_settings(load_settings(**WELL))) == ["ok"]


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({"kafka_security": "SASL_SSL"}, "wrong", "password is missing"),
        ({"kafka_username": "u", "kafka_password": "p"}, "wrong", "it isn't used"),
        ({"kafka_ca_certs": "/etc/hosts"}, "wrong", "it isn't used"),
        ({"kafka_security": "SSL", "kafka_ca_certs": "/no/such.pem"}, "wrong", "can't be read"),
        ({"elasticsearch_username": "u"}, "wrong", "none is used"),
        ({"elasticsearch_username": "u", "elasticsearch_password": "p"}, "advice", "plain http"),
        ({"elasticsearch_url": None}, "advice", "only one of"),
        ({"workers": 13}, "wrong", "12 partitions"),
        ({"worker_port": 8643}, "wrong", "both 8643"),
        ({"status_port": 8642}, "wrong", "both 8642"),
        ({"status_bind": "0.0.0.0"}, "wrong", "others can reach the operators' page"),
        ({"status_password": "short"}, "wrong", "fewer than 12 characters"),
        ({"replication": 2}, "advice", "one machine only"),
        ({"max_connections": 5}, "advice", "PER_ADDRESS"),
    ],
)
def test_settings_that_contradict_each_other(changes: dict[str, Any], state: str, words: str) -> None:
    found = list(of_settings(load_settings(**(WELL | changes))))
    assert (state, True) in [(one.state.value, words in one.what) for one in found]
    assert all(one.advice for one in found)


def test_an_open_page_is_said_with_what_to_do_apart_from_what_is_wrong() -> None:
    for changes, advice in (
        ({"status_bind": "0.0.0.0"}, "set DATELINE_STATUS_PASSWORD"),
        ({"status_password": "short"}, "choose"),
    ):
        (one,) = [one for one in of_settings(load_settings(**(WELL | changes))) if one.state is CheckState.WRONG]
        assert one.advice.startswith(advice)
        assert one.what.startswith("DATELINE_STATUS_")
        assert advice not in one.what


def test_a_variable_that_is_no_setting_is_found_with_what_was_meant() -> None:
    found = list(
        of_variables(
            {"DATELINE_PARTITION": "3", "DATELINE_PARTITIONS": "3", "dateline_x": "", "PATH": "", "dateline_bind": ""},
            "# DATELINE_OLD=1\nexport DATELINE_WORKRS = 3\nDATELINE_BIND=::1\n",
        )
    )
    assert [(one.what, one.advice) for one in found] == [
        ("DATELINE_PARTITION (in the environment) is no setting", "did you mean DATELINE_PARTITIONS?"),
        ("DATELINE_WORKRS (in .env) is no setting", "did you mean DATELINE_WORKERS?"),
    ]


def test_partitions() -> None:
    assert states(of_partitions({"a": 12, "b": 12}, 12)) == ["ok"]
    (every,) = of_partitions({"a": 4, "b": 4}, 12)
    assert every.advice == "set DATELINE_PARTITIONS=4"
    (some,) = of_partitions({"a": 4, "b": 12}, 12)
    assert "1 topics have 4 partitions (a)" in some.what
    assert "NAMESPACE" in some.advice


def test_clocks() -> None:
    assert states(of_clock([1000.0, 1003.0], 999, 1001)) == ["ok"]
    assert states(of_clock([1000.0, 1100.0], 999, 1001)) == ["wrong"]
    assert states(of_clock([900.0], 999, 1001)) == ["wrong"]
    assert states(of_clock([], 999, 1001)) == ["unknown"]


def test_versions_of_elasticsearch() -> None:
    assert states(of_version(["9.5.0"], "x")) == ["ok"]
    assert states(of_version(["8.19.16", "9.5.0"], "x")) == ["wrong"]
    assert states(of_version([], "x")) == ["unknown"]


def test_this_installation_is_right() -> None:
    assert set(states(of_versions())) == {"ok"}


def test_disks_and_memory(tmp_path: Path) -> None:
    assert of_disk(tmp_path / "not" / "there", "state").state in (CheckState.OK, CheckState.ADVICE, CheckState.WRONG)
    assert of_memory("1g", "MemTotal: 9 kB\nMemAvailable:    8000000 kB\n").state is CheckState.OK
    assert of_memory("8g", "MemAvailable:    8000000 kB\n").state is CheckState.ADVICE
    assert of_memory("512m", "").state is CheckState.UNKNOWN


def test_an_engine_that_is_away_is_told_with_what_to_do() -> None:
    one = away("kafka", Fatal("no Kafka configured: set DATELINE_KAFKA_SERVERS\nmore"), "start it")
    assert (one.what, one.advice) == ("no Kafka configured", "set DATELINE_KAFKA_SERVERS")
    assert away("kafka", Retry("Kafka at k:9092 does not answer"), "start it").advice == "start it"
    assert not checkup([one]).ok
    assert checkup([]).ok


@pytest.mark.parametrize("error", [Retry("Elasticsearch is busy (503)"), Fatal("Elasticsearch refused (403)\nmore")])
def test_indices_that_cannot_be_looked_at_are_not_right(error: Exception) -> None:
    def look(*_: object) -> list[str]:
        raise error

    (one,) = of_indices(load_settings(**WELL), look)
    assert one.state is CheckState.UNKNOWN
    assert str(error).split("\n")[0] in one.what
    assert states(of_indices(load_settings(**WELL), lambda *_: [])) == ["ok"]
    assert states(of_indices(load_settings(**WELL), lambda *_: ["the mapping of a lacks b"])) == ["wrong"]


def test_what_could_not_be_looked_at_is_not_taken_for_right() -> None:
    well, blind, ill = ok("a", "x"), unknown("a", "y"), wrong("a", "z", "do")
    assert summary(checkup([well])).plain == "The set-up is right."
    found = checkup([well, blind, blind])
    assert (found.ok, found.unseen) == (True, 2)
    assert summary(found).plain == "Nothing wrong was found; 2 could not be looked at."
    assert summary(checkup([ill, blind])).plain == "1 thing is wrong. 1 could not be looked at."


@pytest.mark.parametrize(
    ("checks", "code"), [(["ok"], 0), (["ok", "unknown"], 1), (["wrong", "unknown"], 3), (["advice"], 0)]
)
def test_the_exit_code_says_whether_all_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, checks: list[str], code: int
) -> None:
    from pipeline.commands import doctor as command

    made = [Check(area="a", state=CheckState(one), what=one) for one in checks]
    monkeypatch.setattr(command, "_checks", lambda: iter(made))
    ended = 0
    try:
        command.doctor(json=True)
    except typer.Exit as e:
        ended = e.exit_code
    assert ended == code


def test_a_file_of_settings_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert not list(of_file(tmp_path / "none"))
    (tmp_path / ".env").write_text("DATELINE_X=1")
    assert not list(of_file(tmp_path / ".env"))
    assert states(of_file(tmp_path)) == ["unknown"], "a folder is none"


def test_versions_that_nobody_asks_for_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_requirements", dict)
    assert states(of_versions()) == ["ok", "unknown", "ok"]
