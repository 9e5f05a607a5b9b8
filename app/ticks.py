"""Boxes to tick and buttons of which one is on, with an outline that can be seen on a dark ground too.

Fusion draws these with hardly an outline there; everything else about them is Qt's own.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QStyle, QStyleOptionButton

from app import icons

_SIDE = 15
_CORNER = 3
_DOT = 3


class TickBox(QCheckBox):
    """A check box."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """A box with a tick in the colours of the palette, and Qt's own label."""
        painter = QPainter(self)
        box = _paint_label(
            self, painter, QStyle.SubElement.SE_CheckBoxIndicator, QStyle.ControlElement.CE_CheckBoxLabel
        )
        _set_colours(self, painter)
        painter.drawRoundedRect(box, _CORNER, _CORNER)
        if self.isChecked():
            ink = self.palette().color(QPalette.ColorRole.HighlightedText)
            icons.paint(painter, "check", box.adjusted(1, 1, -1, -1), ink)


class RadioButton(QRadioButton):
    """A radio button."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring with a dot in the colours of the palette, and Qt's own label."""
        painter = QPainter(self)
        part, label = QStyle.SubElement.SE_RadioButtonIndicator, QStyle.ControlElement.CE_RadioButtonLabel
        box = _paint_label(self, painter, part, label)
        _set_colours(self, painter)
        painter.drawEllipse(box)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(QPalette.ColorRole.HighlightedText))
            painter.drawEllipse(QPointF(box.center()), _DOT, _DOT)


def _paint_label(
    button: QCheckBox | QRadioButton, painter: QPainter, part: QStyle.SubElement, label: QStyle.ControlElement
) -> QRectF:
    """Paint words and focus as the style does; returns where the indicator belongs."""
    option = QStyleOptionButton()
    button.initStyleOption(option)
    style = button.style()
    place = style.subElementRect(part, option, button)
    words = QStyle.SubElement.SE_CheckBoxContents
    if isinstance(button, QRadioButton):
        words = QStyle.SubElement.SE_RadioButtonContents
    option.rect = style.subElementRect(words, option, button)
    style.drawControl(label, option, painter, button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRect(0, 0, _SIDE, _SIDE)
    box.moveCenter(place.center())
    box.moveLeft(max(1, box.left()))
    return QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5)


def _set_colours(button: QAbstractButton, painter: QPainter) -> None:
    palette = button.palette()
    group = QPalette.ColorGroup.Active if button.isEnabled() else QPalette.ColorGroup.Disabled
    on = button.isChecked()
    ground = palette.color(group, QPalette.ColorRole.Highlight if on else QPalette.ColorRole.Base)
    line = palette.color(group, QPalette.ColorRole.Highlight if on else QPalette.ColorRole.Dark)
    if button.hasFocus():
        line = palette.color(QPalette.ColorRole.Text)
    painter.setPen(QPen(line, 2 if button.hasFocus() else 1))
    painter.setBrush(ground)
