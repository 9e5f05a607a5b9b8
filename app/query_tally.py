"""How a search with many queries went: "37 of 40 found, 3 unmatched", and the way to those three."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app import words
from app.controls import quiet_button
from app.elided_label import ElidedLabel
from app.theme import GROUP, SPACE


class QueryTally(QWidget):
    """Counts queries that have a verified match; hidden where there is one query only.

    Signals:
        next_requested(): Show the next query without a match.
    """

    next_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = ElidedLabel()
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.next_button = quiet_button("down", self.tr("Next unmatched query"))
        self.next_button.clicked.connect(self.next_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(GROUP, 0, GROUP, 0)
        row.setSpacing(SPACE)
        row.addWidget(self._label)
        row.addWidget(self.next_button)
        row.addStretch(1)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.full_text

    def show_found(self, found: Mapping[Path, bool], count: int, final: bool) -> None:
        """Count.

        Args:
            found: Whether a query has a verified match, for those that are settled.
            count: How many queries there are.
            final: Whether the search is over: what has no match by then has none.
        """
        matched = sum(found.values())
        missing = sum(not value for value in found.values())
        text = self.tr("{found} of {count} found").format(found=words.number(matched), count=words.number(count))
        if final:
            unmatched = self.tr("{count} unmatched").format(count=words.number(missing))
            text = f"{text}, {unmatched}"
        self._label.set_text(text)
        self._label.updateGeometry()
        self.next_button.setVisible(final and missing > 0)
        self.setVisible(count > 1)
