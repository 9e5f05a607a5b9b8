"""The few kinds of buttons the window is made of, so that all of one kind look and speak alike."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from app import icons
from app.theme import ICON


def quiet_button(icon: str, name: str, tooltip: str = "") -> QToolButton:
    """An icon without a frame, that can be reached with Tab and is named for screen readers."""
    button = QToolButton()
    button.setProperty("look", "quiet")
    button.setIcon(icons.icon(icon))
    button.setIconSize(QSize(ICON, ICON))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(name)
    button.setToolTip(tooltip or name)
    return button


def quiet_text_button(icon: str, text: str, tooltip: str) -> QToolButton:
    """An icon and words without a frame."""
    button = quiet_button(icon, text, tooltip)
    button.setText(text)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button


def main_button(text: str, tooltip: str) -> QPushButton:
    """The one button of a page that does what the page is for."""
    button = QPushButton(text)
    button.setProperty("look", "main")
    button.setToolTip(tooltip)
    button.setAccessibleName(text)
    return button


def dialog_button(text: str, tooltip: str) -> QPushButton:
    """A button of a dialog that Enter does not press by itself."""
    button = QPushButton(text)
    button.setToolTip(tooltip)
    button.setAutoDefault(False)
    return button
