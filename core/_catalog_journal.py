"""The journal of clean-ups in the catalog: what was about to happen to which file, and what came of it.

Before a step touches the disk its row says "started" and names every path it may make; after it the row says how
it ended. So whatever is found on the disk after a crash can be told apart.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.catalog import Catalog

MERGE = "merge"
"""The kind of a step that changes the metadata of a file that stays."""


class State(StrEnum):
    """How far a step is."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    LEFT = "left"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one file.

    Attributes:
        operation: The clean-up it belongs to.
        item: Steps of one number stand or fall together: a picture first, then its companions.
        kind: The name of an action, or "merge".
        source: The file.
        content: Digest of its bytes before.
        size: Bytes before.
        root: The library folder it lies in.
        survivor: The file that stays for it; None for a sidecar that moves along.
        survivor_content: Digest of the survivor's bytes.
        state: How far it is.
        inode: Number of the file before, where the file system has one.
        target: Where it goes.
        temporary: A name that exists only in between.
        note: The file in which a trash says where it came from.
        backup: What undo needs to restore the bytes.
        new_content: Digest of the bytes after, where they change.
        reason: Why it was left.
        id: Number of the row; 0 before there is one.
    """

    operation: int
    item: int
    kind: str
    source: Path
    content: bytes
    size: int
    root: Path
    survivor: Path | None
    survivor_content: bytes | None
    state: State = State.PLANNED
    inode: int | None = None
    target: Path | None = None
    temporary: Path | None = None
    note: Path | None = None
    backup: bytes | None = None
    new_content: bytes | None = None
    reason: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """A clean-up in the journal.

    Attributes:
        id: Its number.
        action: What was asked for.
        started: Seconds since the epoch.
        finished: When it ended, or None for one that was interrupted.
        undone: When it was undone, or None.
        destination: The folder files were moved to, or None.
        protected: Folders in which nothing may be touched.
        files: Files that went and are not back.
        bytes: Their size together.
        waiting: Files whose turn did not come.
        unsettled: Files that were being worked on when it ended.
        merged: Files that stay and have other metadata now.
    """

    id: int
    action: str
    started: float
    finished: float | None
    undone: float | None
    destination: Path | None
    protected: tuple[Path, ...]
    files: int
    bytes: int
    waiting: int
    unsettled: int
    merged: int

    @property
    def interrupted(self) -> bool:
        """Whether it ended in the middle: it can go on, or be undone."""
        return self.unsettled > 0 or (self.finished is None and self.waiting > 0)

    @property
    def undoable(self) -> bool:
        """Whether there is anything to undo."""
        return self.files + self.merged + self.unsettled > 0


_COLUMNS = (
    "operation, item, kind, source, content, size, root, survivor, survivor_content, state, inode, target,"
    " temporary, note, backup, new_content, reason, id"
)
_COUNTS = (
    "sum(s.state = 'done' AND s.kind != 'merge'), sum(CASE WHEN s.state = 'done' AND s.kind != 'merge' THEN s.size"
    " ELSE 0 END), sum(s.state = 'planned'), sum(s.state IN ('started', 'undoing')),"
    " sum(s.state = 'done' AND s.kind = 'merge' AND s.new_content != s.content)"
)


class JournalTable:
    """The tables ``operation`` and ``step``.

    Args:
        catalog: Where they are.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def open(self, action: str, destination: Path | None, protected: Sequence[Path], steps: Sequence[Step]) -> int:
        """Write down a clean-up with all its steps before any of them is taken.

        Returns:
            The number of the operation.
        """
        with self._catalog.transaction() as connection:
            folders = json.dumps([os.fsencode(folder).hex() for folder in protected])
            number = connection.execute(
                "INSERT INTO operation (action, started, destination, protected) VALUES (?, ?, ?, ?)",
                (action, time.time(), _encoded(destination), folders),
            ).lastrowid
            assert number is not None
            marks = ",".join("?" * 18)
            connection.executemany(
                f"INSERT INTO step ({_COLUMNS}) VALUES ({marks})",
                [(*_values(replace(step, operation=number))[:-1], None) for step in steps],
            )
            return number

    def write(self, step: Step) -> Step:
        """Bring the row of a step up to date; a file that went is forgotten as one of the library."""
        with self._catalog.transaction() as connection:
            connection.execute(
                "UPDATE step SET state = ?, inode = ?, target = ?, temporary = ?, note = ?, backup = ?,"
                " new_content = ?, reason = ? WHERE id = ?",
                (
                    step.state,
                    step.inode,
                    _encoded(step.target),
                    _encoded(step.temporary),
                    _encoded(step.note),
                    step.backup,
                    step.new_content,
                    step.reason,
                    step.id,
                ),
            )
            if step.state in (State.DONE, State.UNDONE):
                connection.execute("DELETE FROM file WHERE path = ?", (os.fsencode(step.source),))
        return step

    def steps(self, operation: int, *states: State) -> list[Step]:
        """The steps of a clean-up in these states, or all of them, in their order."""
        marks = ",".join("?" * len(states))
        chosen = f" AND state IN ({marks})" if states else ""
        rows = self._catalog.rows(
            f"SELECT {_COLUMNS} FROM step WHERE operation = ?{chosen} ORDER BY id", (operation, *states)
        )
        return [_step(row) for row in rows]

    def item(self, operation: int, item: int) -> list[Step]:
        """The steps of a clean-up that stand or fall together."""
        rows = self._catalog.rows(
            f"SELECT {_COLUMNS} FROM step WHERE operation = ? AND item = ? ORDER BY id", (operation, item)
        )
        return [_step(row) for row in rows]

    def going_for(self, operation: int, survivor: Path) -> list[Path]:
        """The files that go for one that stays."""
        rows = self._catalog.rows(
            "SELECT source FROM step WHERE operation = ? AND survivor = ? ORDER BY id",
            (operation, os.fsencode(survivor)),
        )
        return [Path(os.fsdecode(source)) for (source,) in rows]

    def unsettled(self) -> list[Step]:
        """Steps of any clean-up that were being taken when it ended."""
        rows = self._catalog.rows(
            f"SELECT {_COLUMNS} FROM step WHERE state IN (?, ?) ORDER BY id", (State.STARTED, State.UNDOING)
        )
        return [_step(row) for row in rows]

    def operations(self) -> tuple[Operation, ...]:
        """All clean-ups, the latest first."""
        rows = self._catalog.rows(
            f"SELECT o.id, o.action, o.started, o.finished, o.undone, o.destination, o.protected, {_COUNTS}"
            " FROM operation o LEFT JOIN step s ON s.operation = o.id GROUP BY o.id ORDER BY o.id DESC"
        )
        return tuple(_operation(row) for row in rows)

    def finish(self, operation: int) -> None:
        """Note that no step of a clean-up is left to take."""
        with self._catalog.transaction() as connection:
            connection.execute("UPDATE operation SET finished = ? WHERE id = ?", (time.time(), operation))

    def mark_undone(self, operation: int) -> None:
        """Note that a clean-up was undone; what had not been taken of it never will be."""
        with self._catalog.transaction() as connection:
            connection.execute("UPDATE operation SET undone = ? WHERE id = ?", (time.time(), operation))
            connection.execute(
                "UPDATE step SET state = ?, reason = 'undone before its turn' WHERE operation = ? AND state = ?",
                (State.LEFT, operation, State.PLANNED),
            )


def _values(step: Step) -> tuple[object, ...]:
    return (
        step.operation,
        step.item,
        step.kind,
        os.fsencode(step.source),
        step.content,
        step.size,
        os.fsencode(step.root),
        _encoded(step.survivor),
        step.survivor_content,
        step.state,
        step.inode,
        _encoded(step.target),
        _encoded(step.temporary),
        _encoded(step.note),
        step.backup,
        step.new_content,
        step.reason,
        step.id,
    )


def _step(row: tuple[Any, ...]) -> Step:
    operation, item, kind, source, content, size, root, survivor, survivor_content, state, inode, *rest = row
    target, temporary, note, backup, new_content, reason, number = rest
    return Step(
        operation,
        item,
        kind,
        Path(os.fsdecode(source)),
        content,
        size,
        Path(os.fsdecode(root)),
        _decoded(survivor),
        survivor_content,
        State(state),
        inode,
        _decoded(target),
        _decoded(temporary),
        _decoded(note),
        backup,
        new_content,
        reason,
        number,
    )


def _operation(row: tuple[Any, ...]) -> Operation:
    number, action, started, finished, undone, destination, protected, *counts = row
    files, size, waiting, unsettled, merges = (count or 0 for count in counts)
    folders = tuple(Path(os.fsdecode(bytes.fromhex(text))) for text in json.loads(protected))
    return Operation(
        number,
        action,
        started,
        finished,
        undone,
        _decoded(destination),
        folders,
        files,
        size,
        waiting,
        unsettled,
        merges,
    )


def _encoded(path: Path | None) -> bytes | None:
    return None if path is None else os.fsencode(path)


def _decoded(value: bytes | None) -> Path | None:
    return None if value is None else Path(os.fsdecode(value))
