"""Keeps the library panel in step with the list of libraries, and does what is asked for there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app.choosers import Choosers
from app.intake import HandOver, is_folder
from app.library_view import LibraryView
from app.session import Session
from app.status_view import StatusView


class LibraryPresenter(QObject):
    """Connects the panel with the session.

    Args:
        session: Has the libraries.
        view: Shows them.
        status: Says what became of it.
        choosers: Ask for folders.
        parent: The Qt owner.
    """

    def __init__(
        self,
        session: Session,
        view: LibraryView,
        status: StatusView,
        choosers: Choosers,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._libraries = session.libraries
        self._view = view
        self._status = status
        self._choosers = choosers
        view.add_requested.connect(self.choose)
        view.dropped.connect(self._take)
        view.remove_requested.connect(self._libraries.remove)
        view.protect_requested.connect(self._libraries.protect)
        view.protect_inside_requested.connect(self._protect_inside)
        view.use_requested.connect(self._libraries.use)
        view.watch_requested.connect(self._libraries.watch)
        view.rescan_requested.connect(lambda folder: session.index([folder]))
        view.skipped_requested.connect(self._show_skipped)
        self._libraries.changed.connect(self._show)
        self._libraries.removed.connect(self._offer_undo)
        session.indexing_changed.connect(view.set_indexing)

    @Slot()
    def choose(self) -> None:
        """Let the person choose a folder to add."""
        folder = self._choosers.folder()
        if folder is not None:
            self._libraries.add([folder])

    @Slot()
    def remove_current(self) -> None:
        """Forget the folder that is selected."""
        folder = self._view.current
        if folder is not None:
            self._libraries.remove(folder)
        else:
            self._status.say(self.tr("Select a folder in the library first."))

    @Slot()
    def _show(self) -> None:
        self._view.set_libraries(self._libraries.all)

    @Slot(object)
    def _offer_undo(self, folder: Path) -> None:
        sentence = self.tr("Removed {folder} from the library; its files stay").format(folder=folder)
        self._status.say(sentence, self.tr("Undo"), lambda: self._libraries.add([folder]))

    @Slot(object)
    def _take(self, handed: HandOver) -> None:
        if any(is_folder(path) for path in handed.paths):
            self._session.take(handed, folders_are_libraries=True)
        else:
            self._status.say(self.tr("Only folders go into the library. To search, drop pictures above."))

    @Slot(object)
    def _protect_inside(self, folder: Path) -> None:
        chosen = self._choosers.directory(self.tr("Protect this folder"), "protect", folder)
        if chosen is not None:
            self._libraries.protect(chosen, True)
            sentence = self.tr("{folder} is protected: nothing in it is ever touched").format(folder=chosen)
            self._status.say(sentence, self.tr("Undo"), lambda: self._libraries.protect(chosen, False))

    @Slot(object)
    def _show_skipped(self, folder: Path) -> None:
        self._session.show_skipped_of(folder)
        self._status.skipped_list.present()
