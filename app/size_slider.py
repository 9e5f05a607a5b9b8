"""How large pictures are shown: a slider between a small and a large picture."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from app import icons, theme

_STEP = 20
_WIDTH = 96


class SizeSlider(QWidget):
    """Chooses the side of pictures in steps.

    Args:
        smallest: Pixels.
        largest: Pixels.
        side: Pixels to begin with.
        parent: The Qt owner.

    Signals:
        changed(int): The side in pixels.
    """

    changed = Signal(int)

    def __init__(self, smallest: int, largest: int, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(smallest // _STEP, largest // _STEP)
        self._slider.setPageStep(2)
        self._slider.setFixedWidth(_WIDTH)
        self._slider.setAccessibleName(self.tr("Size of pictures"))
        self._slider.setToolTip(self.tr("Size of pictures (Ctrl + wheel)"))
        self._slider.setValue(side // _STEP)
        self._slider.valueChanged.connect(lambda value: self.changed.emit(value * _STEP))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        row.addWidget(_IconLabel("picture", 14))
        row.addWidget(self._slider)
        row.addWidget(_IconLabel("picture", 20))

    @property
    def side(self) -> int:
        """The side in pixels."""
        return self._slider.value() * _STEP

    def set_side(self, side: int) -> None:
        """Choose a side; the nearest step counts."""
        self._slider.setValue(round(side / _STEP))

    def step(self, steps: int) -> None:
        """Some steps larger, or smaller when negative."""
        self._slider.setValue(self._slider.value() + steps)


class _IconLabel(QLabel):
    """An icon that is only looked at, in the colour of quiet words."""

    def __init__(self, name: str, side: int) -> None:
        super().__init__()
        self._icon = icons.icon(name, QPalette.ColorRole.PlaceholderText)
        self._side = side
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Painted anew each time, so that a change of theme needs nothing."""
        self._icon.paint(QPainter(self), self.rect())
