"""A label that shortens what does not fit in the middle, and says all of it in its tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_LEAST_WIDTH = 40


class ElidedLabel(QLabel):
    """One line of plain text; ``full_text`` is what it says, whatever fits."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_text(text)

    @property
    def full_text(self) -> str:
        """The text, not shortened."""
        return self._full

    def set_text(self, text: str) -> None:
        """Say something; line breaks become spaces."""
        self._full = " ".join(text.split("\n"))
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Narrow: what does not fit is shortened."""
        return QSize(_LEAST_WIDTH, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Wide enough for all of it."""
        return QSize(self.fontMetrics().horizontalAdvance(self._full) + 2, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        shown = metrics.elidedText(self._full, Qt.TextElideMode.ElideMiddle, self.width())
        self.setText(shown)
        self.setToolTip("" if shown == self._full else self._full)
        self.setAccessibleDescription(self._full)
