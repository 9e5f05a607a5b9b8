"""The panel of choices on the left of every section of the Methods page, and what it is made of."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app import intake
from app.controls import quiet_button
from app.theme import GAP, GROUP, SPACE, set_property, small

WIDTH = 296
"""Of the panel, in pixels."""
_HEIGHT = 28


class Form(QScrollArea):
    """Choices one below the other, each under its caption; scrolls where the window is low."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)
        content = QWidget()
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        self.column.setSpacing(SPACE)
        self.setWidget(content)

    def add(self, caption: str, widget: QWidget, tip: str = "") -> QWidget:
        """A choice under its caption; both are hidden and shown with what is returned."""
        label = QLabel(caption)
        label.setBuddy(widget)
        widget.setAccessibleName(widget.accessibleName() or caption)
        widget.setToolTip(widget.toolTip() or tip or caption)
        widget.setMinimumHeight(_HEIGHT)
        for box in (widget, *widget.findChildren(QComboBox)):
            if isinstance(box, QComboBox):
                # Else its longest choice makes the content wider than the panel once that has a scroll bar.
                box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, GAP if self.column.count() else 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(label)
        column.addWidget(widget)
        self.column.addWidget(both)
        return both

    def add_hint(self, text: str = "") -> QLabel:
        """Quiet words below what was added last."""
        label = hint(text)
        self.column.addWidget(label)
        return label


def hint(text: str = "") -> QLabel:
    """Small quiet words that wrap."""
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setFont(small(label.font()))
    set_property(label, "tone", "quiet")
    return label


class PathField(QWidget):
    """A folder or file: typed, dropped, or chosen in a dialog.

    Args:
        name: What it is for screen readers.
        placeholder: What an empty field says.
        tip: What belongs here.

    Signals:
        changed(): Another path stands here.
        browse_requested(): The person wants to choose in a dialog.
    """

    changed = Signal()
    browse_requested = Signal()

    def __init__(self, name: str, placeholder: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.edit = QLineEdit(placeholderText=placeholder)
        self.edit.setAcceptDrops(False)
        self.edit.setClearButtonEnabled(True)
        set_property(self.edit, "look", "field")
        self.edit.setAccessibleName(name)
        self.edit.setToolTip(tip)
        self.edit.textChanged.connect(self._on_text)
        self.button = quiet_button("open-folder", f"{name} …", self.tr("Choose …"))
        self.button.clicked.connect(self.browse_requested)
        self.setAccessibleName(name)
        self.setFocusProxy(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)

    @property
    def path(self) -> Path | None:
        """What stands here, or None."""
        text = self.edit.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path | None) -> None:
        """Put a path here."""
        self.edit.setText("" if path is None else str(path))

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self.edit.setToolTip(text or self.edit.placeholderText())
        self.changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped here."""
        if intake.read(event.mimeData()).paths:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """The first of what is dropped."""
        self.set_path(intake.read(event.mimeData()).paths[0])
        event.acceptProposedAction()
