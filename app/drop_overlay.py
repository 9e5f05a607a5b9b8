"""What the window says while something is dragged over it: what would become of it here."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from app import icons
from app.intake import HandOver, is_folder
from app.theme import GAP, GROUP, RADIUS, large

_ICON = 56
_LOOKED_AT = 20


class DropOverlay(QWidget):
    """Covers what it belongs to, mostly the window, without taking its events."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._icon = "picture"
        self.text = ""
        self.hide()

    def present(self, handed: HandOver, are_folders: bool) -> None:
        """Say what dropping does."""
        self._icon = "folder-add" if are_folders else "search"
        count = len(handed.paths)
        if are_folders:
            self.text = self.tr("Add to the library")
        elif count > 1:
            self.text = self.tr("Search with {count} pictures").format(count=count)
        else:
            self.text = self.tr("Search with this picture")
        parent = self.parentWidget()
        self.say(self._icon, self.text, parent.rect() if parent is not None else self.rect())

    def say(self, icon: str, text: str, area: QRect) -> None:
        """Say something over a part of what this covers."""
        self._icon, self.text = icon, text
        self.setGeometry(area)
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, a frame in the accent colour, an icon and one line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = self.palette().color(QPalette.ColorRole.Base)
        veil.setAlphaF(0.92)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
        painter.drawRoundedRect(self.rect().adjusted(GAP, GAP, -GAP, -GAP), RADIUS, RADIUS)
        colour = self.palette().color(QPalette.ColorRole.Text)
        middle = self.rect().center()
        icons.paint(painter, self._icon, QRect(middle.x() - _ICON // 2, middle.y() - _ICON, _ICON, _ICON), colour)
        painter.setFont(large(self.font()))
        painter.setPen(colour)
        metrics = painter.fontMetrics()
        line = QRect(2 * GAP, middle.y() + GROUP, self.width() - 4 * GAP, metrics.height())
        text = metrics.elidedText(self.text, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)


def are_folders(handed: HandOver) -> bool:
    """Whether it is folders and nothing else; looks at the first few only, since the pointer waits."""
    return bool(handed.paths) and all(is_folder(path) for path in handed.paths[:_LOOKED_AT])
