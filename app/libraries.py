"""The library folders as the window knows them, read from the catalog at the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desk import Desk
from app.job_threads import Failure

if TYPE_CHECKING:
    from core.catalog import Catalog, LibraryInfo


@dataclass(frozen=True, slots=True)
class Library:
    """One library folder.

    Attributes:
        info: What the catalog knows.
        missing: Whether the folder is not there now: a drive that is not plugged in, say.
        used: Whether searches and scans look into it.
        watched: Whether it is looked at again by itself when something in it changes.
        protected: Folders below it in which nothing is ever touched, itself not among them.
    """

    info: LibraryInfo
    missing: bool = False
    used: bool = True
    watched: bool = False
    protected: tuple[Path, ...] = ()


class Libraries(QObject):
    """The list of libraries.

    Args:
        desk: Does the reading and writing.
        left_out: Folders that searches and scans leave out.
        watched: Folders that are watched for changes.
        parent: The Qt owner.

    Signals:
        changed(): The list, or a figure in it, is another now.
        added(list): Folders that were remembered just now, to be indexed.
        removed(object): A folder that was forgotten just now.
        failed(object): A Failure.
    """

    changed = Signal()
    added = Signal(list)
    removed = Signal(object)
    failed = Signal(object)

    def __init__(
        self, desk: Desk, left_out: Iterable[Path] = (), parent: QObject | None = None, *, watched: Iterable[Path] = ()
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._left_out = set(left_out)
        self._watched = set(watched)
        self._all: tuple[Library, ...] = ()
        self._refreshing = False
        self._stale = False

    @property
    def all(self) -> tuple[Library, ...]:
        """All libraries, in order of their names."""
        return self._all

    @property
    def scope(self) -> tuple[Path, ...]:
        """The folders that searches and scans look into."""
        return tuple(library.info.folder for library in self._all if library.used and not library.missing)

    @property
    def left_out(self) -> frozenset[Path]:
        """The folders that searches and scans leave out."""
        return frozenset(self._left_out)

    @property
    def watched(self) -> frozenset[Path]:
        """The folders that are watched for changes."""
        return frozenset(self._watched)

    def refresh(self) -> None:
        """Read the figures again; asked often while it reads, it reads once more, since they may have changed."""
        self._stale = self._refreshing
        if not self._refreshing:
            self._refreshing = True
            self._desk.ask(_read, self._on_read, self._fail)

    def add(self, folders: Sequence[Path]) -> None:
        """Remember folders; those that cannot be read are reported, the others are added all the same."""

        def work(catalog: Catalog) -> tuple[list[Path], list[Failure]]:
            return _add(catalog, folders)

        self._desk.ask(work, self._on_added, self._fail)

    def remove(self, folder: Path) -> None:
        """Forget a folder; its files are not touched."""

        def work(catalog: Catalog) -> None:
            catalog.remove_library(folder)

        self._desk.ask(work, lambda _: self._on_removed(folder), self._fail)

    def protect(self, folder: Path, protected: bool) -> None:
        """Say whether anything below a folder may ever be moved or deleted."""

        def work(catalog: Catalog) -> None:
            from core.review.protection import protect

            protect(catalog, folder, protected)

        self._desk.ask(work, lambda _: self.refresh(), self._fail)

    def use(self, folder: Path, used: bool) -> None:
        """Say whether searches and scans look into a folder."""
        self._left_out.discard(folder) if used else self._left_out.add(folder)
        self._take(self._all)

    def watch(self, folder: Path, watched: bool) -> None:
        """Say whether a folder is looked at again by itself when something in it changes."""
        self._watched.add(folder) if watched else self._watched.discard(folder)
        self._take(self._all)

    def _on_read(self, found: Sequence[Library]) -> None:
        self._refreshing = False
        self._take(found)
        if self._stale:
            self.refresh()

    def _take(self, found: Sequence[Library]) -> None:
        self._all = tuple(
            replace(
                library,
                used=library.info.folder not in self._left_out,
                watched=library.info.folder in self._watched,
            )
            for library in found
        )
        self.changed.emit()

    def _on_added(self, answer: tuple[list[Path], list[Failure]]) -> None:
        folders, failures = answer
        self._left_out.difference_update(folders)
        for failure in failures:
            self.failed.emit(failure)
        if folders:
            self.refresh()
            self.added.emit(folders)

    def _on_removed(self, folder: Path) -> None:
        self._left_out.discard(folder)
        self._watched.discard(folder)
        self.refresh()
        self.removed.emit(folder)

    def _fail(self, failure: Failure) -> None:
        self._refreshing = False
        self.failed.emit(failure)


def _read(catalog: Catalog) -> list[Library]:
    from core.review.protection import protected_folders

    protected = protected_folders(catalog)
    return [
        Library(
            info,
            missing=not info.folder.is_dir(),
            protected=tuple(folder for folder in protected if info.folder in folder.parents),
        )
        for info in catalog.libraries()
    ]


def _add(catalog: Catalog, folders: Sequence[Path]) -> tuple[list[Path], list[Failure]]:
    from core.records import LibraryError

    added: list[Path] = []
    failures: list[Failure] = []
    for folder in folders:
        try:
            added.append(catalog.add_library(folder))
        except LibraryError as error:
            failures.append(Failure(str(error), ""))
    return added, failures
