"""Boxes to tick in a list, drawn so that they are seen in both themes."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app import icons


class TickDelegate(QStyledItemDelegate):
    """Draws the boxes over those of Fusion, which can hardly be seen on a dark ground."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The row as it is, and the box anew."""
        super().paint(painter, option, index)
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if state is None:
            return
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        style = option.widget.style() if option.widget is not None else QApplication.style()
        box = QRectF(style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, shown, option.widget))
        checked = Qt.CheckState(state) is Qt.CheckState.Checked
        role = QPalette.ColorRole.Highlight if checked else QPalette.ColorRole.Base
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(option.palette.color(role))
        painter.setPen(option.palette.color(QPalette.ColorRole.HighlightedText if checked else QPalette.ColorRole.Dark))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if checked:
            icons.paint(painter, "check", box, option.palette.color(QPalette.ColorRole.HighlightedText))
        painter.restore()
