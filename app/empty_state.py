"""What a view says while it has nothing to show: an icon, one sentence, a hint, and at most one button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app import icons, theme

_ICON = 56


class EmptyState(QWidget):
    """A calm page in place of an empty list.

    Signals:
        pressed(): The button was pressed.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = "picture"
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._sentence = _centred_label()
        self._sentence.setFont(theme.large(self.font()))
        self._hint = _centred_label()
        theme.set_property(self._hint, "tone", "quiet")
        self._button = QPushButton()
        theme.set_property(self._button, "look", "main")
        self._button.clicked.connect(self.pressed)
        self._lay_out()
        self._tint()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    @property
    def button(self) -> QPushButton:
        """The one button; hidden where there is nothing to press."""
        return self._button

    def say(self, icon: str, sentence: str, hint: str = "", button: str = "") -> None:
        """Say something; an empty button text hides the button.

        Args:
            icon: The name of an icon.
            sentence: One sentence.
            hint: What to do about it, in quieter words.
            button: What the button does.
        """
        self._name = icon
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GROUP)
        column.setSpacing(theme.GAP)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(self._sentence)
        column.addWidget(self._hint)
        column.addSpacing(theme.GAP)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def _tint(self) -> None:
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        self._picture.setPixmap(icons.pixmap(self._name, _ICON, colour, self.devicePixelRatioF()))


def _centred_label() -> QLabel:
    label = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
