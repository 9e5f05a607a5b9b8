"""What can be done with a file from any view of pictures: show in folder, open, copy path or picture."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QUrl, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage

from app.thumbnails import ThumbnailService
from core.records import ImageRecord

_LOG = logging.getLogger(__name__)
_COPIED_SIDE = 4096


def open_file(path: Path) -> None:
    """Open a file with the application that the person uses for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def show_in_folder(path: Path) -> None:
    """Open the file manager with the file selected, or at least its folder."""
    if sys.platform == "win32":
        subprocess.Popen(f'explorer /select,"{path}"')
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)])
    elif not _ask_file_manager(path):
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _ask_file_manager(path: Path) -> bool:
    """Ask the desktop's file manager over the session bus, without waiting for it."""
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    names = bus.interface().registeredServiceNames().value()
    if "org.freedesktop.FileManager1" not in names:
        return False
    message = QDBusMessage.createMethodCall(
        "org.freedesktop.FileManager1",
        "/org/freedesktop/FileManager1",
        "org.freedesktop.FileManager1",
        "ShowItems",
    )
    message.setArguments([[QUrl.fromLocalFile(str(path)).toString()], ""])
    return bus.send(message)


def copy_paths(paths: Sequence[Path]) -> None:
    """Put paths on the clipboard, one a line."""
    QGuiApplication.clipboard().setText("\n".join(str(path) for path in paths))


class PictureCopier(QObject):
    """Puts a picture on the clipboard, as pixels and as a file, once it is decoded.

    Args:
        thumbnails: Decodes it, away from the GUI thread.
        parent: The Qt owner.
    """

    def __init__(self, thumbnails: ThumbnailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._wanted: ImageRecord | None = None
        thumbnails.ready.connect(self._look)

    def copy(self, record: ImageRecord) -> None:
        """Copy a picture; the last one asked for wins."""
        self._wanted = record
        self._try()

    @Slot(list)
    def _look(self, keys: list[str]) -> None:
        if self._wanted is None:
            return
        key = self._thumbnails.large_key(self._wanted, _COPIED_SIDE)
        if key in keys:
            self._try()

    def _try(self) -> None:
        assert self._wanted is not None
        image = self._thumbnails.request_large(self._wanted, _COPIED_SIDE)
        failed = self._thumbnails.failed(self._thumbnails.large_key(self._wanted, _COPIED_SIDE))
        if image is not None or failed is not None:
            _put(self._wanted.path, image)
            self._wanted = None


def _put(path: Path, image: QImage | None) -> None:
    """The file alone where its pixels cannot be read."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    if image is not None:
        data.setImageData(image)
    QGuiApplication.clipboard().setMimeData(data)
