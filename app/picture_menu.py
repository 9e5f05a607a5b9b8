"""The context menu of a picture, the same in every view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.picture_actions import PictureCopier, copy_paths, open_file, show_in_folder
from core.records import ImageRecord


@dataclass(frozen=True, slots=True)
class PictureMenu:
    """Builds the menu of a picture.

    Attributes:
        compare_text: What comparing means in this view; empty where there is nothing to compare with.
        compare: Opens the comparison.
        look: Opens the quick look.
        search: Searches with this picture.
        search_part: Lets the person draw a region to search with.
        copier: Puts the picture on the clipboard.
    """

    compare_text: str
    compare: Callable[[], None]
    look: Callable[[], None]
    search: Callable[[ImageRecord], None]
    search_part: Callable[[ImageRecord], None]
    copier: PictureCopier

    def build(self, record: ImageRecord, picked: Sequence[ImageRecord], parent: QWidget) -> QMenu:
        """The menu for the record under the pointer.

        Args:
            record: The picture that was clicked.
            picked: All selected pictures, for what can be done with many.
            parent: Owns the menu.
        """
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        if self.compare_text:
            action = menu.addAction(_with_key(self.compare_text, Qt.Key.Key_Return), self.compare)
            menu.setDefaultAction(action)
            menu.setMinimumWidth(menu.sizeHint().width() + _wider_when_bold(menu, action.text()))
        menu.addAction(_text("Search with this picture"), lambda: self.search(record))
        menu.addAction(_text("Search with a part of it …"), lambda: self.search_part(record))
        menu.addAction(_with_key(_text("Quick look"), Qt.Key.Key_Space), self.look)
        menu.addSeparator()
        menu.addAction(_text("Show in folder"), lambda: show_in_folder(record.path))
        menu.addAction(_text("Open"), lambda: open_file(record.path))
        menu.addSeparator()
        many = len(picked) > 1
        paths = [one.path for one in picked] if many else [record.path]
        copying = _text("Copy paths") if many else _text("Copy path")
        menu.addAction(_with_key(copying, QKeySequence.StandardKey.Copy), lambda: copy_paths(paths))
        menu.addAction(_text("Copy picture"), lambda: self.copier.copy(record))
        return menu


def _wider_when_bold(menu: QMenu, text: str) -> int:
    """What a menu forgets of the width of its default action, which it draws bold and then elides."""
    bold = menu.font()
    bold.setBold(True)
    return QFontMetrics(bold).horizontalAdvance(text) - menu.fontMetrics().horizontalAdvance(text)


def _with_key(text: str, key: Qt.Key | QKeySequence.StandardKey) -> str:
    """Names the key that does the same; the view itself listens to it."""
    return f"{text}\t{QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)}"


def _text(source: str) -> str:
    return QCoreApplication.translate("PictureMenu", source)
