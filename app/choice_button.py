"""A quiet button that says what is chosen and opens a menu to choose something else."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app import icons, theme

NARROW = 640
"""A bar with less pixels than this has no room for words on every button."""


class ChoiceButton(QToolButton):
    """One choice out of a few, as compact as its words.

    Args:
        icon: The name of an icon.
        name: What is chosen here, for screen readers and the tooltip.
        parent: The Qt owner.

    Signals:
        chosen(object): The value now chosen, when it changes.
    """

    chosen = Signal(object)

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Hashable = None
        self._narrow = False
        self._group = QActionGroup(self)
        self._group.triggered.connect(lambda action: self.choose(action.data()))
        self.setIcon(icons.icon(icon))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setMenu(QMenu(self))
        theme.set_property(self, "look", "quiet")

    @property
    def value(self) -> Hashable:
        """What is chosen."""
        return self._value

    def offer(self, choices: list[tuple[str, Hashable]]) -> None:
        """Replace the choices; what was chosen stays chosen if it is among them, else the first one is."""
        if [(action.text(), action.data()) for action in self._group.actions()] == choices:
            return
        for action in self._group.actions():
            self._group.removeAction(action)
            self.menu().removeAction(action)
            action.deleteLater()
        before = self.menu().actions()[0] if self.menu().actions() else None
        for text, value in choices:
            action = self._group.addAction(text)
            action.setCheckable(True)
            action.setData(value)
            self.menu().insertAction(before, action)  # type: ignore[arg-type]  # None appends
        values = [value for _, value in choices]
        if self._value not in values:
            self.choose(values[0])
        self._show()

    def choose(self, value: Hashable) -> None:
        """Choose one of the offered values."""
        changed = value != self._value
        self._value = value
        self._show()
        if changed:
            self.chosen.emit(value)

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon alone while the first choice holds; any other choice stays in words."""
        self._narrow = narrow
        self._show()

    def at_rest(self) -> bool:
        """Whether the first choice holds."""
        actions = self._group.actions()
        return not actions or actions[0].data() == self._value

    def caption(self, chosen: str) -> str:
        """What the button says when this text is chosen; a subclass may add to it."""
        return chosen

    def _show(self) -> None:
        for action in self._group.actions():
            action.setChecked(action.data() == self._value)
            if action.data() == self._value:
                self.setText(self.caption(action.text()))
                self.setAccessibleDescription(self.text())
        style = Qt.ToolButtonStyle
        alone = self._narrow and self.at_rest()
        self.setToolButtonStyle(style.ToolButtonIconOnly if alone else style.ToolButtonTextBesideIcon)
