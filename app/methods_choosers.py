"""The dialogs of the Methods page; each begins where its last one of the same purpose ended."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.settings import Settings


class MethodsChoosers(QObject):
    """Asks the person for folders and files.

    Args:
        window: What the dialogs belong to.
        settings: Remembers the folders.
    """

    def __init__(self, window: QWidget, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings

    def folder(self, title: str, purpose: str) -> Path | None:
        """A folder that exists."""
        chosen = QFileDialog.getExistingDirectory(self._window, title, self._start(purpose))
        return self._remembered(chosen, purpose)

    def file(self, title: str, kinds: str, purpose: str) -> Path | None:
        """A file that exists; ``kinds`` as Qt writes filters ("CSV (*.csv)")."""
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, self._start(purpose), kinds)
        return self._remembered(chosen, purpose)

    def target(self, title: str, name: str, kinds: str) -> Path | None:
        """Where to write a file; Qt has asked before an existing one is named."""
        dialog = QFileDialog(self._window, title, self._start("export"), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        dialog.selectFile(name)
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        return self._remembered(chosen[0] if chosen else "", "export")

    def _start(self, purpose: str) -> str:
        return self._settings.folder(purpose) or str(Path.home())

    def _remembered(self, chosen: str, purpose: str) -> Path | None:
        if not chosen:
            return None
        self._settings.set_folder(purpose, Path(chosen).parent)
        return Path(chosen)
