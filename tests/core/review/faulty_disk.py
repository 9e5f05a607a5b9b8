"""A disk on which any operation may fail, and whose process may be killed at any moment.

The files are real ones; what is made up are the faults, a second path to a folder as a bind mount makes it, and a
second drive.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from core.catalog import Catalog
from core.records import CatalogError
from core.review.files import Facts, Files


class Killed(BaseException):
    """The process is gone; nothing of it may do anything more."""


class Fault(StrEnum):
    NONE = "none"
    ERROR = "error"
    ERROR_AFTER = "error after the effect"
    FULL = "disk full"
    KILL = "kill before"
    KILL_AFTER = "kill after"
    KILL_HALFWAY = "kill halfway"
    MEDDLE = "another program meddles"


@dataclass
class Faults:
    """Lets one operation fail: the one with this number, counted over the disk and the journal together.

    With a name only operations of that name are counted.
    """

    at: int = -1
    fault: Fault = Fault.NONE
    meddle: Callable[[], None] = lambda: None
    count: int = 0
    dead: bool = False
    hit: str = ""
    only: str = ""
    on_death: list[Callable[[], None]] = field(default_factory=list)

    @contextlib.contextmanager
    def operation(self, name: str, half: Callable[[], None] | None = None) -> Iterator[None]:
        if self.dead:
            raise Killed
        if self.only not in ("", name):
            yield
            return
        number, self.count = self.count, self.count + 1
        if number != self.at or self.fault is Fault.NONE:
            yield
            return
        self.hit = name
        match self.fault:
            case Fault.ERROR:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            case Fault.FULL:
                if half is not None:
                    half()
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            case Fault.KILL:
                self.die()
            case Fault.KILL_HALFWAY:
                if half is not None:
                    half()
                self.die()
            case Fault.MEDDLE:
                self.meddle()
                yield
            case Fault.ERROR_AFTER:
                yield
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            case Fault.KILL_AFTER:
                yield
                self.die()

    def die(self) -> None:
        self.dead = True
        for each in self.on_death:
            each()
        raise Killed


class FaultyFiles(Files):
    """The disk, with faults.

    Args:
        faults: What goes wrong.
        aliases: Second paths to files or folders.
        far: Folders that seem to lie on a drive of their own.
    """

    def __init__(
        self, faults: Faults | None = None, aliases: dict[Path, Path] | None = None, far: tuple[Path, ...] = ()
    ) -> None:
        self.faults = faults or Faults()
        self.aliases = aliases or {}
        self.far = far

    def at(self, path: Path) -> Path:
        """Where a path really leads."""
        for place in (path, *path.parents):
            if place in self.aliases:
                return self.aliases[place] / path.relative_to(place)
        return path

    def drive(self, path: Path) -> int:
        return sum(number for number, folder in enumerate(self.far, start=1) if path.is_relative_to(folder))

    # ------------------------------------------------------------------ looking

    def facts(self, path: Path) -> Facts | None:
        with self.faults.operation("facts"):
            found = super().facts(self.at(path))
            return None if found is None else replace(found, device=found.device + 1000 * self.drive(path))

    def digest(self, path: Path) -> bytes:
        with self.faults.operation("digest"):
            return super().digest(self.at(path))

    def opens(self, path: Path) -> bool:
        with self.faults.operation("opens"):
            return super().opens(self.at(path))

    def read(self, path: Path) -> bytes:
        with self.faults.operation("read"):
            return super().read(self.at(path))

    def real(self, path: Path) -> Path:
        with self.faults.operation("real"):
            return path if self.at(path) != path else super().real(path)

    def names(self, folder: Path) -> list[str]:
        with self.faults.operation("names"):
            return super().names(self.at(folder))

    # ------------------------------------------------------------------ changing

    def make_folder(self, folder: Path, mode: int = 0o777) -> None:
        with self.faults.operation("make_folder"):
            super().make_folder(self.at(folder), mode)

    def remove_folder(self, folder: Path) -> None:
        with self.faults.operation("remove_folder"):
            super().remove_folder(self.at(folder))

    def rename(self, source: Path, target: Path) -> None:
        with self.faults.operation("rename"):
            self._one_drive(source, target)
            super().rename(self.at(source), self.at(target))

    def replace(self, source: Path, target: Path) -> None:
        with self.faults.operation("replace"):
            self._one_drive(source, target)
            super().replace(self.at(source), self.at(target))

    def copy(self, source: Path, target: Path) -> None:
        with self.faults.operation("copy", lambda: self._write_half(self.at(target), self.at(source).read_bytes())):
            super().copy(self.at(source), self.at(target))

    def write(self, path: Path, data: bytes) -> None:
        with self.faults.operation("write", lambda: self._write_half(self.at(path), data)):
            super().write(self.at(path), data)

    def clone(self, source: Path, target: Path) -> None:
        """The file systems of tests rarely can; a copy has all that is asked of a clone."""
        with self.faults.operation("clone", lambda: self._write_half(self.at(target), b"")):
            self._one_drive(source, target)
            self.at(target).write_bytes(self.at(source).read_bytes())

    def copy_attributes(self, source: Path, target: Path) -> None:
        super().copy_attributes(self.at(source), self.at(target))

    def attributes(self, path: Path) -> bytes:
        with self.faults.operation("attributes"):
            return super().attributes(self.at(path))

    def set_attributes(self, path: Path, attributes: bytes) -> None:
        with self.faults.operation("set_attributes"):
            super().set_attributes(self.at(path), attributes)

    def link(self, source: Path, target: Path) -> None:
        with self.faults.operation("link"):
            self._one_drive(source, target)
            super().link(self.at(source), self.at(target))

    def unlink(self, path: Path) -> None:
        with self.faults.operation("unlink"):
            super().unlink(self.at(path))

    def sync_folder(self, folder: Path) -> None:
        super().sync_folder(self.at(folder))

    def is_writable(self, folder: Path) -> bool:
        return super().is_writable(self.at(folder))

    def _one_drive(self, source: Path, target: Path) -> None:
        if self.drive(source) != self.drive(target):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    @staticmethod
    def _write_half(path: Path, data: bytes) -> None:
        with contextlib.suppress(FileExistsError), path.open("xb") as stream:
            stream.write(data[: len(data) // 2])


class FaultyCatalog(Catalog):
    """A catalog whose writes count as operations too; one that fails is undone by SQLite."""

    def __init__(self, path: Path, faults: Faults) -> None:
        self.faults = Faults()
        super().__init__(path)
        self.faults = faults
        faults.on_death.append(self.close)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with self.faults.operation("journal"), super().transaction() as connection:
                yield connection
        except OSError as error:
            raise CatalogError(f"The catalog failed: {error}.") from error
