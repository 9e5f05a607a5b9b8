"""The keys of a review as buttons: what each does can be read, clicked and pressed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app import icons, theme

_LEAST = QSize(400, 40)


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    keys: tuple[str, ...]
    icon: str
    text: str
    tip: str
    often: bool = True


class ReviewKeys(QWidget):
    """A row of buttons under the pictures.

    Args:
        page: The widget in which the keys work.

    Signals:
        pressed(str): The name of a key: keep, remove, only, both, apart, alternate, duplicate, undo.
    """

    pressed = Signal(str)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.SPACE, theme.GAP, theme.SPACE)
        row.setSpacing(theme.SPACE)
        row.addStretch(1)
        self._all = self._keys()
        for key in self._all:
            self.buttons[key.name] = self._button(key)
            row.addWidget(self.buttons[key.name])
            for sequence in key.keys:
                keystroke = QShortcut(QKeySequence(sequence), page)
                keystroke.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                keystroke.activated.connect(lambda name=key.name: self.pressed.emit(name))
        row.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """Room for the icons: the words come where there is room for them too."""
        return _LEAST

    def _keys(self) -> tuple[_Key, ...]:
        return (
            _Key("keep", ("K",), "check", self.tr("Keep"), self.tr("Keep this file")),
            _Key("remove", ("X", "Del"), "remove", self.tr("Remove"), self.tr("Let this file go")),
            _Key(
                "only",
                ("O",),
                "picture",
                self.tr("Only this"),
                self.tr("Keep this file and let all others go"),
                often=False,
            ),
            _Key("both", ("B",), "both", self.tr("Keep both"), self.tr("Keep all of this group, and ask no more")),
            _Key(
                "apart",
                ("N",),
                "apart",
                self.tr("Not a duplicate"),
                self.tr("This file is no copy of the others; on the best copy, none of them is"),
            ),
            _Key(
                "alternate",
                ("A",),
                "pictures",
                self.tr("Other shot"),
                self.tr("Shots of one burst; ask no more"),
                often=False,
            ),
            _Key(
                "duplicate",
                ("D",),
                "duplicates",
                self.tr("Duplicate"),
                self.tr("This file is a copy of the best one"),
                often=False,
            ),
            _Key("undo", ("U", "Ctrl+Z"), "undo", self.tr("Undo"), self.tr("Take the last step back")),
        )

    def _button(self, key: _Key) -> QToolButton:
        button = QToolButton()
        button.setProperty("look", "quiet")
        button.setIcon(icons.icon(key.icon))
        button.setIconSize(QSize(theme.ICON - 2, theme.ICON - 2))
        button.setText(f"{key.text}  {key.keys[0]}")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(key.text)
        button.setToolTip(f"{key.tip} ({', '.join(key.keys)})")
        button.clicked.connect(lambda: self.pressed.emit(key.name))
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, rare keys or all of them have no words; their tooltips do."""
        super().resizeEvent(event)
        width = event.size().width()
        for worded in (self._all, [key for key in self._all if key.often], []):
            for key in self._all:
                self.buttons[key.name].setText(f"{key.text}  {key.keys[0]}" if key in worded else key.keys[0])
            needed = sum(button.sizeHint().width() + theme.SPACE for button in self.buttons.values())
            if needed + 2 * theme.GAP <= width:
                break
