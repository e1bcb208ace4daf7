"""Every setting is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import settings as module
from pipeline.settings import Settings, load_settings
from tests.conftest import ROOT


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_setting_is_in_the_documentation(name: str) -> None:
    assert f"`DATELINE_{name.upper()}`" in (ROOT / "docs" / "settings.md").read_text()


def test_a_secret_is_read_from_a_file_unless_the_environment_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECRETS", tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dateline_kafka_password").write_text("from-a-file\n")
    (tmp_path / "dateline_pseudonym_key").write_text("from-a-file")
    (tmp_path / "of_another_program").write_text("x")
    monkeypatch.setenv("DATELINE_PSEUDONYM_KEY", "from-the-environment")
    found = load_settings()
    assert found.kafka_password is not None
    assert found.kafka_password.get_secret_value() == "from-a-file"
    assert found.pseudonym_key is not None
    assert found.pseudonym_key.get_secret_value() == "from-the-environment"


def test_no_folder_of_secrets_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECRETS", tmp_path / "none")
    monkeypatch.delenv("DATELINE_KAFKA_PASSWORD", raising=False)
    monkeypatch.chdir(tmp_path)
    assert load_settings().kafka_password is None
