"""What can be read of a damaged catalog, table by table, into a new one."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import _schema

LEARNED = frozenset({"content", "file", "feature", "pair", "model"})
"""Tables that can be made again from the pictures; all others hold what people decided."""
_TYPES: dict[str, tuple[type, ...]] = {"INTEGER": (int,), "REAL": (float, int), "TEXT": (str,), "BLOB": (bytes,)}
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, as its definition says."""

    name: str
    kind: str
    required: bool
    key: int

    def takes(self, value: object) -> bool:
        """Whether a value may stand in this column."""
        if value is None:
            return not self.required
        return isinstance(value, _TYPES.get(self.kind, (object,)))


def tables(connection: sqlite3.Connection) -> list[str]:
    """Names of the tables, those that others refer to first."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    waiting = sorted(name for (name,) in found)
    sorted_names: list[str] = []
    while waiting:
        ready = [name for name in waiting if not _parents(connection, name) & set(waiting) - {name}]
        sorted_names += ready or waiting
        waiting = [name for name in waiting if name not in sorted_names]
    return sorted_names


def columns(connection: sqlite3.Connection, table: str) -> tuple[Column, ...]:
    """The columns of a table."""
    rows = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    return tuple(Column(name, kind, bool(required or key), key) for _, name, kind, required, _, key in rows)


def wrong_rows(connection: sqlite3.Connection, table: str) -> int:
    """How many rows hold a value that their columns cannot have."""
    tests = []
    for column in columns(connection, table):
        kinds = " ".join(f"'{kind.lower()}'," for kind in _allowed(column))
        tests.append(f'typeof("{column.name}") NOT IN ({kinds.rstrip(",")})')
    count: int = connection.execute(f'SELECT count(*) FROM "{table}" WHERE {" OR ".join(tests)}').fetchone()[0]
    return count


def _allowed(column: Column) -> tuple[str, ...]:
    kinds = ("REAL", "INTEGER") if column.kind == "REAL" else (column.kind,)
    return kinds if column.required else (*kinds, "NULL")


def salvage(damaged: Path, fresh: sqlite3.Connection) -> dict[str, int]:
    """Copy every row that can be read and makes sense into the tables of a new catalog.

    Args:
        damaged: The damaged database; only read.
        fresh: To a catalog with empty tables, as ``core._schema`` makes them.

    Returns:
        How many rows of each table were saved.
    """
    saved: dict[str, int] = {}
    fresh.execute("PRAGMA foreign_keys = OFF")
    with closing(sqlite3.connect(f"{damaged.resolve().as_uri()}?mode=ro", uri=True)) as source:
        source.text_factory = _text
        fresh.execute("BEGIN IMMEDIATE")
        for table in tables(fresh):
            saved[table] = _copy(source, fresh, table)
        _drop_orphans(fresh)
        fresh.execute("COMMIT")
    fresh.execute("PRAGMA foreign_keys = ON")
    return saved


def decisions(damaged: Path, path: Path) -> int:
    """Write what people decided, as far as it can be read, to a JSON file; returns how many rows.

    Bytes (paths, digests) are written as text where they are UTF-8, else as ``{"bytes": hexadecimal}``.
    """
    with closing(sqlite3.connect(":memory:")) as shape:
        _schema.migrate(shape)
        found: dict[str, list[dict[str, object]]] = {}
        with closing(sqlite3.connect(f"{damaged.resolve().as_uri()}?mode=ro", uri=True)) as source:
            source.text_factory = _text
            for table in sorted(set(tables(shape)) - LEARNED):
                wanted = columns(shape, table)
                names = [column.name for column in wanted]
                rows = _readable(source, table, wanted)
                found[table] = [dict(zip(names, map(_as_json, row), strict=True)) for row in rows]
    path.touch(mode=0o600)
    path.write_text(json.dumps(found, ensure_ascii=True, indent=1) + "\n", "utf-8")
    return sum(map(len, found.values()))


def _parents(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[2] for row in connection.execute(f'PRAGMA foreign_key_list("{table}")')}


def _copy(source: sqlite3.Connection, fresh: sqlite3.Connection, table: str) -> int:
    wanted = columns(fresh, table)
    names = ", ".join(f'"{column.name}"' for column in wanted)
    marks = ", ".join("?" * len(wanted))
    before = fresh.total_changes
    for row in _readable(source, table, wanted):
        with contextlib.suppress(sqlite3.IntegrityError):
            fresh.execute(f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', row)
    return fresh.total_changes - before


def _readable(source: sqlite3.Connection, table: str, wanted: tuple[Column, ...]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table that make sense: from its beginning to the damage, then from its end back to it."""
    names = ", ".join(f'"{column.name}"' for column in wanted)
    keys = [f'"{column.name}"' for column in sorted(wanted, key=lambda column: column.key) if column.key]
    if not _exists(source, table):
        return
    for direction in ("ASC", "DESC"):
        order = ", ".join(f"{key} {direction}" for key in keys)
        whole = True
        try:
            for row in source.execute(f'SELECT {names} FROM "{table}" ORDER BY {order}'):
                if all(column.takes(value) for column, value in zip(wanted, row, strict=True)):
                    yield row
        except (sqlite3.DatabaseError, OverflowError):
            whole = False
        if whole:
            return


def _exists(source: sqlite3.Connection, table: str) -> bool:
    try:
        return bool(source.execute(f'PRAGMA table_info("{table}")').fetchall())
    except sqlite3.DatabaseError:
        return False


def _drop_orphans(fresh: sqlite3.Connection) -> None:
    """Forget rows that refer to others which could not be saved, until none is left."""
    while fresh.execute("PRAGMA foreign_key_check").fetchone() is not None:
        for table in tables(fresh):
            for key in fresh.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
                parent, child, referred = key[2], key[3], key[4]
                fresh.execute(
                    f'DELETE FROM "{table}" WHERE "{child}" IS NOT NULL'
                    f' AND "{child}" NOT IN (SELECT "{referred}" FROM "{parent}")'
                )


def _text(data: bytes) -> str | bytes:
    """Text that is no text stays bytes, which no column for text takes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def _as_json(value: object) -> object:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"bytes": value.hex()}
