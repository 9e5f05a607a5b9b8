"""Looking after the catalog: is it whole, a backup of it, and a new one from what is left of a damaged one.

The pictures are never touched. Whatever cannot be saved of a catalog is made again from them by the next scan; what
cannot be made again, the decisions of people, is written to a file of its own before anything is changed.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core import _catalog_backup, _catalog_salvage, _schema
from core._catalog_backup import Backup
from core.events import Progress
from core.features import registry
from core.features.base import REGIONS, Kind
from core.packing import unpack_keypoints
from core.records import CatalogError
from core.stopwatch import Stage

logger = logging.getLogger(__name__)
_MOST_PROBLEMS = 100
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes:
        path: The catalog.
        problems: One sentence each, at most a hundred; none for a whole catalog.
        rows: Rows by table, of those that could be counted.
        backups: The backups beside it with whether each is intact, newest first.
    """

    path: Path
    problems: tuple[str, ...]
    rows: dict[str, int]
    backups: tuple[tuple[Path, bool], ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What a repair saved.

    Attributes:
        path: The catalog, new now.
        damaged: The old one, kept.
        decisions: The file with the decisions of people.
        saved: Rows by table.
    """

    path: Path
    damaged: Path
    decisions: Path
    saved: dict[str, int]


def back_up(catalog_path: Path) -> Backup:
    """Make a backup of a catalog beside it.

    Raises:
        CatalogError: There is no catalog, or the backup cannot be written.
    """
    _must_exist(catalog_path)
    with closing(_connect(catalog_path)) as connection:
        return _catalog_backup.back_up(connection, catalog_path)


def check(catalog_path: Path) -> Iterator[Progress | CheckReport]:
    """Read a catalog from end to end and say what is wrong with it; changes nothing.

    Yields:
        Progress, and a CheckReport at last.

    Raises:
        CatalogError: There is no such catalog, it is locked, or it belongs to another program.
    """
    _must_exist(catalog_path)
    stage = Stage("Checking the catalog")
    problems: list[str] = []
    rows: dict[str, int] = {}
    with closing(_connect(catalog_path)) as connection:
        yield stage.progress(0, 4)
        problems += _structure(connection)
        yield stage.progress(1, 4)
        rows = _count(connection, problems)
        yield stage.progress(2, 4)
        problems += _contents(connection)
        yield stage.progress(3, 4)
    found = tuple((each, _catalog_backup.is_intact(each)) for each in _catalog_backup.backups(catalog_path))
    problems += [f"The backup {path} has changed since it was made." for path, intact in found if not intact]
    yield stage.progress(4, 4)
    yield CheckReport(catalog_path, tuple(problems[:_MOST_PROBLEMS]), rows, found)


def repair(catalog_path: Path) -> Iterator[Progress | RepairReport]:
    """Make a new catalog from what can be read of a damaged one, which is kept under another name.

    Nothing else may have the catalog open.

    Yields:
        Progress, and a RepairReport at last.

    Raises:
        CatalogError: It is in use, there is no room, a file cannot be written, or it is none of ours; the catalog is
            as it was.
    """
    _must_exist(catalog_path)
    _must_be_ours(catalog_path)
    stage = Stage("Repairing the catalog")
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    fresh = catalog_path.with_name(f"{catalog_path.name}.new-{stamp}")
    noted = catalog_path.with_name(f"{catalog_path.name}.decisions-{stamp}.json")
    yield stage.progress(0, 3)
    try:
        _fold_log_in(catalog_path)
        _catalog_salvage.decisions(catalog_path, noted)
        yield stage.progress(1, 3)
        saved = _salvage(catalog_path, fresh)
        yield stage.progress(2, 3)
        damaged = _swap(catalog_path, fresh, stamp)
    except (sqlite3.Error, OSError) as error:
        raise CatalogError(f"The catalog {catalog_path} could not be repaired ({error}); it is as it was.") from error
    finally:
        fresh.unlink(missing_ok=True)
    yield stage.progress(3, 3)
    yield RepairReport(catalog_path, damaged, noted, saved)


# ---------------------------------------------------------------------- looking


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise CatalogError(f"{path}: there is no such catalog; `twinsight index` makes one.")


def _must_be_ours(path: Path) -> None:
    """Never put a new catalog in the place of a picture, or of the database of another program."""
    with path.open("rb") as file:
        database = file.read(len(_SQLITE)) == _SQLITE
    if not database and path.suffix.lower() not in (".sqlite3", ".db"):
        raise CatalogError(f"{path} is no catalog and is left alone.")
    try:
        with closing(_connect(path)) as connection:
            foreign = _schema.is_foreign(connection)
            newer = _schema.version_of(connection) > _schema.VERSION
    except sqlite3.DatabaseError:
        return
    if foreign:
        raise CatalogError(f"{path} belongs to another program and is left alone.")
    if newer:
        raise CatalogError(f"{path} was written by a newer Twinsight, which has to repair it.")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=15.0, isolation_level=None)


def _structure(connection: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong."""
    try:
        if _schema.is_foreign(connection):
            raise CatalogError("This database belongs to another program.")
        found = [text for (text,) in connection.execute(f"PRAGMA integrity_check({_MOST_PROBLEMS})") if text != "ok"]
        broken = Counter(row[0] for row in connection.execute("PRAGMA foreign_key_check"))
    except sqlite3.DatabaseError as error:
        return [f"The file is damaged: {error}."]
    lines = [line for text in found for line in str(text).splitlines()]
    found = [f"The file is damaged: {line}." for line in lines]
    return found + [f"{count:,} rows of {table} refer to nothing." for table, count in sorted(broken.items())]


def _count(connection: sqlite3.Connection, problems: list[str]) -> dict[str, int]:
    rows: dict[str, int] = {}
    with contextlib.suppress(sqlite3.DatabaseError):
        for table in _catalog_salvage.tables(connection):
            try:
                rows[table] = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
                wrong = _catalog_salvage.wrong_rows(connection, table)
            except sqlite3.DatabaseError as error:
                problems.append(f"The table {table} cannot be read: {error}.")
                continue
            if wrong:
                problems.append(f"{wrong:,} rows of {table} hold values that make no sense.")
    return rows


def _contents(connection: sqlite3.Connection) -> list[str]:
    """Features whose bytes cannot be those of their method."""
    try:
        wrong = Counter(method for method, _ in _wrong_features(connection))
    except sqlite3.DatabaseError as error:
        return [f"Features cannot be read: {error}."]
    return [f"{count:,} features of {method} are damaged." for method, count in sorted(wrong.items())]


def _wrong_features(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Method and content of features of a length that their method does not give."""
    wrong: list[tuple[str, int]] = []
    for (method,) in connection.execute("SELECT DISTINCT method FROM feature").fetchall():
        if _is_local(method):
            found = connection.execute("SELECT content, data FROM feature WHERE method = ?", (method,))
            wrong += [(method, content) for content, data in found if not _unpacks(data)]
            continue
        lengths = connection.execute(
            "SELECT length(data), count(*) FROM feature WHERE method = ? GROUP BY 1 ORDER BY 2 DESC", (method,)
        ).fetchall()
        for length, _ in lengths[1:]:
            found = connection.execute(
                "SELECT content FROM feature WHERE method = ? AND length(data) = ?", (method, length)
            )
            wrong += [(method, content) for (content,) in found]
    return wrong


def _is_local(method: str) -> bool:
    name = method.partition("@")[0].removesuffix(REGIONS)
    info = registry.methods().get(name)
    return info is not None and info.kind is Kind.LOCAL


def _unpacks(data: object) -> bool:
    try:
        unpack_keypoints(data)  # type: ignore[arg-type]  # of a damaged catalog, anything
    except (ValueError, TypeError):
        return False
    return True


# ---------------------------------------------------------------------- mending


def _fold_log_in(path: Path) -> None:
    """Take what is in the write-ahead log into the file, and find out whether anybody else has it open."""
    with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            if "lock" in str(error) or "busy" in str(error):
                raise CatalogError(f"{path} is in use; close every other Twinsight first.") from error
        except sqlite3.DatabaseError:
            # Too damaged for that; what can be read of it is read without the log.
            logger.warning("The log of %s could not be taken in", path, exc_info=True)


def _salvage(path: Path, fresh: Path) -> dict[str, int]:
    fresh.touch(mode=0o600, exist_ok=False)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        _schema.migrate(connection)
        saved = _catalog_salvage.salvage(path, connection)
        # A content is described again as a whole, which gives it everything that hangs together.
        for content in {content for _, content in _wrong_features(connection)}:
            saved["feature"] -= connection.execute("DELETE FROM feature WHERE content = ?", (content,)).rowcount
        if [text for (text,) in connection.execute("PRAGMA integrity_check")] != ["ok"]:
            raise sqlite3.DatabaseError("the new catalog is damaged too")
    return saved


def _swap(path: Path, fresh: Path, stamp: str) -> Path:
    """Put the new catalog in the place of the old one, which gets another name with its log."""
    damaged = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("-wal", "-shm"):
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.replace(damaged.with_name(damaged.name + suffix))
    path.replace(damaged)
    try:
        fresh.replace(path)
    except OSError:
        damaged.replace(path)
        raise
    return damaged
