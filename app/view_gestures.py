"""Keys and wheel that mean the same in every view of pictures: open, quick look, larger, smaller."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView

_OPEN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_WHEEL_STEP = 120
STEP_KEYS = (
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)
"""Keys that move the cursor of a view."""


class ViewGestures(QObject):
    """Watches a view and says what the person wants.

    Args:
        view: The view; this object becomes its child.

    Signals:
        opened(): Enter, or a double click on an item.
        quick_look(): Space.
        copy_path(): The standard key for copying.
        zoomed(int): Ctrl and the wheel; steps, larger is positive.
    """

    opened = Signal()
    quick_look = Signal()
    copy_path = Signal()
    zoomed = Signal(int)

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._turned = 0
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)
        view.doubleClicked.connect(self.opened)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys and wheel turns that have a meaning here; leave the others."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            return self._wheel(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in _OPEN_KEYS:
            self.opened.emit()
            return True
        if plain and event.key() == Qt.Key.Key_Space:
            self.quick_look.emit()
            return True
        if event.key() in STEP_KEYS and self._pick_first():
            return True
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_path.emit()
            return True
        return False

    def _pick_first(self) -> bool:
        """The first arrow key picks the item that the focus has put the cursor on; the next ones go on."""
        current, selection = self._view.currentIndex(), self._view.selectionModel()
        if not current.isValid() or selection.hasSelection():
            return False
        selection.setCurrentIndex(current, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        return True

    def _wheel(self, event: QWheelEvent) -> bool:
        """Fine wheels and touchpads send parts of a step; they add up."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        self._turned += event.angleDelta().y()
        steps = int(self._turned / _WHEEL_STEP)
        self._turned -= steps * _WHEEL_STEP
        if steps:
            self.zoomed.emit(steps)
        return True
