"""How the sections of the Methods page that fill a table are laid out: choices on the left, results beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.theme import GAP, GROUP, SPACE, set_property


def lay_out_section(
    section: QWidget,
    form: QWidget,
    empty: QWidget,
    summary: QWidget,
    buttons: Sequence[QWidget],
    parts: Sequence[QWidget],
) -> QStackedWidget:
    """Lay a section out.

    Args:
        section: Gets the layout.
        form: What is chosen, on the left.
        empty: What stands beside it while there are no results.
        summary: The results in a line, above them.
        buttons: What can be done with results, beside that line.
        parts: The table and its plots, one above the other.

    Returns:
        What shows ``empty`` (0) or the results (1).
    """
    row = QHBoxLayout()
    row.setContentsMargins(GROUP, GAP, GROUP, GAP)
    row.setSpacing(SPACE)
    row.addWidget(summary, 1)
    for button in buttons:
        row.addWidget(button)
    splitter = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
    for number, part in enumerate(parts):
        splitter.addWidget(part)
        splitter.setStretchFactor(number, 1)
    full = QWidget()
    column = QVBoxLayout(full)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(row)
    column.addWidget(splitter, 1)
    stack = QStackedWidget()
    stack.addWidget(empty)
    stack.addWidget(full)
    set_property(stack, "ground", "base")
    whole = QHBoxLayout(section)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(0)
    whole.addWidget(form)
    whole.addWidget(stack, 1)
    return stack
