"""The editor of the keep rules: an ordered list that is dragged into place, and what of it is saved."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import icons, review_words, theme
from app.controls import quiet_button
from app.ticks import TickBox
from core.records import Relation
from core.review.rules import PRESETS, Rule, RuleKind, RuleSet

_RULE_ROLE = Qt.ItemDataRole.UserRole


class RuleList(QListWidget):
    """Rules in their order; dragged, or moved with Alt and an arrow.

    Signals:
        edited(): The rules or their order are other ones.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setAlternatingRowColors(True)
        self.setAccessibleName(self.tr("Keep rules, the first counts most"))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.model().rowsMoved.connect(self._moved)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in order."""
        return tuple(Rule.parse(str(self.item(row).data(_RULE_ROLE))) for row in range(self.count()))

    def set_rules(self, rules: tuple[Rule, ...]) -> None:
        """Show these rules, without a signal."""
        self.clear()
        for rule in rules:
            self.addItem(self._item(rule))
        self._number()

    def _item(self, rule: Rule) -> QListWidgetItem:
        item = QListWidgetItem()
        item.setData(_RULE_ROLE, str(rule))
        item.setSizeHint(QSize(200, self.fontMetrics().height() + 12))
        return item

    def add(self, rule: Rule) -> None:
        """Add a rule at the end, if it is not there yet."""
        if rule not in self.rules:
            self.addItem(self._item(rule))
            self.setCurrentRow(self.count() - 1)
            self._changed()

    def remove_current(self) -> None:
        """Take the current rule out; the last one stays."""
        if self.count() > 1 and self.currentRow() >= 0:
            self.takeItem(self.currentRow())
            self._changed()

    def move_current(self, steps: int) -> None:
        """Move the current rule up or down."""
        row, to = self.currentRow(), self.currentRow() + steps
        if row >= 0 and 0 <= to < self.count():
            self.insertItem(to, self.takeItem(row))
            self.setCurrentRow(to)
            self._changed()

    def _changed(self) -> None:
        self._number()
        self.edited.emit()

    @Slot()
    def _moved(self) -> None:
        self._changed()

    def _number(self) -> None:
        for row, rule in enumerate(self.rules):
            self.item(row).setText(f"{row + 1}.  {review_words.rule(rule)}")
            self.item(row).setToolTip(review_words.rule(rule))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves a rule, Delete takes it out."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_current(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_current()
        else:
            super().keyPressEvent(event)


class ReviewRulesDialog(QDialog):
    """Stays beside the pictures; what is changed counts at once.

    Signals:
        rules_changed(object): The RuleSet that counts from now on.
        folder_wanted(): A folder is to be chosen for a rule.
        save_requested(str): The rules are to be saved under a name.
        forget_requested(str): Saved rules are to be forgotten.
    """

    rules_changed = Signal(object)
    folder_wanted = Signal()
    save_requested = Signal(str)
    forget_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keep rules"))
        self.setModal(False)
        self._saved: dict[str, RuleSet] = {}
        self.presets = QComboBox()
        self.presets.setAccessibleName(self.tr("Rules to begin with"))
        self.presets.setToolTip(self.tr("Rules that are ready, and those you saved"))
        self.presets.activated.connect(self._take_preset)
        self.list = RuleList()
        self.list.edited.connect(self._tell)
        self.totals = QLabel()
        theme.set_property(self.totals, "tone", "quiet")
        self.edited = self._also(Relation.EDITED, self.tr("Also remove edited pictures"))
        self.crop = self._also(Relation.CROP, self.tr("Also remove crops"))
        self._make_buttons()
        self._lay_out()
        self._offer()
        self.resize(420, 520)

    def _also(self, relation: Relation, text: str) -> TickBox:
        box = TickBox(text)
        box.setToolTip(self.tr("They show something of their own, so they stay unless you say otherwise"))
        box.setProperty("relation", str(relation))
        box.toggled.connect(self._tell)
        return box

    def _make_buttons(self) -> None:
        self.add_button = _button("add", self.tr("Add a rule"))
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.add_button)
        for kind in RuleKind:
            dots = " …" if kind.takes_value else ""
            menu.addAction(review_words.rule_kind(kind) + dots, partial(self._add, kind))
        self.add_button.setMenu(menu)
        self.remove_button = _button("remove", self.tr("Take the rule out (Del)"))
        self.remove_button.clicked.connect(self.list.remove_current)
        self.up_button = _button("up", self.tr("Counts more (Alt+Up)"))
        self.up_button.clicked.connect(lambda: self.list.move_current(-1))
        self.down_button = _button("down", self.tr("Counts less (Alt+Down)"))
        self.down_button.clicked.connect(lambda: self.list.move_current(1))
        self.save_button = _button("save", self.tr("Save these rules under a name …"))
        self.save_button.clicked.connect(self._save)
        self.forget_button = _button("close", self.tr("Forget the saved rules"))
        self.forget_button.clicked.connect(lambda: self.forget_requested.emit(str(self.presets.currentData())))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE)
        top.addWidget(self.presets, 1)
        top.addWidget(self.save_button)
        top.addWidget(self.forget_button)
        tools = QHBoxLayout()
        tools.setSpacing(theme.SPACE)
        for button in (self.add_button, self.remove_button, self.up_button, self.down_button):
            tools.addWidget(button)
        tools.addStretch(1)
        hint = QLabel(self.tr("The first rule that tells two files apart decides. Drag the rules into place."))
        hint.setWordWrap(True)
        theme.set_property(hint, "tone", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GROUP)
        column.setSpacing(theme.GAP)
        column.addLayout(top)
        column.addWidget(hint)
        column.addWidget(self.list, 1)
        column.addLayout(tools)
        for box in (self.edited, self.crop, self.totals):
            column.addWidget(box)

    # ------------------------------------------------------------------ what it is told

    @property
    def rule_set(self) -> RuleSet:
        """The rules as they stand."""
        also = frozenset(
            relation
            for relation, box in ((Relation.EDITED, self.edited), (Relation.CROP, self.crop))
            if box.isChecked()
        )
        return RuleSet(self.list.rules, also)

    def set_rules(self, rules: RuleSet) -> None:
        """Show these rules."""
        if rules == self.rule_set:
            return
        for box, relation in ((self.edited, Relation.EDITED), (self.crop, Relation.CROP)):
            box.blockSignals(True)
            box.setChecked(relation in rules.also)
            box.blockSignals(False)
        self.list.set_rules(rules.rules)
        self._name()

    def set_saved(self, saved: dict[str, RuleSet]) -> None:
        """Offer these besides those that are always there."""
        self._saved = dict(saved)
        self._offer()
        self._name()

    def set_totals(self, text: str) -> None:
        """What the rules come to."""
        self.totals.setText(text)

    def add_folder(self, folder: str) -> None:
        """Prefer files in this folder, above all else."""
        self.list.add(Rule(RuleKind.FOLDER, folder))
        while self.list.currentRow() > 0:
            self.list.move_current(-1)

    def present(self) -> None:
        """Open, or come to the front."""
        self.show()
        self.raise_()
        self.activateWindow()

    # ------------------------------------------------------------------ what the person does

    def _offer(self) -> None:
        self.presets.clear()
        for name in PRESETS:
            self.presets.addItem(review_words.preset(name), name)
        if self._saved:
            self.presets.insertSeparator(self.presets.count())
        for name in self._saved:
            self.presets.addItem(name, name)
        self.presets.setPlaceholderText(self.tr("Own rules"))

    def _name(self) -> None:
        """The preset that these rules are, if they are one."""
        known = {**PRESETS, **self._saved}
        rules = self.list.rules
        name = next((name for name, known_rules in known.items() if known_rules.rules == rules), None)
        self.presets.setCurrentIndex(-1 if name is None else self.presets.findData(name))
        self.forget_button.setEnabled(name in self._saved)

    @Slot()
    def _take_preset(self) -> None:
        known = {**PRESETS, **self._saved}
        chosen = known.get(str(self.presets.currentData()))
        if chosen is not None:
            self.set_rules(chosen)
            self._tell()

    def _add(self, kind: RuleKind) -> None:
        if kind is RuleKind.FOLDER:
            self.folder_wanted.emit()
        elif kind is RuleKind.PATTERN:
            self._ask_pattern()
        else:
            self.list.add(Rule(kind))

    def _ask_pattern(self) -> None:
        asked = QInputDialog(self)
        asked.setWindowTitle(self.tr("Paths that match"))
        asked.setLabelText(self.tr("Files whose whole path matches are kept first, for example */Originals/*"))
        asked.setTextValue("*/Originals/*")
        asked.textValueSelected.connect(self._add_pattern)
        asked.finished.connect(asked.deleteLater)
        asked.open()

    @Slot(str)
    def _add_pattern(self, text: str) -> None:
        if text.strip():
            self.list.add(Rule(RuleKind.PATTERN, text.strip()))

    @Slot()
    def _save(self) -> None:
        asked = QInputDialog(self)
        asked.setWindowTitle(self.tr("Save keep rules"))
        asked.setLabelText(self.tr("Name"))
        asked.textValueSelected.connect(self.save_requested)
        asked.finished.connect(asked.deleteLater)
        asked.open()

    @Slot()
    def _tell(self) -> None:
        self._name()
        self.rules_changed.emit(self.rule_set)


def _button(icon: str, text: str) -> QToolButton:
    button = quiet_button(icon, text)
    button.setIcon(icons.icon(icon))
    return button
