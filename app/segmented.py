"""A segmented control: a few choices side by side in one frame, of which one is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QWidget

from app import icons, theme

_STYLE = f"""
QFrame#segments {{ background: palette(light); border-radius: {theme.RADIUS}px; }}
QFrame#segments QToolButton {{
    border: 2px solid transparent; border-radius: {theme.RADIUS}px;
    padding: 2px 8px; background: transparent; }}
QFrame#segments QToolButton:hover:!checked:enabled {{ background: palette(mid); }}
QFrame#segments QToolButton:checked {{
    background: palette(button); border: 1px solid palette(dark); padding: 3px 9px; font-weight: 600; }}
QFrame#segments QToolButton:focus {{ border: 2px solid palette(highlight); padding: 2px 8px; }}
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """One choice: what it is called, the name of its icon, and what its tooltip says."""

    text: str
    icon: str
    tip: str


class SegmentedControl(QFrame):
    """Buttons in one frame.

    Signals:
        chosen(int): A person has picked a segment.
    """

    chosen = Signal(int)

    def __init__(self, segments: Sequence[Segment], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("segments")
        self.setStyleSheet(_STYLE)
        self._segments = tuple(segments)
        self._group = QButtonGroup(self)
        self._with_text = True
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for index, segment in enumerate(self._segments):
            button = self._button(segment)
            self._group.addButton(button, index)
            row.addWidget(button)
        self.button(0).setChecked(True)
        self._group.idClicked.connect(self.chosen)

    def _button(self, segment: Segment) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setText(segment.text)
        button.setIcon(icons.icon(segment.icon))
        button.setIconSize(QSize(theme.ICON - 4, theme.ICON - 4))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(segment.text)
        button.setToolTip(segment.tip)
        button.setMinimumWidth(self._width(segment))
        return button

    def _width(self, segment: Segment) -> int:
        """Room for the bold words of the chosen one, so that nothing moves when another is chosen."""
        font = self.font()
        font.setBold(True)
        return theme.ICON + 28 + QFontMetrics(font).horizontalAdvance(segment.text)

    def button(self, index: int) -> QToolButton:
        """One of the buttons."""
        button = self._group.button(index)
        assert isinstance(button, QToolButton)
        return button

    def current(self) -> int:
        """Which segment is on."""
        return self._group.checkedId()

    def choose(self, index: int) -> None:
        """Switches a segment on, without a signal."""
        self.button(index).setChecked(True)

    def set_enabled(self, index: int, enabled: bool, why_not: str = "") -> None:
        """Allows a choice or not; a forbidden one says why in its tooltip."""
        tip = self._segments[index].tip
        self.button(index).setEnabled(enabled)
        self.button(index).setToolTip(tip if enabled else f"{tip}\n{why_not}")

    def show_text(self, shown: bool) -> None:
        """With words, or with icons alone where it is narrow."""
        if shown == self._with_text:
            return
        self._with_text = shown
        style = Qt.ToolButtonStyle
        for index, segment in enumerate(self._segments):
            button = self.button(index)
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if shown else style.ToolButtonIconOnly)
            button.setMinimumWidth(self._width(segment) if shown else theme.ICON + 24)

    def width_with_text(self) -> int:
        """How wide it is with words."""
        return sum(self._width(segment) + 2 for segment in self._segments) + 4
