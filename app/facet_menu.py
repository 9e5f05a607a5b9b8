"""One property to filter by, as a menu of choices of which one is on."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

Choice = tuple[str, Hashable]


class FacetMenu(QMenu):
    """Choices under a title; the first lets everything pass.

    Args:
        title: What is chosen.
        anything: The words of the first choice.
        value: What the first choice stands for.
        parent: The Qt owner.

    Signals:
        changed(): Another choice.
    """

    changed = Signal()

    def __init__(self, title: str, anything: str, value: Hashable = None, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setToolTipsVisible(True)
        self._first: Choice = (anything, value)
        self._value: Hashable = value
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._choose)
        self.offer(())

    @property
    def value(self) -> Hashable:
        """What is chosen."""
        return self._value

    @property
    def text(self) -> str:
        """What is chosen, in words; nothing while everything passes."""
        chosen = self._group.checkedAction()
        return "" if self.at_rest or not isinstance(chosen, QAction) else chosen.text()

    @property
    def at_rest(self) -> bool:
        """Whether everything passes."""
        return self._value == self._first[1]

    def offer(self, choices: Sequence[Choice]) -> None:
        """Replace the choices after the first; what was chosen stays offered."""
        kept = [(action.text(), action.data()) for action in self._group.actions() if action.isChecked()]
        offered = [self._first, *choices]
        wanted = [*offered, *(choice for choice in kept if choice[1] not in [value for _, value in offered])]
        if [(action.text(), action.data()) for action in self._group.actions()] == wanted:
            return
        for action in self._group.actions():
            self._group.removeAction(action)
            self.removeAction(action)
            action.deleteLater()
        for text, value in wanted:
            action = self._group.addAction(text)
            action.setCheckable(True)
            action.setData(value)
            action.setChecked(value == self._value)
            self.addAction(action)
        self.menuAction().setVisible(len(wanted) > 1)

    def choose(self, value: Hashable) -> None:
        """Choose one of the offered values."""
        for action in self._group.actions():
            if action.data() == value:
                action.setChecked(True)
                self._choose(action)

    def reset(self) -> None:
        """Let everything pass."""
        self.choose(self._first[1])

    def _choose(self, action: QAction) -> None:
        if action.data() != self._value:
            self._value = action.data()
            self.changed.emit()
