"""Pictures dropped on the compare page: two make a pair, one takes the place of the picture under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from app import intake
from app.compare_canvas import CompareCanvas
from app.drop_overlay import DropOverlay
from app.intake import HandOver, is_folder


def is_for_a_pair(handed: HandOver) -> bool:
    """Whether it is one picture or two; folders and whole lists are for searching."""
    if handed.paths:
        return len(handed.paths) <= 2 and not any(is_folder(path) for path in handed.paths)
    return handed.image is not None


class PairDrops(QObject):
    """Takes what is dragged over a page, and shows what dropping it there would do.

    Args:
        page: The page; whatever it does not take goes on to the window.
        canvas: Where its pictures are.

    Signals:
        dropped(object, int): A HandOver, and the side under the pointer (0 or 1).
    """

    dropped = Signal(object, int)

    def __init__(self, page: QWidget, canvas: CompareCanvas) -> None:
        super().__init__(page)
        self._page = page
        self._canvas = canvas
        self.overlay = DropOverlay(page)
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows a drag from when it enters to when it leaves or is dropped."""
        # An enter is a move for Qt's classes; a drop comes first, since a move is a drop for them.
        if event.type() in (QEvent.Type.DragEnter, QEvent.Type.DragMove) and isinstance(event, QDragMoveEvent):
            return self._follow(event)
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            return self._take(event)
        if event.type() == QEvent.Type.DragLeave:
            self.overlay.hide()
        return False

    def _follow(self, event: QDragMoveEvent) -> bool:
        handed = intake.read(event.mimeData()) if intake.could_take(event.mimeData()) else HandOver()
        if not is_for_a_pair(handed):
            self.overlay.hide()
            return False
        event.acceptProposedAction()
        if len(handed.paths) > 1:
            self._say(QRectF(self._page.rect()), self.tr("Compare these two pictures"))
        else:
            self._offer(self.side_at(event.position()))
        return True

    def _take(self, event: QDropEvent) -> bool:
        self.overlay.hide()
        handed = intake.read(event.mimeData())
        if not is_for_a_pair(handed):
            return False
        event.acceptProposedAction()
        self.dropped.emit(handed, self.side_at(event.position()))
        return True

    def _offer(self, side: int) -> None:
        other = self._canvas.scene.names[1 - side]
        text = self.tr("Compare with {name}").format(name=other) if other else self.tr("Compare this picture")
        self._say(self._zones()[side], text)

    def _say(self, area: QRectF, text: str) -> None:
        self.overlay.say("compare", text, area.toAlignedRect())

    def side_at(self, position: QPointF) -> int:
        """The side whose place is nearest to a position on the page."""
        first, second = ((zone.center() - position).manhattanLength() for zone in self._zones())
        return int(second < first)

    def _zones(self) -> tuple[QRectF, QRectF]:
        """Where each picture is on the page; where both are in one place, or none is, its halves."""
        canvas, scene = self._canvas, self._canvas.scene
        if not canvas.isVisible():
            return _halves(QRectF(self._page.rect()))
        corner = QPointF(canvas.mapTo(self._page, canvas.rect().topLeft()))
        if scene.mode.overlaid:
            return _halves(scene.area(0).translated(corner))
        return scene.area(0).translated(corner), scene.area(1).translated(corner)


def _halves(area: QRectF) -> tuple[QRectF, QRectF]:
    half = area.width() / 2
    return area.adjusted(0, 0, -half, 0), area.adjusted(half, 0, 0, 0)
