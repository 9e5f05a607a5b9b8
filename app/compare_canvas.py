"""The canvas of the compare page: mouse, wheel, touchpad and keys on the two pictures."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.compare_lines import REACH, ends, shown_matches
from app.compare_overlaid import HANDLE, divider_place
from app.compare_scene import Mode
from app.compare_surface import STEP, CompareSurface, Position

_PAN_SHARE = 0.1
_DIVIDER_STEP = 0.02
_NOTCH = 120.0


class CompareCanvas(CompareSurface):
    """Two pictures under one zoom, to point at, drag and zoom.

    Signals:
        menu_wanted(int, QPoint): The context menu of a side, at a place on the screen.
    """

    menu_wanted = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grabbed: Position | None = None
        self._on_divider = False
        self.setMouseTracking(True)

    def event(self, event: QEvent) -> bool:
        """Zooms by pinching on a touchpad, besides what every widget does."""
        zoom = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == zoom:
            self._zoom_at(event.position(), 1.0 + event.value())
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms about the pointer."""
        turned = event.angleDelta().y() / _NOTCH
        if turned:
            self._zoom_at(event.position(), STEP**turned)
        event.accept()

    def _zoom_at(self, place: QPointF, factor: float) -> None:
        position = (place.x(), place.y())
        side = self._side_at(position)
        if side is not None:
            self._active = side
            self.scene.state.zoom(side, position, factor)
            self._changed()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold of the picture, or of the swipe divider."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        position = (event.position().x(), event.position().y())
        side = self._side_at(position)
        if side is None:
            return
        self._active = side
        self._on_divider = self._is_on_divider(position) and event.button() == Qt.MouseButton.LeftButton
        self._grabbed = position
        self._show_cursor(position)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pans, moves the divider, or shows the corresponding point."""
        position = (event.position().x(), event.position().y())
        if self._grabbed is None:
            self._hover(position)
        elif self._on_divider:
            area = self.scene.area(0)
            self.set_divider((position[0] - area.left()) / area.width())
        else:
            self.scene.state.drag(self._active, self._grabbed, position)
            self._grabbed = position
            self.scene.pointer = (self._active, position)
            self._changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets go."""
        self._grabbed = None
        self._on_divider = False
        self._hover((event.position().x(), event.position().y()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Goes to single pixels at the pointer, or back to the whole pictures."""
        self._hover((event.position().x(), event.position().y()))
        if self.scene.state.fitted:
            self.zoom_to_pixels()
        else:
            self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for the menu of the picture under the pointer; by keyboard, of the active one."""
        place = (float(event.pos().x()), float(event.pos().y()))
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        side = self._side_at(place) if by_mouse else self._active
        if side is not None:
            self.menu_wanted.emit(side, event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """Takes the crosshair away."""
        self.scene.pointer = self.scene.picked = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move the view, or the divider in swipe mode; Space blinks."""
        ways = {
            Qt.Key.Key_Left: (-1.0, 0.0),
            Qt.Key.Key_Right: (1.0, 0.0),
            Qt.Key.Key_Up: (0.0, -1.0),
            Qt.Key.Key_Down: (0.0, 1.0),
        }
        way = ways.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Space and self.scene.mode is Mode.BLINK:
            self.flip()
        elif way is None:
            super().keyPressEvent(event)
        elif self.scene.mode is Mode.SWIPE and way[0]:
            self.set_divider(self.scene.divider + way[0] * _DIVIDER_STEP)
        else:
            self.pan(way[0] * _PAN_SHARE, way[1] * _PAN_SHARE)

    def _hover(self, position: Position) -> None:
        side = self._side_at(position)
        self.scene.pointer = None if side is None else (side, position)
        if side is not None:
            self._active = side
        self.scene.picked = self._match_at(position) if self.scene.mode is Mode.LINES else None
        self._show_cursor(position)
        self.update()

    def _side_at(self, position: Position) -> int | None:
        sides = (0,) if self.scene.mode.overlaid else (0, 1)
        return next((side for side in sides if self.scene.state.pane(side).holds(position)), None)

    def _is_on_divider(self, position: Position) -> bool:
        return self.scene.mode is Mode.SWIPE and abs(position[0] - divider_place(self.scene)) <= HANDLE

    def _match_at(self, position: Position) -> int | None:
        """The drawn match that has a keypoint next to a position."""
        proof = self.scene.proof
        if proof is None or self.scene.pointer is None:
            return None
        chosen = shown_matches(self.scene, proof)
        if not len(chosen):
            return None
        places = ends(self.scene, proof, chosen)[self.scene.pointer[0]]
        distances = np.hypot(*(places - position).T)
        nearest = int(distances.argmin())
        return int(chosen[nearest]) if distances[nearest] <= REACH else None

    def _show_cursor(self, position: Position) -> None:
        if self._on_divider or (self._grabbed is None and self._is_on_divider(position)):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif self._grabbed is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif not self.scene.mode.overlaid and self.scene.pointer is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
