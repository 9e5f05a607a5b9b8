"""The top bar: pages, the query box, the theme, the panels and the menu."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QToolButton, QWidget

from app import icons
from app.controls import quiet_button
from app.query_box import QueryBox
from app.shortcuts import shortcut
from app.theme import GAP, ICON, SPACE

_HEIGHT = 48
_BOX_WIDTH = 440

_ROOMY = 1100

PAGES = ("search", "duplicates", "review", "compare", "methods")
"""Names of the pages, in their order; each has an icon and an action "page_<name>" of the same name."""


class TopBar(QWidget):
    """Goes everywhere from everywhere.

    Signals:
        page_chosen(str): The name of a page.
    """

    page_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "top")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self._group = QButtonGroup(self)
        said = {
            "search": (self.tr("Search"), self.tr("Find the copies of a picture")),
            "duplicates": (self.tr("Duplicates"), self.tr("Find all copies in the library")),
            "review": (self.tr("Review"), self.tr("Choose what goes, and clean up")),
            "compare": (self.tr("Compare"), self.tr("Two pictures side by side, with the proof")),
            "methods": (self.tr("Methods"), self.tr("Rank methods on your pictures, and train new ones")),
        }
        self.pages = {name: self._page_button(name, *said[name]) for name in PAGES}
        self.box = QueryBox()
        self.box.setMaximumWidth(_BOX_WIDTH)
        self.library_button = quiet_button("panel-left", self.tr("Library panel"))
        self.inspector_button = quiet_button("panel-right", self.tr("Inspector"))
        self.theme_button = quiet_button("moon", self.tr("Light or dark"))
        self.menu_button = quiet_button("menu", self.tr("Menu"), self.tr("More (Alt+M)"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setShortcut("Alt+M")
        self._lay_out()

    def _page_button(self, name: str, title: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("look", "page")
        button.setText(title)
        button.setIcon(icons.icon(name))
        button.setIconSize(QSize(ICON, ICON))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolTip(f"{tip} ({shortcut(f'page_{name}').label})")
        button.setAccessibleName(title)
        button.clicked.connect(lambda: self.page_chosen.emit(name))
        self._group.addButton(button)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP, 0, GAP, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.library_button)
        row.addSpacing(GAP)
        for button in self.pages.values():
            row.addWidget(button)
        row.addSpacing(GAP)
        row.addStretch(1)
        row.addWidget(self.box, 3)
        row.addStretch(1)
        row.addSpacing(GAP)
        for button in (self.theme_button, self.inspector_button, self.menu_button):
            row.addWidget(button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, only the page that is open has its name on its button."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        style = Qt.ToolButtonStyle
        for button in self.pages.values():
            named = self.width() >= _ROOMY or button.isChecked()
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if named else style.ToolButtonIconOnly)

    def show_page(self, name: str) -> None:
        """Mark the page that is open."""
        self.pages[name].setChecked(True)
        self._fit()

    def set_actions(self, library: QAction, inspector: QAction, theme: QAction, menu: QMenu) -> None:
        """Let the buttons do what the menu does."""
        for button, action in (
            (self.library_button, library),
            (self.inspector_button, inspector),
            (self.theme_button, theme),
        ):
            button.clicked.connect(action.trigger)
            keys = action.shortcut().toString()
            button.setToolTip(f"{button.accessibleName()} ({keys})" if keys else button.accessibleName())
        self.menu_button.setMenu(menu)

    def show_dark(self, dark: bool) -> None:
        """The theme button shows what it leads to."""
        self.theme_button.setIcon(icons.icon("sun" if dark else "moon"))
