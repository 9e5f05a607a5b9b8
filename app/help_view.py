"""The list of all shortcuts, in a window that stays beside the work."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.shortcuts import Shortcut, sections
from app.theme import GAP, GROUP, SPACE

_LEFT = ("Library", "Search", "Duplicates", "Results")


class HelpView(QDialog):
    """All keys, by section, in two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setModal(False)
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        columns.setSpacing(2 * GROUP)
        all_sections = sections()
        left = {name: entries for name, entries in all_sections.items() if name in _LEFT}
        right = {name: entries for name, entries in all_sections.items() if name not in _LEFT}
        columns.addLayout(_column(left))
        columns.addLayout(_column(right))
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(content)
        area.setAccessibleName(self.tr("Keyboard shortcuts"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, GROUP, GROUP)
        outer.addWidget(area)
        outer.addWidget(buttons)
        self.resize(content.sizeHint().width() + 2 * GROUP, content.sizeHint().height() + 4 * GROUP)

    def present(self) -> None:
        """Open, or come to the front; never larger than the screen."""
        self.resize(self.size().boundedTo(self.screen().availableSize()))
        self.show()
        self.raise_()
        self.activateWindow()

    def keys_shown(self) -> list[str]:
        """All keys on the list, as written."""
        return [label.text() for label in self.findChildren(QLabel) if label.property("keys")]


def _column(entries: dict[str, list[Shortcut]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(GAP)
    for name, shortcuts in entries.items():
        title = QLabel(name)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        column.addWidget(title)
        column.addLayout(_rows(shortcuts))
        column.addSpacing(GAP)
    column.addStretch(1)
    return column


def _rows(shortcuts: list[Shortcut]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(GROUP)
    grid.setVerticalSpacing(SPACE)
    grid.setColumnStretch(0, 1)
    for row, entry in enumerate(shortcuts):
        keys = QLabel(entry.label, alignment=Qt.AlignmentFlag.AlignRight)
        keys.setProperty("tone", "quiet")
        keys.setProperty("keys", True)
        grid.addWidget(QLabel(entry.text.removesuffix(" …")), row, 0)
        grid.addWidget(keys, row, 1)
    return grid
