"""The window's actions and its menu, made from the table of shortcuts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app import icons
from app.shortcuts import SHORTCUTS
from app.theme import Mode, Theme

_ICONS = {
    "add_folder": "folder-add",
    "rescan": "refresh",
    "remove_folder": "remove",
    "find": "search",
    "open_pictures": "open-folder",
    "paste": "paste",
    "search_part": "region",
    "history_back": "left",
    "history_forward": "right",
    "clear_queries": "close",
    "find_duplicates": "duplicates",
    "export": "export",
    "next_pair": "down",
    "previous_pair": "up",
    "back": "back",
    "page_search": "search",
    "page_duplicates": "duplicates",
    "page_review": "review",
    "page_compare": "compare",
    "clean_up": "review",
    "clean_ups": "history",
    "decisions": "both",
    "page_methods": "methods",
    "library_panel": "panel-left",
    "inspector_panel": "panel-right",
    "pause": "pause",
    "cancel": "close",
    "help": "keyboard",
}
_CHECKABLE = ("library_panel", "inspector_panel")


class Actions(QObject):
    """Every action of the window by its name in the table of shortcuts.

    Args:
        window: Takes the actions, so that their keys work in all of it.
        handlers: What each action does, by name; an action that is checkable is told its new state.

    Raises:
        KeyError: An action of the table has no handler.
    """

    def __init__(self, window: QWidget, handlers: Mapping[str, Callable[..., object]]) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        for entry in SHORTCUTS:
            if entry.name:
                action = self._make(entry.name, entry.text, handlers[entry.name])
                action.setShortcuts(entry.sequences())
                window.addAction(action)
                self._actions[entry.name] = action

    def _make(self, name: str, text: str, handler: Callable[..., object]) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        if name in _ICONS:
            action.setIcon(icons.icon(_ICONS[name]))
        if name in _CHECKABLE:
            action.setCheckable(True)
            action.toggled.connect(handler)
        else:
            action.triggered.connect(lambda: handler())
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def menu(self, parent: QWidget, theme: Theme, catalog: QMenu) -> QMenu:
        """The menu of the top bar."""
        menu = QMenu(parent)
        for section in (
            ("add_folder", "rescan", "remove_folder"),
            ("open_pictures", "paste", "search_part", "clear_queries"),
            ("find_duplicates", "export"),
            ("clean_up", "clean_ups", "decisions"),
            ("library_panel", "inspector_panel"),
        ):
            menu.addActions([self._actions[name] for name in section])
            menu.addSeparator()
        menu.addMenu(catalog)
        menu.addMenu(self._theme_menu(menu, theme))
        menu.addAction(self._actions["help"])
        menu.addSeparator()
        menu.addAction(self._actions["quit"])
        return menu

    def _theme_menu(self, parent: QMenu, theme: Theme) -> QMenu:
        menu = QMenu(self.tr("Theme"), parent)
        group = QActionGroup(menu)
        names = {
            Mode.SYSTEM: self.tr("As the system says"),
            Mode.LIGHT: self.tr("Light"),
            Mode.DARK: self.tr("Dark"),
        }
        for mode, text in names.items():
            action = group.addAction(text)
            action.setCheckable(True)
            action.setData(mode.value)
            menu.addAction(action)
        group.triggered.connect(lambda action: theme.set_mode(Mode(action.data())))

        def mark() -> None:
            for action in group.actions():
                action.setChecked(action.data() == theme.mode.value)

        menu.aboutToShow.connect(mark)
        return menu
