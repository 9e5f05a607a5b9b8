"""The pages that are put together from more than one view: Search and Duplicates."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from app import icons
from app.controls import quiet_button
from app.empty_state import EmptyState
from app.groups_view import GroupsView
from app.preset_button import PresetButton
from app.query_view import QueryView
from app.results_view import ResultsView
from app.theme import GAP, GROUP, SPACE
from app.thumbnails import ThumbnailService


class SearchPage(QWidget):
    """The queries over their matches; without a query, how to get one.

    Signals:
        browse_requested(): The person wants to choose pictures to search with.
    """

    browse_requested = Signal()

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query = QueryView(thumbnails)
        self.results = ResultsView(thumbnails)
        self.empty = EmptyState()
        self.empty.say(
            "search",
            self.tr("Drop a picture here to find its copies"),
            self.tr("Or paste one, or type the path of one in the box above."),
            self.tr("Choose pictures …"),
        )
        self.empty.pressed.connect(self.browse_requested)
        self._full = QWidget()
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.query)
        column.addWidget(self.results, 1)
        self.setProperty("ground", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._full)

    def show_queries(self, shown: bool) -> None:
        """With queries the strip and the matches, without them the invitation."""
        self._stack.setCurrentWidget(self._full if shown else self.empty)


class DuplicatesPage(QWidget):
    """How to scan over what was found.

    Signals:
        scan_requested(): Look for duplicates.
        export_requested(): Write what is on screen.
    """

    scan_requested = Signal()
    export_requested = Signal()

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups = GroupsView(thumbnails)
        self.groups.scan_requested.connect(self.scan_requested)
        self.scan_button = _button_with_text("duplicates", self.tr("Find duplicates"))
        self.scan_button.setToolTip(self.tr("Look for copies in the folders in use (Ctrl+D)"))
        self.scan_button.clicked.connect(self.scan_requested)
        self.preset = PresetButton()
        self.export_button = _button_with_text("export", self.tr("Export"))
        self.export_button.setToolTip(self.tr("Write the groups on screen as CSV (Ctrl+E)"))
        self.export_button.clicked.connect(self.export_requested)
        self.export_button.setEnabled(False)
        row = QHBoxLayout()
        row.setContentsMargins(GAP, SPACE, GROUP, 0)
        row.setSpacing(GAP)
        row.addWidget(self.scan_button)
        row.addWidget(self.preset)
        row.addStretch(1)
        row.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.groups, 1)


def _button_with_text(icon: str, text: str) -> QToolButton:
    button = quiet_button(icon, text)
    button.setIcon(icons.icon(icon))
    button.setText(text)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
