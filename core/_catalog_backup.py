"""Backups of the catalog: a whole copy, private, with the checksum of its bytes beside it.

One is made before the tables are changed for a newer Twinsight, and whenever somebody asks.
"""

from __future__ import annotations

import glob
import hashlib
import logging
import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from core.records import CatalogError

logger = logging.getLogger(__name__)

KEPT = 3
"""Backups that are kept of one catalog, the newest ones."""
_BLOCK = 1 << 20
_PAGES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup of a catalog.

    Attributes:
        path: The copy, itself a catalog.
        size: Bytes.
        checksum: SHA-256 of its bytes, in hexadecimal; also in the file of that name with ``.sha256`` behind it.
    """

    path: Path
    size: int
    checksum: str


def back_up(connection: sqlite3.Connection, path: Path, why: str = "backup") -> Backup:
    """Copy a catalog as it is now, while others may read and write it.

    Args:
        connection: To the catalog.
        path: Where the catalog is; the copy lies beside it.
        why: A word in the name of the copy.

    Raises:
        CatalogError: There is no room for the copy, or it cannot be written.
    """
    target = _free_name(path, why)
    try:
        _check_room(connection, path.parent)
        target.touch(mode=0o600, exist_ok=False)
        with closing(sqlite3.connect(target)) as copy:
            connection.backup(copy, pages=_PAGES_AT_ONCE)
            # One file, not two: the copy takes over the mode of the original.
            copy.execute("PRAGMA journal_mode = DELETE")
        checksum = _checksum(target)
        _write_checksum(target, checksum)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        raise CatalogError(f"The catalog {path} could not be backed up ({error}); nothing was changed.") from error
    _forget_old(path)
    logger.info("The catalog %s was backed up to %s", path, target)
    return Backup(target, target.stat().st_size, checksum)


def backups(path: Path) -> tuple[Path, ...]:
    """The backups of a catalog, newest first."""
    found = [each for each in path.parent.glob(f"{glob.escape(path.name)}.*.db") if each.is_file()]
    return tuple(sorted(found, key=lambda each: (each.stat().st_mtime_ns, each.name), reverse=True))


def is_intact(backup: Path) -> bool:
    """Whether the bytes of a backup are those that were written; False where nothing says what they were."""
    try:
        stated = backup.with_name(f"{backup.name}.sha256").read_text("ascii").split()[0]
        return _checksum(backup) == stated
    except (OSError, IndexError, UnicodeDecodeError):
        return False


def _free_name(path: Path, why: str) -> Path:
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    names = (f"{path.name}.{why}-{stamp}{suffix}.db" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(target for name in names if not (target := path.with_name(name)).exists())


def _check_room(connection: sqlite3.Connection, folder: Path) -> None:
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    free = shutil.disk_usage(folder).free
    if free < pages * size:
        raise OSError(f"it needs {pages * size / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free")


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
        os.fsync(file.fileno())
    return digest.hexdigest()


def _write_checksum(target: Path, checksum: str) -> None:
    # The form that sha256sum -c reads.
    note = target.with_name(f"{target.name}.sha256")
    note.touch(mode=0o600)
    note.write_text(f"{checksum}  {target.name}\n", "utf-8", errors="surrogateescape")


def _forget_old(path: Path) -> None:
    for old in backups(path)[KEPT:]:
        with suppress(OSError):
            old.unlink()
            old.with_name(f"{old.name}.sha256").unlink(missing_ok=True)
