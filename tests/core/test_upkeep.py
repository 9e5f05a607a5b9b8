"""A catalog that is damaged is found out, and what people decided and what was learned is saved."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core import _catalog_backup, _schema, upkeep
from core._catalog_protection import protect
from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.events import Done, Progress
from core.records import CatalogError
from core.upkeep import CheckReport, RepairReport

Pixels = NDArray[np.uint8]


@pytest.fixture
def known(tmp_path: Path, library: Path) -> Path:
    """A catalog that knows the library, which is protected."""
    path = tmp_path / "catalog.sqlite3"
    with Catalog(path) as catalog:
        scanned(catalog, library)
        protect(catalog, library, True)
    return path


def scanned(catalog: Catalog, library: Path) -> list[list[str]]:
    """Names of the files of each group."""
    for event in find_duplicates(catalog, [library], ScanOptions("fast", workers=1)):
        if isinstance(event, Done):
            return [[member.record.path.name for member in group.members] for group in event.summary.groups]
    raise AssertionError("the scan did not end")


def report(events: Iterable[object]) -> CheckReport:
    found = list(events)
    assert all(isinstance(event, Progress) for event in found[:-1])
    assert isinstance(found[-1], CheckReport)
    return found[-1]


def repaired(path: Path) -> RepairReport:
    found = list(upkeep.repair(path))
    assert isinstance(found[-1], RepairReport)
    return found[-1]


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_whole_catalog_is_said_to_be_whole_with_its_counts(known: Path) -> None:
    found = report(upkeep.check(known))
    assert found.whole
    assert found.rows["file"] == 7
    assert found.rows["library"] == 1


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE content SET width = 'wide' WHERE id = 1", "1 rows of content hold values that make no sense."),
        ("UPDATE file SET content = 99 WHERE content = 1", "rows of file refer to nothing."),
        ("UPDATE feature SET data = x'01' WHERE content = 1 AND method LIKE 'mini%'", "features of miniature@1"),
    ],
)
def test_a_check_names_what_is_wrong_and_a_repair_mends_it(
    known: Path, library: Path, statement: str, problem: str
) -> None:
    with Catalog(known) as catalog:
        expected = scanned(catalog, library)
    change(known, statement)
    assert any(problem in line for line in report(upkeep.check(known)).problems)
    done = repaired(known)
    assert report(upkeep.check(known)).whole
    assert done.damaged.exists()
    with Catalog(known) as catalog:
        assert scanned(catalog, library) == expected
        assert catalog.libraries()[0].protected


def test_a_catalog_with_pages_of_garbage_gives_what_can_be_read(known: Path, library: Path) -> None:
    with Catalog(known) as catalog:
        expected = scanned(catalog, library)
    change(known, "PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(known.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 3 * 4096] = b"\xa5" * 3 * 4096
    known.write_bytes(data)
    assert not report(upkeep.check(known)).whole
    done = repaired(known)
    assert done.saved["library"] == 1
    assert report(upkeep.check(known)).whole
    with Catalog(known) as catalog:
        assert scanned(catalog, library) == expected


def test_what_is_no_database_any_more_becomes_an_empty_catalog(known: Path) -> None:
    known.write_bytes(b"\xa5" * 10_000)
    for suffix in ("-wal", "-shm"):
        known.with_name(known.name + suffix).unlink(missing_ok=True)
    assert "damaged" in report(upkeep.check(known)).problems[0]
    done = repaired(known)
    assert done.damaged.read_bytes() == b"\xa5" * 10_000
    assert report(upkeep.check(known)).whole


def test_what_is_no_catalog_of_ours_is_never_replaced(tmp_path: Path, library: Path) -> None:
    other, newer = tmp_path / "photos.db", tmp_path / "newer.db"
    change(other, "CREATE TABLE photo (name TEXT)")
    Catalog(newer).close()
    change(newer, f"PRAGMA user_version = {_schema.VERSION + 1}")
    for path, sentence in (
        (library / "china.jpg", "is no catalog and is left alone"),
        (other, "belongs to another program"),
        (newer, "written by a newer Twinsight"),
    ):
        before = path.read_bytes()
        with pytest.raises(CatalogError, match=sentence):
            repaired(path)
        assert path.read_bytes() == before


def test_decisions_are_written_down_before_anything_is_changed(known: Path, library: Path) -> None:
    change(known, "INSERT INTO decision (key, kind, made) VALUES ('k', 'different', 1.0)")
    done = repaired(known)
    kept = json.loads(done.decisions.read_text("utf-8"))
    assert kept["library"][0]["folder"] == str(library)
    assert kept["library"][0]["protected"] == 1
    assert kept["decision"][0]["kind"] == "different"
    assert {"decision_pair", "decision_file", "operation", "step", "protected_folder", "rule_set"} <= kept.keys()
    assert not {"content", "feature"} & kept.keys()
    assert stat.S_IMODE(done.decisions.stat().st_mode) & 0o077 == 0


def test_a_catalog_in_use_is_not_repaired(known: Path) -> None:
    with Catalog(known) as catalog, catalog.transaction():
        before = known.read_bytes()
        with pytest.raises(CatalogError, match="in use; close every other Twinsight"):
            repaired(known)
        assert known.read_bytes() == before


def test_a_catalog_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for act in (upkeep.back_up, lambda path: list(upkeep.check(path)), repaired):
        with pytest.raises(CatalogError, match="no such catalog"):
            act(tmp_path / "none.sqlite3")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_a_catalog_with_its_checksum_and_for_its_owner_only(known: Path, library: Path) -> None:
    backup = upkeep.back_up(known)
    assert _catalog_backup.is_intact(backup.path)
    assert subprocess.run(["sha256sum", "--check", f"{backup.path}.sha256"], cwd=known.parent).returncode == 0
    assert stat.S_IMODE(backup.path.stat().st_mode) & 0o077 == 0
    with Catalog(backup.path) as catalog:
        assert len(catalog.records([library])) == 6
    assert report(upkeep.check(known)).backups == ((backup.path, False),)  # opened, it was written to


def test_a_backup_that_changed_is_noticed(known: Path) -> None:
    backup = upkeep.back_up(known)
    assert report(upkeep.check(known)).whole
    data = bytearray(backup.path.read_bytes())
    data[5000] ^= 1
    backup.path.write_bytes(data)
    assert "has changed since it was made" in report(upkeep.check(known)).problems[0]


def test_only_the_newest_backups_are_kept(known: Path) -> None:
    made = [upkeep.back_up(known).path for _ in range(_catalog_backup.KEPT + 2)]
    assert set(_catalog_backup.backups(known)) == set(made[2:])
    assert len(list(known.parent.glob("*.sha256"))) == _catalog_backup.KEPT


def test_a_backup_without_room_changes_nothing(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [*sorted(known.parent.glob("*.db")), known.read_bytes()]
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("core._catalog_backup.shutil.disk_usage", lambda folder: usage)
    with pytest.raises(CatalogError, match=r"could not be backed up \(it needs"):
        upkeep.back_up(known)
    assert [*sorted(known.parent.glob("*.db")), known.read_bytes()] == before


def old_catalog(path: Path) -> None:
    """A catalog as the first version of the tables was."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_schema._STEPS[0])
        connection.execute(f"PRAGMA application_id = {_schema.APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO library (folder, added) VALUES (?, 1.0)", (b"/pictures",))
        connection.commit()


def test_an_older_catalog_is_backed_up_before_its_tables_change(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    old_catalog(path)
    with Catalog(path) as catalog:
        assert [info.folder for info in catalog.libraries()] == [Path("/pictures")]
    (backup,) = _catalog_backup.backups(path)
    assert "before-update" in backup.name
    assert _catalog_backup.is_intact(backup)
    with closing(sqlite3.connect(backup)) as connection:
        assert _schema.version_of(connection) == 1


def test_an_older_catalog_that_cannot_be_backed_up_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "catalog.sqlite3"
    old_catalog(path)
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("core._catalog_backup.shutil.disk_usage", lambda folder: usage)
    with pytest.raises(CatalogError, match="could not be backed up"):
        Catalog(path)
    with closing(sqlite3.connect(path)) as connection:
        assert _schema.version_of(connection) == 1


Damage = Callable[[Path], None]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE content SET digest = 7 WHERE id = 1",
        "UPDATE content SET width = 'wide', height = x'00'",
        "UPDATE file SET modified_ns = 'late'",
        "UPDATE library SET indexed = 'never'",
        "UPDATE feature SET data = 'text'",
        "UPDATE feature SET data = x'01' WHERE method LIKE 'miniature%'",
        "UPDATE feature SET data = x'01' WHERE method LIKE 'pdq%'",
        "UPDATE feature SET data = x'' WHERE method LIKE 'pdq%'",
        "UPDATE content SET format = x'ff00fe'",
    ],
)
def test_values_of_the_wrong_kind_end_in_a_sentence_or_a_result(known: Path, library: Path, statement: str) -> None:
    change(known, statement)
    try:
        with Catalog(known) as catalog:
            catalog.libraries()
            scanned(catalog, library)
    except CatalogError as error:
        assert "twinsight catalog repair" in str(error)
