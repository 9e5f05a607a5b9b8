"""The Methods page: its sections, one at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.leaderboard_view import LeaderboardView
from app.methods_compression import CompressionView
from app.segmented import Segment, SegmentedControl
from app.theme import GAP, GROUP
from app.training_models import ModelsView
from app.training_view import TrainingView


class MethodsPage(QWidget):
    """Leaderboard, compression, training and models, behind a control that chooses among them.

    Signals:
        section_shown(str): The name of the section that is open now.
    """

    section_shown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.leaderboard = LeaderboardView()
        self.compression = CompressionView()
        self.training = TrainingView()
        self.models = ModelsView()
        sections: dict[str, tuple[QWidget, Segment]] = {
            "leaderboard": (
                self.leaderboard,
                Segment(self.tr("Leaderboard"), "methods", self.tr("Rank methods by how well they find copies")),
            ),
            "compression": (
                self.compression,
                Segment(self.tr("Compression"), "compress", self.tr("Recall against bytes and milliseconds")),
            ),
            "training": (
                self.training,
                Segment(self.tr("Training"), "train", self.tr("Adapt to the library, or train")),
            ),
            "models": (
                self.models,
                Segment(self.tr("Models"), "model", self.tr("What is installed; import and export")),
            ),
        }
        self._names = tuple(sections)
        self.sections = SegmentedControl([segment for _, segment in sections.values()])
        self._stack = QStackedWidget()
        for view, _ in sections.values():
            self._stack.addWidget(view)
        self.sections.chosen.connect(self._show)
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(GROUP, GAP, GROUP, GAP)
        row.addWidget(self.sections)
        row.addStretch(1)
        line = QWidget()
        line.setLayout(row)
        line.setProperty("bar", "top")
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line)
        column.addWidget(self._stack, 1)

    @property
    def section(self) -> str:
        """Name of the section that is open."""
        return self._names[self._stack.currentIndex()]

    @property
    def can_export(self) -> bool:
        """Whether the section that is open has something to write."""
        button = getattr(self._stack.currentWidget(), "export_button", None)
        return button is not None and button.isEnabled()

    def export(self) -> None:
        """Write what the open section shows."""
        button = getattr(self._stack.currentWidget(), "export_button", None)
        if button is not None:
            button.click()

    def show_section(self, name: str) -> None:
        """Open a section."""
        self.sections.choose(self._names.index(name))
        self._show(self._names.index(name))

    @Slot(int)
    def _show(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self.section_shown.emit(self._names[place])
