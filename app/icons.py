"""Icons: stroke drawings in ``resources/icons`` that take the colour of the palette when they are painted.

An icon is drawn from its SVG at the very size and scale it is needed in, so it is crisp at 100 to 300% and
follows a change of theme without being made anew.
"""

from __future__ import annotations

import importlib.resources
from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

_FOLDER = "icons"
_LARGE = 40
_STROKE = b'stroke-width="1.75"'
_FINE_STROKE = b'stroke-width="1.1"'


def names() -> list[str]:
    """All icons there are."""
    folder = importlib.resources.files("resources") / _FOLDER
    return sorted(entry.name.removesuffix(".svg") for entry in folder.iterdir() if entry.name.endswith(".svg"))


def icon(name: str, role: QPalette.ColorRole = QPalette.ColorRole.ButtonText) -> QIcon:
    """The icon of that name, in the colour of a palette role.

    Raises:
        FileNotFoundError: There is no such icon.
    """
    return QIcon(_TintedEngine(name, role))


def paint(painter: QPainter, name: str, rect: QRect | QRectF, colour: QColor) -> None:
    """Draw an icon into a square in a colour of the caller's choice, for delegates."""
    # In a large drawing the same stroke would look bold.
    _render(painter, name, rect, colour, _STROKE if rect.width() < _LARGE else _FINE_STROKE)


def _render(painter: QPainter, name: str, rect: QRect | QRectF, colour: QColor, stroke: bytes) -> None:
    renderer = QSvgRenderer(_drawing(name, colour.name().encode("ascii"), stroke))
    painter.save()
    painter.setOpacity(painter.opacity() * colour.alphaF())
    renderer.render(painter, QRectF(rect))
    painter.restore()


def pixmap(name: str, side: int, colour: QColor, ratio: float = 1.0) -> QPixmap:
    """An icon as a picture of ``side`` device-independent pixels."""
    result = QPixmap(QSize(side, side) * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    paint(painter, name, QRect(0, 0, side, side), colour)
    painter.end()
    return result


@cache
def _source(name: str) -> bytes:
    return (importlib.resources.files("resources") / _FOLDER / f"{name}.svg").read_bytes()


@cache
def _drawing(name: str, colour: bytes, stroke: bytes) -> QByteArray:
    return QByteArray(_source(name).replace(b"currentColor", colour).replace(_STROKE, stroke))


class _TintedEngine(QIconEngine):
    """Draws one SVG in the palette's colour."""

    def __init__(self, name: str, role: QPalette.ColorRole) -> None:
        super().__init__()
        _source(name)
        self._name = name
        self._role = role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw at the size asked for."""
        # Here the rectangle is in pixels of the screen, which says nothing about how large it looks.
        _render(painter, self._name, rect, self._colour(mode), _STROKE)

    def _colour(self, mode: QIcon.Mode) -> QColor:
        palette = QGuiApplication.palette()
        if mode is QIcon.Mode.Disabled:
            return palette.color(QPalette.ColorGroup.Disabled, self._role)
        role = QPalette.ColorRole.HighlightedText if mode is QIcon.Mode.Selected else self._role
        return palette.color(QPalette.ColorGroup.Active, role)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The drawing on a transparent ground."""
        result = QPixmap(size)
        result.fill(Qt.GlobalColor.transparent)
        painter = QPainter(result)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return result

    def clone(self) -> QIconEngine:
        """A second engine of the same drawing."""
        return _TintedEngine(self._name, self._role)

    def key(self) -> str:
        """Tells Qt's own caches which engine this is."""
        return "twinsight-tinted"

    def isNull(self) -> bool:
        """Never: a missing drawing fails when the icon is made."""
        return False
