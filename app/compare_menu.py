"""The context menu of a picture on the compare page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.picture_actions import copy_paths, open_file, show_in_folder
from app.query_model import record_of


class CompareMenu(QObject):
    """What can be done with one of the two pictures.

    Signals:
        search_requested(object): The Path of a picture to search with.
        part_requested(object): The ImageRecord of a picture of which a region is to be drawn.
    """

    search_requested = Signal(object)
    part_requested = Signal(object)

    def build(self, path: Path, letter: str, parent: QWidget) -> QMenu:
        """The menu for a picture.

        Args:
            path: Its file.
            letter: What it is called for short.
            parent: Owns the menu.
        """
        menu = QMenu(parent)
        menu.addAction(_text("Search with {letter}").format(letter=letter), lambda: self.search_requested.emit(path))
        part = _text("Search with a part of {letter} …").format(letter=letter)
        menu.addAction(part, lambda: self.part_requested.emit(record_of(path)))
        menu.addSeparator()
        menu.addAction(_text("Show in folder"), lambda: show_in_folder(path))
        menu.addAction(_text("Open"), lambda: open_file(path))
        menu.addAction(_text("Copy path"), lambda: copy_paths([path]))
        return menu

    def pop_up(self, path: Path, letter: str, place: QPoint, parent: QWidget) -> None:
        """Open the menu at a place on the screen."""
        menu = self.build(path, letter, parent)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)


def _text(source: str) -> str:
    return QCoreApplication.translate("CompareMenu", source)
