"""The catalog: what Twinsight knows of files and their contents, in one SQLite database.

Features and pairs belong to content (the digest of a file's bytes); a path only points to content. So a rename
costs nothing, a copy is known at once, and work is never done twice. All SQL of the project is in this file,
in ``_schema``, and in the modules named ``_catalog_...``, one for each topic.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from core import _catalog_backup, _schema
from core.events import Skipped
from core.records import CatalogError, ImageRecord, LibraryError

logger = logging.getLogger(__name__)

_BUSY_SECONDS = 15.0
_BATCH = 500

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class LibraryInfo:
    """A library folder as the catalog knows it.

    Attributes:
        folder: Where it is.
        images: Readable pictures below it.
        bytes: Their size together.
        skipped: Files below it that could not be read.
        indexed: When it was last indexed, seconds since the epoch, or None.
        protected: Whether nothing below it may ever be moved or deleted.
    """

    folder: Path
    images: int
    bytes: int
    skipped: int
    indexed: float | None
    protected: bool


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it was when it was last looked at; ``content`` is None for one that could not be read."""

    path: bytes
    size: int
    modified_ns: int
    inode: int
    device: int
    content: int | None
    reason: str | None
    reader: int


@dataclass(frozen=True, slots=True)
class Content:
    """One content of a library, whatever number of files carry it.

    Attributes:
        id: Its number in this catalog only.
        digest: Digest of the bytes.
        size: Bytes.
        width: Pixels of the upright picture.
        height: Pixels of the upright picture.
        format: Name of the format.
        frames: 1 for a still picture.
        pixels: Digest of the decoded full-size pixels where that was computed, else None.
    """

    id: int
    digest: bytes
    size: int
    width: int
    height: int
    format: str
    frames: int
    pixels: bytes | None


@dataclass(frozen=True, slots=True)
class NewContent:
    """What reading a file told of its content, ready to be stored."""

    digest: bytes
    size: int
    width: int
    height: int
    format: str
    frames: int
    pixels: bytes | None
    features: dict[str, bytes] = field(default_factory=dict)


def default_catalog_path() -> Path:
    """The catalog of this user: ``catalog.sqlite3`` in the platform's folder for application data."""
    import platformdirs

    return platformdirs.user_data_path("twinsight", appauthor=False) / "catalog.sqlite3"


class Catalog:
    """A connection to the catalog, for the thread that opened it.

    Raises:
        CatalogError: From every method, when the database is locked, damaged or full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._plain_errors():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                # Created private before SQLite writes to it: names of pictures are nobody else's business.
                path.touch(mode=0o600)
            self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self) -> None:
        version = _schema.version_of(self._connection)
        if _schema.is_foreign(self._connection):
            raise CatalogError(f"{self.path} belongs to another program; name another file with --catalog.")
        if version > _schema.VERSION:
            raise CatalogError(
                f"{self.path} was written by a newer Twinsight (version {version} of the catalog, this one"
                f" knows {_schema.VERSION}); update Twinsight, or name another file with --catalog."
            )
        self._use_write_ahead_log()
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("PRAGMA cache_size = -32768")
        if version < _schema.VERSION:
            if version:
                _catalog_backup.back_up(self._connection, self.path, "before-update")
            _schema.migrate(self._connection)

    def _use_write_ahead_log(self) -> None:
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # SQLite does not wait here. Whoever has the database locked now sets the same mode, or has it set.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; closing twice is harmless."""
        self._connection.close()

    # ------------------------------------------------------------------ libraries

    def libraries(self) -> tuple[LibraryInfo, ...]:
        """All library folders with their counts, in order of their names."""
        with self._plain_errors():
            rows = self._connection.execute("SELECT folder, indexed, protected FROM library ORDER BY folder").fetchall()
            return tuple(self._library_info(*row) for row in rows)

    def _library_info(self, folder: bytes, indexed: float | None, protected: int) -> LibraryInfo:
        low, high = _below(Path(os.fsdecode(folder)))
        images, total, skipped = self._connection.execute(
            "SELECT count(content), coalesce(sum(CASE WHEN content IS NOT NULL THEN size END), 0), count(reason)"
            " FROM file WHERE path >= ? AND path < ?",
            (low, high),
        ).fetchone()
        return LibraryInfo(Path(os.fsdecode(folder)), images, total, skipped, indexed, bool(protected))

    def add_library(self, folder: Path) -> Path:
        """Remember a folder as a library.

        Returns:
            The folder as it is remembered, with symbolic links resolved.

        Raises:
            LibraryError: It is missing, is not a folder, or may not be listed.
        """
        from core.scanning import resolve_library

        resolved = resolve_library([folder])[0]
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO library (folder, added) VALUES (?, ?) ON CONFLICT (folder) DO NOTHING",
                (os.fsencode(resolved), time.time()),
            )
        return resolved

    def remove_library(self, folder: Path) -> None:
        """Forget a folder and the files below it; the files themselves are not touched.

        What was learned of their contents stays, so adding the folder again costs next to nothing.

        Raises:
            LibraryError: The folder is not a library.
        """
        low, high = _below(folder)
        with self._transaction() as connection:
            removed = connection.execute("DELETE FROM library WHERE folder = ?", (os.fsencode(folder),)).rowcount
            if not removed:
                raise LibraryError(f"{folder} is not one of the libraries.")
            connection.execute("DELETE FROM file WHERE path >= ? AND path < ?", (low, high))

    def protect_library(self, folder: Path, protected: bool) -> None:
        """Say whether anything below a library may be moved or deleted."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE library SET protected = ? WHERE folder = ?", (int(protected), os.fsencode(folder))
            )

    def mark_indexed(self, folders: Iterable[Path]) -> None:
        """Note that the folders were indexed completely just now, adding those that are new."""
        now = time.time()
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO library (folder, added, indexed) VALUES (?1, ?2, ?2)"
                " ON CONFLICT (folder) DO UPDATE SET indexed = ?2",
                [(os.fsencode(folder), now) for folder in folders],
            )

    def version(self) -> tuple[int, int]:
        """Two numbers that are others after every change, whoever makes it; of this connection only."""
        with self._plain_errors():
            others = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return int(others), self._connection.total_changes

    # ------------------------------------------------------------------ files

    def files(self, folders: Sequence[Path]) -> dict[bytes, FileRow]:
        """All known files below the folders, by path."""
        with self._plain_errors():
            found: dict[bytes, FileRow] = {}
            for folder in folders:
                for row in self._connection.execute(
                    f"{_select_file()} WHERE path >= ? AND path < ? ORDER BY path",
                    _below(folder),
                ):
                    found[row[0]] = FileRow(*row)
            return found

    def file(self, path: bytes) -> FileRow | None:
        """One known file, or None."""
        with self._plain_errors():
            row = self._connection.execute(f"{_select_file()} WHERE path = ?", (path,)).fetchone()
            return None if row is None else FileRow(*row)

    def digest_of(self, path: Path) -> bytes | None:
        """Digest of the content that a file had when it was last looked at, or None."""
        rows = self.rows(
            "SELECT c.digest FROM file f JOIN content c ON c.id = f.content WHERE f.path = ?", (os.fsencode(path),)
        )
        return rows[0][0] if rows else None

    def files_with_inode(self, inode: int, device: int) -> list[FileRow]:
        """Known files that had this number when they were last seen: the same file under an older name."""
        with self._plain_errors():
            rows = self._connection.execute(
                f"{_select_file()} WHERE inode = ? AND device = ? ORDER BY path",
                (inode, device),
            ).fetchall()
            return [FileRow(*row) for row in rows]

    def store_files(self, rows: Iterable[FileRow], gone: Iterable[bytes] = ()) -> None:
        """Add or replace files, and forget those that are gone, in one transaction."""
        with self._transaction() as connection:
            connection.executemany("DELETE FROM file WHERE path = ?", [(path,) for path in gone])
            connection.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        row.path,
                        row.size,
                        row.modified_ns,
                        row.inode,
                        row.device,
                        row.content,
                        row.reason,
                        row.reader,
                    )
                    for row in rows
                ],
            )

    def records(self, folders: Sequence[Path]) -> list[ImageRecord]:
        """The readable pictures below the folders, in order of their paths."""
        with self._plain_errors():
            return [
                ImageRecord(Path(os.fsdecode(path)), digest.hex(), width, height, size, modified / 1e9, form, frames)
                for folder in folders
                for path, digest, width, height, size, modified, form, frames in self._connection.execute(
                    f"SELECT f.path, {_as('c.digest', 'BLOB')}, {_numbers('c.width', 'c.height', 'f.size')},"
                    f" {_numbers('f.modified_ns')}, {_as('c.format', 'TEXT')}, {_numbers('c.frames')}"
                    " FROM file f JOIN content c ON c.id = f.content WHERE f.path >= ? AND f.path < ?"
                    " ORDER BY f.path",
                    _below(folder),
                )
            ]

    def skipped(self, folders: Sequence[Path]) -> list[Skipped]:
        """The files below the folders that could not be read, with their reasons."""
        with self._plain_errors():
            return [
                Skipped(Path(os.fsdecode(path)), reason)
                for folder in folders
                for path, reason in self._connection.execute(
                    "SELECT path, reason FROM file WHERE reason IS NOT NULL AND path >= ? AND path < ? ORDER BY path",
                    _below(folder),
                )
            ]

    # ------------------------------------------------------------------ contents and features

    def contents(self, folders: Sequence[Path]) -> list[Content]:
        """Every content that a file below the folders carries, once each, in order of the digests."""
        found: dict[bytes, Content] = {}
        with self._plain_errors():
            for folder in folders:
                for row in self._connection.execute(
                    f"SELECT DISTINCT c.id, {_as('c.digest', 'BLOB')}, {_numbers('c.size', 'c.width', 'c.height')},"
                    f" {_as('c.format', 'TEXT')}, {_numbers('c.frames')}, {_as('c.pixels', 'BLOB')}"
                    " FROM file f JOIN content c ON c.id = f.content WHERE f.path >= ? AND f.path < ?",
                    _below(folder),
                ):
                    found[row[1]] = content = Content(*row)
                    _check_size(content.width, content.height)
        return [found[digest] for digest in sorted(found)]

    def contents_of_size(self, size: int) -> list[tuple[int, bytes]]:
        """Number and digest of the known contents of so many bytes; a file of another size is none of them."""
        with self._plain_errors():
            return self._connection.execute("SELECT id, digest FROM content WHERE size = ?", (size,)).fetchall()

    def content_ids(self, digests: Iterable[bytes]) -> dict[bytes, int]:
        """The numbers of those contents that are known."""
        with self._plain_errors():
            known = {}
            for batch in _batches(list(digests)):
                marks = ",".join("?" * len(batch))
                rows = self._connection.execute(f"SELECT digest, id FROM content WHERE digest IN ({marks})", batch)
                known.update(dict(rows.fetchall()))
            return known

    def store_contents(self, contents: Sequence[NewContent]) -> dict[bytes, int]:
        """Add contents and their features in one transaction.

        Returns:
            The number of each content by digest.
        """
        with self._transaction() as connection:
            for content in contents:
                connection.execute(
                    "INSERT INTO content (digest, size, width, height, format, frames, pixels)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT (digest) DO UPDATE SET pixels = coalesce(excluded.pixels, pixels)",
                    (
                        content.digest,
                        content.size,
                        content.width,
                        content.height,
                        content.format,
                        content.frames,
                        content.pixels,
                    ),
                )
            ids = self.content_ids([content.digest for content in contents])
            connection.executemany(
                "INSERT OR REPLACE INTO feature (content, method, data) VALUES (?, ?, ?)",
                [
                    (ids[content.digest], method, data)
                    for content in contents
                    for method, data in content.features.items()
                ],
            )
        return ids

    def store_pixel_digests(self, digests: Iterable[tuple[int, bytes]]) -> None:
        """Note the digest of the full-size pixels of contents, by number."""
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE content SET pixels = ?2 WHERE id = ?1", [(number, value) for number, value in digests]
            )

    def lacking(self, method: str) -> set[int]:
        """Numbers of the contents that have no feature of this method (``name@version``)."""
        with self._plain_errors():
            return {
                row[0]
                for row in self._connection.execute(
                    "SELECT id FROM content EXCEPT SELECT content FROM feature WHERE method = ?", (method,)
                )
            }

    def features(self, method: str, ids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """The stored features of one method (``name@version``) for the contents that have it."""
        for batch in _batches(ids):
            marks = ",".join("?" * len(batch))
            with self._plain_errors():
                rows = self._connection.execute(
                    f"SELECT content, data FROM feature WHERE method = ? AND content IN ({marks})",
                    (method, *batch),
                ).fetchall()
                if not all(isinstance(data, bytes) for _, data in rows):
                    raise ValueError("a feature that is no bytes")
            yield from rows

    def store_features(self, method: str, rows: Iterable[tuple[int, bytes]]) -> None:
        """Add features that were computed later than the rest of their content."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO feature (content, method, data) VALUES (?2, ?1, ?3)",
                [(method, number, data) for number, data in rows],
            )

    # ------------------------------------------------------------------ pairs and models

    def pairs(self, verifier: str) -> Iterator[tuple[int, int, bytes]]:
        """All stored verdicts of one verifier (``name@version``): first, second, evidence."""
        with self._plain_errors():
            yield from self._connection.execute(
                "SELECT first, second, evidence FROM pair WHERE verifier = ?", (verifier,)
            )

    def store_pairs(self, verifier: str, rows: Iterable[tuple[int, int, bytes]]) -> None:
        """Store verdicts of one verifier, replacing older ones."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO pair (verifier, first, second, evidence) VALUES (?1, ?2, ?3, ?4)",
                [(verifier, first, second, evidence) for first, second, evidence in rows],
            )

    def model(self, name: str) -> bytes | None:
        """A model fitted on this user's pictures (a whitening, a codebook), or None."""
        with self._plain_errors():
            row = self._connection.execute("SELECT data FROM model WHERE name = ?", (name,)).fetchone()
            return None if row is None else row[0]

    def store_model(self, name: str, data: bytes) -> None:
        """Store a fitted model under a name that carries its version."""
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO model (name, data) VALUES (?, ?)", (name, data))

    # ------------------------------------------------------------------ plumbing

    def transaction(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """All or nothing, for the modules beside this one that hold the SQL of one topic."""
        return self._transaction()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query of such a module finds."""
        with self._plain_errors():
            return self._connection.execute(query, values).fetchall()

    def reading(self) -> contextlib.AbstractContextManager[None]:
        """Inside, features that were read are unpacked: bytes that make no sense are damage of the catalog."""
        return self._plain_errors()

    @contextlib.contextmanager
    def durable(self) -> Iterator[None]:
        """Inside, a transaction that is done survives a power failure too, not only the end of the process."""
        with self._plain_errors():
            self._connection.execute("PRAGMA synchronous = FULL")
        try:
            yield
        finally:
            with self._plain_errors():
                self._connection.execute("PRAGMA synchronous = NORMAL")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._plain_errors(reading=False):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # With the disk full SQLite has undone it already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _plain_errors(self, reading: bool = True) -> Iterator[None]:
        # What was read may be of any type where the file is damaged.
        damage = (TypeError, ValueError, AttributeError, OverflowError, IndexError) if reading else ()
        try:
            yield
        except damage as error:
            logger.debug("catalog %s", self.path, exc_info=True)
            raise CatalogError(_damaged(self.path)) from error
        except (sqlite3.DatabaseError, OSError) as error:
            logger.debug("catalog %s", self.path, exc_info=True)
            raise CatalogError(_sentence(self.path, error)) from error


def _sentence(path: Path, error: sqlite3.DatabaseError | OSError) -> str:
    text = str(error).lower()
    if "locked" in text or "busy" in text:
        return f"{path} is in use by another Twinsight that is writing to it; wait for it to finish."
    if "malformed" in text or "not a database" in text or "could not decode" in text:
        return _damaged(path)
    if "full" in text or "no space" in text:
        return f"The disk of {path} is full; free some space and try again, what was done so far is kept."
    if "readonly" in text or "read-only" in text or isinstance(error, PermissionError):
        return f"{path} cannot be written; change its permissions or name another file with --catalog."
    return f"The catalog {path} failed: {error}."


def _damaged(path: Path) -> str:
    return (
        f"{path} is damaged or is no catalog; `twinsight catalog repair` saves what can be read of it, your pictures"
        " are not affected."
    )


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise ValueError(f"a picture of {width} x {height}")


def _as(column: str, kind: str) -> str:
    """A column as what it should be, whatever a damaged file holds there."""
    return f"CAST({column} AS {kind})"


def _numbers(*columns: str) -> str:
    return ", ".join(_as(column, "INTEGER") for column in columns)


def _select_file() -> str:
    numbers = _numbers("size", "modified_ns", "inode", "device", "content")
    return f"SELECT path, {numbers}, {_as('reason', 'TEXT')}, {_numbers('reader')} FROM file"


def _below(folder: Path) -> tuple[bytes, bytes]:
    """The range of paths below a folder, low inclusive and high exclusive."""
    prefix = os.fsencode(folder).rstrip(b"/\\") + os.fsencode(os.sep)
    return prefix, prefix[:-1] + bytes([prefix[-1] + 1])


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
