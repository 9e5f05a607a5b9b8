"""The strip over a review: by which rules, among which files, which groups; and what it comes to."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app import icons, review_words, theme
from app.choice_button import ChoiceButton
from app.controls import main_button, quiet_button
from app.elided_label import ElidedLabel
from app.review_groups import Show
from app.shortcuts import shortcut
from core.review.rules import RuleSet
from core.scope import Mode, Scope

_NARROW = 760
_LEAST_WIDTH = 400


class ReviewBar(QWidget):
    """Rules, scope, filter, totals, and the button that leads to the summary.

    Signals:
        rules_requested(): The keep rules are to be seen or changed.
        scope_chosen(object): The Scope that counts from now on.
        reference_requested(): A folder is to be chosen that all others are compared against.
        show_chosen(object): Which groups to Show.
        clean_up_requested(): What would be done is to be summed up.
        decisions_requested(): All decisions are to be listed.
        clean_ups_requested(): All clean-ups are to be listed.
        plan_requested(): A plan is to be taken up from a file.
    """

    rules_requested = Signal()
    scope_chosen = Signal(object)
    reference_requested = Signal()
    show_chosen = Signal(object)
    clean_up_requested = Signal()
    decisions_requested = Signal()
    clean_ups_requested = Signal()
    plan_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders: tuple[Path, ...] = ()
        self._scope = Scope()
        self.rules_button = quiet_button("rules", self.tr("Keep rules"), self.tr("By which rules a file is kept"))
        self.rules_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.rules_button.clicked.connect(self.rules_requested)
        self.scope_button = ChoiceButton("pictures", self.tr("Which files count as copies of each other"))
        other = self.scope_button.menu().addAction(self.tr("Against another folder …"))
        other.triggered.connect(self.reference_requested)
        self.scope_button.chosen.connect(self.scope_chosen)
        self.show_button = ChoiceButton("filter", self.tr("Which groups are shown"))
        self.show_button.offer(self._filters())
        self.show_button.chosen.connect(self.show_chosen)
        self.totals = ElidedLabel()
        self.totals.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.totals.setAccessibleName(self.tr("What would go"))
        self.clean_up_button = main_button(self.tr("Clean up …"), self.tr("See what would be done, before it is done"))
        self.clean_up_button.setToolTip(f"{self.clean_up_button.toolTip()} ({shortcut('clean_up').label})")
        self.clean_up_button.clicked.connect(self.clean_up_requested)
        self.more_button = self._more()
        self._offer_scopes()
        self._lay_out()

    def _more(self) -> QToolButton:
        button = quiet_button("more", self.tr("More"), self.tr("Decisions, clean-ups, plans"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.addAction(icons.icon("both"), self.tr("Decisions …"), self.decisions_requested.emit)
        menu.addAction(icons.icon("history"), self.tr("Clean-ups and undo …"), self.clean_ups_requested.emit)
        menu.addSeparator()
        menu.addAction(icons.icon("open-folder"), self.tr("Take up a plan from a file …"), self.plan_requested.emit)
        button.setMenu(menu)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.SPACE, theme.GAP, theme.SPACE)
        row.setSpacing(theme.GAP)
        for control in (self.rules_button, self.scope_button, self.show_button):
            row.addWidget(control)
        row.addWidget(self.totals, 1)
        row.addWidget(self.clean_up_button)
        row.addWidget(self.more_button)

    def _filters(self) -> list[tuple[str, Hashable]]:
        return [
            (self.tr("All groups"), Show.ALL),
            (self.tr("Something goes"), Show.GOING),
            (self.tr("Nothing goes yet"), Show.OPEN),
            (self.tr("Marked by me"), Show.MARKED),
            (self.tr("With new files"), Show.NEW),
            (self.tr("Decided"), Show.SETTLED),
        ]

    def _offer_scopes(self) -> None:
        scopes = [Scope(), Scope(Mode.OTHER_FOLDERS), Scope(Mode.SAME_FOLDER)]
        scopes += [Scope(Mode.AGAINST, (folder,)) for folder in self._folders]
        if self._scope not in scopes:
            scopes.append(self._scope)
        self.scope_button.offer([(review_words.scope(scope), scope) for scope in scopes])

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Offer these folders to compare against."""
        self._folders = tuple(folders)
        self._offer_scopes()

    def set_scope(self, scope: Scope) -> None:
        """Show which files count as copies of each other."""
        self._scope = scope
        self._offer_scopes()
        self.scope_button.choose(scope)

    def set_rules(self, rules: RuleSet, saved: dict[str, RuleSet]) -> None:
        """Name the rules."""
        self.rules_button.setText(review_words.rule_set(rules, saved))
        self.rules_button.setAccessibleDescription(self.rules_button.text())

    def set_totals(self, count: int, size: int) -> None:
        """Say how much goes."""
        self.totals.set_text(review_words.going(count, size))
        self.clean_up_button.setEnabled(count > 0)

    def minimumSizeHint(self) -> QSize:
        """Room for the icons and the main button."""
        return QSize(_LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the totals get it, and buttons at rest are icons."""
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW
        for button in (self.scope_button, self.show_button):
            button.set_narrow(narrow)
        style = Qt.ToolButtonStyle
        self.rules_button.setToolButtonStyle(style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon)
