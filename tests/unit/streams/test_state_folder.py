from __future__ import annotations

from pathlib import Path

import pytest
from rocksdict import Rdict

from pipeline.errors import Fatal
from pipeline.settings import Settings, load_settings
from pipeline.streams.state_folder import claim_state_folder, open_state_folder, state_folder


def settings(folder: Path, **options: str) -> Settings:
    return load_settings(local_dir=folder, **{"state_store": "rocksdb", **options})


def table(folder: Path, name: str) -> Path:
    path = state_folder(settings(folder)) / "v1" / "tables" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    db = Rdict(str(path))
    for n in range(1000):
        db[b"%d" % n] = b"value" * 20
    db.flush()
    db.close()
    return path


def test_damaged_tables_are_removed_and_whole_ones_kept(tmp_path: Path) -> None:
    whole, truncated, garbage = (table(tmp_path, f"revise-{n}.db") for n in range(3))
    sst = next(truncated.glob("*.sst"))
    sst.write_bytes(sst.read_bytes()[:100])
    (garbage / "CURRENT").write_bytes(b"\x00garbage")
    lock = open_state_folder(settings(tmp_path))
    lock.close()
    assert not truncated.exists()
    assert not garbage.exists()
    db = Rdict(str(whole))
    assert db[b"999"] == b"value" * 20
    db.close()


@pytest.mark.parametrize("store", ["rocksdb", "memory"])
def test_a_second_worker_with_the_same_folder_is_refused(tmp_path: Path, store: str) -> None:
    """Its notes are in the folder whatever the store."""
    lock = open_state_folder(settings(tmp_path, state_store=store))
    with pytest.raises(Fatal, match="set DATELINE_WORKER_ID"):
        open_state_folder(settings(tmp_path, state_store=store))
    open_state_folder(settings(tmp_path, state_store=store, worker_id="2")).close()
    lock.close()
    open_state_folder(settings(tmp_path, state_store=store)).close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "worker").write_text("a file, where the folder should be")
    with pytest.raises(Fatal, match=r"worker/default/1 can't be written \(.*DATELINE_LOCAL_DIR"):
        open_state_folder(settings(tmp_path))


def test_replicas_that_share_a_folder_take_the_first_that_is_free(tmp_path: Path) -> None:
    first, one = claim_state_folder(settings(tmp_path, worker_id="auto"))
    second, two = claim_state_folder(settings(tmp_path, worker_id="auto"))
    assert (first.worker_id, second.worker_id) == ("1", "2")
    one.close()  # the first ends; the one that is started in its place has its tables
    again, three = claim_state_folder(settings(tmp_path, worker_id="auto"))
    assert state_folder(again) == state_folder(first)
    two.close()
    three.close()


def test_a_number_is_not_given_up_for_another(tmp_path: Path) -> None:
    own, lock = claim_state_folder(settings(tmp_path, worker_id="7"))
    assert own.worker_id == "7"
    with pytest.raises(Fatal, match="another worker uses"):
        claim_state_folder(settings(tmp_path, worker_id="7"))
    lock.close()


def test_a_folder_that_cannot_be_written_is_not_taken_for_one_in_use(tmp_path: Path) -> None:
    (tmp_path / "worker").write_text("a file, where the folder should be")
    with pytest.raises(Fatal, match="can't be written"):
        claim_state_folder(settings(tmp_path, worker_id="auto"))
