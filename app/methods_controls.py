"""Buttons of the Methods page that say in words what they do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from app.controls import quiet_button


def labelled_button(icon: str, text: str, tooltip: str) -> QToolButton:
    """A quiet button with its words beside its icon."""
    button = quiet_button(icon, text, tooltip)
    button.setText(text)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
