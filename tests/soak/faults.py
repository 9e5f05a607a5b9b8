"""Lets every database statement and every file operation of a scan fail once, each in a run of its own.

    python tests/soak/faults.py [--every 1]

After each fault the scan has either come to its end, naming the file it could not read, or ended with one sentence.
Then the catalog has to be whole, and a scan that nothing disturbs has to come to the groups it comes to without any
fault.
"""

from __future__ import annotations

import argparse
import builtins
import errno
import os
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from material import make_library

from core import describing, indexing
from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.events import Done
from core.records import ImageError, TwinsightError
from core.workers import Outcome

STATEMENTS: tuple[Exception, ...] = (
    sqlite3.OperationalError("database or disk is full"),
    sqlite3.OperationalError("disk I/O error"),
    sqlite3.OperationalError("database is locked"),
    sqlite3.OperationalError("attempt to write a readonly database"),
    sqlite3.DatabaseError("database disk image is malformed"),
)
FILE_ERRORS: tuple[Exception, ...] = (
    OSError(errno.EIO, "Input/output error"),
    PermissionError(errno.EACCES, "Permission denied"),
    FileNotFoundError(errno.ENOENT, "No such file or directory"),
    OSError(errno.ESTALE, "Stale file handle"),
    OSError(errno.EMFILE, "Too many open files"),
)


class Trigger:
    """Counts calls, and raises an error at one of them; at none while it only counts."""

    def __init__(self, at: int | None = None, error: Exception | None = None) -> None:
        self.calls = 0
        self._at, self._error = at, error

    def pull(self) -> None:
        """Called before every operation."""
        self.calls += 1
        if self.calls == self._at and self._error is not None:
            raise self._error


class InlineTeam:
    """Does the work of worker processes here, where faults can be let in."""

    def __init__(self, task: Callable[..., Any], count: int, *_: object, **__: object) -> None:
        self._task = task
        self._done: list[Outcome[Any]] = []

    def __enter__(self) -> InlineTeam:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    @property
    def pending(self) -> int:
        """Outcomes that were not collected."""
        return len(self._done)

    def submit(self, key: object, *arguments: object) -> None:
        """Do a task at once."""
        try:
            self._done.append(Outcome(key, self._task(*arguments), None))  # type: ignore[arg-type]
        except ImageError as error:
            self._done.append(Outcome(key, None, error))  # type: ignore[arg-type]

    def collect(self, timeout: float | None = None) -> list[Outcome[Any]]:
        """What was done."""
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """Nothing to end."""


class _Connection(sqlite3.Connection):
    trigger = Trigger()

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        type(self).trigger.pull()
        return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        type(self).trigger.pull()
        return super().executemany(*arguments)


@contextmanager
def statements(trigger: Trigger) -> Iterator[None]:
    """Let statements of the catalog fail."""

    class Connection(_Connection):
        pass

    Connection.trigger = trigger
    connect = sqlite3.connect
    with mock.patch("core.catalog.sqlite3.connect", lambda *a, **k: connect(*a, factory=Connection, **k)):
        yield


@contextmanager
def file_operations(trigger: Trigger, library: Path) -> Iterator[None]:
    """Let operations on the library fail: listing, asking, opening and reading."""

    def failing(operation: Callable[..., Any]) -> Callable[..., Any]:
        def call(target: Any, *arguments: Any, **options: Any) -> Any:
            if isinstance(target, str | Path) and Path(target).is_relative_to(library):
                trigger.pull()
            return operation(target, *arguments, **options)

        return call

    with ExitStack() as patches:
        for module, name in ((os, "scandir"), (os, "stat"), (os, "open"), (os, "lstat")):
            patches.enter_context(mock.patch.object(module, name, failing(getattr(module, name))))
        patches.enter_context(mock.patch.object(builtins, "open", _failing_reads(trigger)))
        yield


def _failing_reads(trigger: Trigger) -> Callable[..., Any]:
    opened = builtins.open

    def call(file: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(file, int):
            return opened(file, *arguments, **options)
        stream = opened(file, *arguments, **options)
        try:
            trigger.pull()
        except OSError:
            stream.close()
            raise
        return stream

    return call


@dataclass(slots=True)
class Tally:
    """What was let fail, and what came of it."""

    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


def scan(catalog_path: Path, library: Path, preset: str) -> object:
    """The groups of a scan."""
    with Catalog(catalog_path) as catalog:
        for event in find_duplicates(catalog, [library], ScanOptions(preset, workers=1)):
            if isinstance(event, Done):
                return [
                    [(item.record.path.name, item.relation) for item in group.members] for group in event.summary.groups
                ]
    raise AssertionError("no end")


def whole(path: Path) -> bool:
    """Whether SQLite finds nothing wrong."""
    if not path.exists():
        return True
    with closing(sqlite3.connect(path)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return sound and not connection.execute("PRAGMA foreign_key_check").fetchall()


class Faults:
    """One library, scanned over and over with one fault each time."""

    def __init__(self, workshop: Path, preset: str) -> None:
        self._workshop, self._preset = workshop, preset
        self.library = make_library(workshop / "library", 4)
        self._expected = scan(workshop / "expected.db", self.library, preset)
        self.tally = Tally()

    def run(self, every: int) -> None:
        """Let every n-th operation of both kinds fail with each of its errors."""
        for kind, errors in (("statement", STATEMENTS), ("file operation", FILE_ERRORS)):
            count = self._count(kind)
            for at in range(1, count + 1, every):
                self._fail(kind, at, errors[at // every % len(errors)] if every > 1 else None, errors)

    def _count(self, kind: str) -> int:
        trigger = Trigger()
        path = self._workshop / "counted.db"
        with self._let(kind, trigger):
            scan(path, self.library, self._preset)
        _remove(path)
        return trigger.calls

    def _let(self, kind: str, trigger: Trigger) -> Any:
        return statements(trigger) if kind == "statement" else file_operations(trigger, self.library)

    def _fail(self, kind: str, at: int, one: Exception | None, errors: tuple[Exception, ...]) -> None:
        for error in (one,) if one is not None else errors:
            assert error is not None
            path = self._workshop / "faulty.db"
            self.tally.faults[kind] += 1
            self.tally.outcomes[self._scan(kind, Trigger(at, error), path, f"{kind} {at}, {error}")] += 1
            if not whole(path):
                self.tally.findings.append(f"{kind} {at}, {error}: the catalog is damaged")
            if scan(path, self.library, self._preset) != self._expected:
                self.tally.findings.append(f"{kind} {at}, {error}: other groups afterwards")
            _remove(path)

    def _scan(self, kind: str, trigger: Trigger, path: Path, what: str) -> str:
        try:
            with self._let(kind, trigger):
                scan(path, self.library, self._preset)
        except TwinsightError as error:
            if "\n" in str(error):
                self.tally.findings.append(f"{what}: not one sentence: {error}")
            return "ended with a sentence"
        except Exception as error:  # that is what this looks for
            self.tally.findings.append(f"{what}: {type(error).__name__}: {error}")
            return "failed"
        return "came to its end"


def _remove(path: Path) -> None:
    for leftover in path.parent.glob(f"{path.name}*"):
        leftover.unlink()


@contextmanager
def inline() -> Iterator[None]:
    """Index in this process."""

    def describe(*arguments: Any) -> Any:
        return describing.describe_file(*arguments)

    with mock.patch.object(indexing, "WorkerTeam", InlineTeam), mock.patch.object(indexing, "describe_file", describe):
        yield


def main(arguments: argparse.Namespace) -> int:
    """Let things fail, and print what came of it."""
    started = time.monotonic()

    with tempfile.TemporaryDirectory(prefix="twinsight-faults-") as folder, inline():
        faults = Faults(Path(folder), arguments.preset)
        faults.run(arguments.every)
    tally = faults.tally
    counts = ", ".join(f"{count:,} {kind}s" for kind, count in tally.faults.items())
    outcomes = ", ".join(f"{count:,} {what}" for what, count in tally.outcomes.most_common())
    sys.stdout.write(f"let fail: {counts}; scans: {outcomes}; {time.monotonic() - started:.0f} s\n")
    sys.stdout.writelines(f"  {line}\n" for line in tally.findings)
    return 1 if tally.findings else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="only every n-th operation, with one error each")
    parser.add_argument("--preset", default="fast")
    sys.exit(main(parser.parse_args()))
