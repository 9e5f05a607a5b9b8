"""The table of decisions: what a person said of contents, and which files they were then."""

from __future__ import annotations

import os
import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.catalog import Catalog


class Kind(StrEnum):
    """What a person can say of two contents; stable strings."""

    DUPLICATE = "duplicate"
    NOT_DUPLICATE = "not-duplicate"
    KEEP_BOTH = "keep-both"
    ALTERNATE = "alternate"

    @property
    def settles(self) -> bool:
        """Whether there is nothing left to do about the two."""
        return self in (Kind.KEEP_BOTH, Kind.ALTERNATE)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        id: Its number in this catalog.
        key: The same in every catalog it is imported to.
        kind: What was said.
        made: When, seconds since the epoch.
        pairs: Of which contents, as hex digests, the smaller first; twice the same for files of one content.
        files: All files of the group as it was shown then, with their contents.
    """

    id: int
    key: str
    kind: Kind
    made: float
    pairs: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, Path], ...]

    def names(self) -> tuple[Path, ...]:
        """The files that it is about, as they were named then."""
        meant = {content for pair in self.pairs for content in pair}
        return tuple(path for content, path in self.files if content in meant)


class DecisionTable:
    """The tables ``decision``, ``decision_pair`` and ``decision_file``.

    Args:
        catalog: Where they are.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def add(
        self,
        kind: Kind,
        pairs: Sequence[tuple[str, str]],
        files: Sequence[tuple[str, Path]],
        key: str | None = None,
        made: float | None = None,
    ) -> int | None:
        """Write a decision down.

        Args:
            kind: What was said.
            pairs: Of which contents.
            files: All files of the group as it was shown.
            key: Its key in another catalog; None for a new one.
            made: When it was made; None for now.

        Returns:
            Its number, or None where a decision of that key is known already.
        """
        with self._catalog.transaction() as connection:
            number = connection.execute(
                "INSERT INTO decision (key, kind, made) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING id",
                (key or secrets.token_hex(8), kind, time.time() if made is None else made),
            ).fetchone()
            if number is None:
                return None
            connection.executemany(
                "INSERT OR IGNORE INTO decision_pair (decision, first, second) VALUES (?, ?, ?)",
                [(number[0], *map(bytes.fromhex, sorted(pair))) for pair in pairs],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO decision_file (decision, content, path) VALUES (?, ?, ?)",
                [(number[0], bytes.fromhex(content), os.fsencode(path)) for content, path in files],
            )
            return int(number[0])

    def remove(self, number: int) -> bool:
        """Take a decision back; whether there was one of that number."""
        with self._catalog.transaction() as connection:
            return connection.execute("DELETE FROM decision WHERE id = ?", (number,)).rowcount > 0

    def all(self) -> tuple[Decision, ...]:
        """Every decision, the latest first."""
        pairs: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for number, first, second in self._catalog.rows("SELECT decision, first, second FROM decision_pair"):
            pairs[number].append((first.hex(), second.hex()))
        files: dict[int, list[tuple[str, Path]]] = defaultdict(list)
        for number, content, path in self._catalog.rows("SELECT decision, content, path FROM decision_file"):
            files[number].append((content.hex(), Path(os.fsdecode(path))))
        rows = self._catalog.rows("SELECT id, key, kind, made FROM decision ORDER BY made DESC, id DESC")
        return tuple(
            Decision(number, key, Kind(kind), made, tuple(sorted(pairs[number])), tuple(sorted(files[number])))
            for number, key, kind, made in rows
        )

    def inherit(self, old: bytes, new: bytes) -> None:
        """Let what was said of one content hold for another one too, which it has become."""
        with self._catalog.transaction() as connection:
            for first, second in (("first", "second"), ("second", "first")):
                connection.execute(
                    f"INSERT OR IGNORE INTO decision_pair (decision, first, second) SELECT decision,"
                    f" min(?2, {second}), max(?2, {second}) FROM decision_pair WHERE {first} = ?1",
                    (old, new),
                )
            connection.execute(
                "INSERT OR IGNORE INTO decision_file (decision, content, path)"
                " SELECT decision, ?2, path FROM decision_file WHERE content = ?1",
                (old, new),
            )
