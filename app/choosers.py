"""The dialogs that ask for folders and files; each begins where its last one ended."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from app.settings import Settings


class Choosers(QObject):
    """Asks the person.

    Args:
        window: What the dialogs belong to.
        settings: Remembers the folders.
    """

    def __init__(self, window: QWidget, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings

    def folder(self) -> Path | None:
        """A folder to add to the library."""
        start = self._settings.folder("library") or pictures_folder()
        chosen = QFileDialog.getExistingDirectory(self._window, self.tr("Add a folder with pictures"), start)
        if not chosen:
            return None
        self._settings.set_folder("library", Path(chosen).parent)
        return Path(chosen)

    def pictures(self, title: str = "") -> list[Path]:
        """Pictures to search with, or for what the title says."""
        start = self._settings.folder("query") or pictures_folder()
        names, _ = QFileDialog.getOpenFileNames(
            self._window, title or self.tr("Search with pictures"), start, _picture_filter(self.tr("Pictures"))
        )
        if names:
            self._settings.set_folder("query", Path(names[0]).parent)
        return [Path(name) for name in names]

    def directory(self, title: str, purpose: str, begin: Path | None = None) -> Path | None:
        """A folder for some purpose, which remembers where it was last found, unless told where to begin."""
        start = str(begin) if begin is not None else self._settings.folder(purpose) or pictures_folder()
        chosen = QFileDialog.getExistingDirectory(self._window, title, start)
        if not chosen:
            return None
        self._settings.set_folder(purpose, Path(chosen))
        return Path(chosen)

    def open(self, title: str, filters: str) -> Path | None:
        """A file to read."""
        start = self._settings.folder("export") or str(Path.home())
        name, _ = QFileDialog.getOpenFileName(self._window, title, start, filters)
        return Path(name) if name else None

    def save(self, title: str, name: str, filters: str) -> Path | None:
        """Where to write a file; one without an extension gets that of the chosen filter."""
        folder = self._settings.folder("export") or str(Path.home())
        chosen, used = QFileDialog.getSaveFileName(self._window, title, str(Path(folder) / name), filters)
        if not chosen:
            return None
        path = Path(chosen)
        self._settings.set_folder("export", path.parent)
        return path if path.suffix else path.with_suffix(used.rsplit("*", 1)[-1].rstrip(")"))

    def csv(self, name: str) -> Path | None:
        """Where to write a CSV file; Qt has asked before an existing one is named."""
        folder = self._settings.folder("export") or str(Path.home())
        dialog = QFileDialog(self._window, self.tr("Export as CSV"), folder, self.tr("CSV (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(name)
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        if not chosen:
            return None
        self._settings.set_folder("export", Path(chosen[0]).parent)
        return Path(chosen[0])


def pictures_folder() -> str:
    """Where people keep their pictures; the home folder where there is no such place."""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))
    return str(folder if folder.is_dir() else Path.home())


def _picture_filter(title: str) -> str:
    from core.images import EXTENSIONS

    return f"{title} ({' '.join(f'*{extension}' for extension in sorted(EXTENSIONS))})"
