"""The list of methods to tick: by family, with what each is, and what to do where one cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app import icons, words
from app.leaderboard_session import methods_in_words
from app.methods_controls import labelled_button
from app.methods_form import hint
from app.methods_ticks import TickDelegate
from app.theme import GAP, SPACE, set_property

if TYPE_CHECKING:
    from core.retrieval.offers import Offer

_OFFER = Qt.ItemDataRole.UserRole + 1
_FIRST = ("gray-histogram", "hsv-histogram", "perceptual-hash", "pdq", "vlad", "twinsight-copy")
"""What is ticked before anybody chose."""
_HEIGHT = 200


class MethodsList(QWidget):
    """A tree of methods with boxes to tick, a field that narrows it, and one for methods put together by hand.

    Signals:
        changed(): Other methods are ticked.
        typed(str): A person typed a specification.
        weights_requested(): A file of weights is to be imported.
        hub_requested(str): What would have to be fetched for this method is to be found out.
        fetch_agreed(str): The weights of this method may be fetched over the network.
    """

    changed = Signal()
    typed = Signal(str)
    weights_requested = Signal()
    hub_requested = Signal(str)
    fetch_agreed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, QStandardItem] = {}
        self._asked = ""
        self._model = QStandardItemModel(self)
        self._model.itemChanged.connect(self.changed)
        self._make()
        self._lay_out()
        self._connect()

    def _make(self) -> None:
        self.filter = QLineEdit(placeholderText=self.tr("Find a method"))
        self.filter.setAccessibleName(self.tr("Find a method"))
        self.filter.setToolTip(self.tr("Show only methods with these words in their name or title"))
        self.own = QLineEdit(placeholderText=self.tr("Your own, as vlad+whiten or pdq~vlad"))
        self.own.setAccessibleName(self.tr("A method put together by hand"))
        self.own.setToolTip(
            self.tr("METHOD[:DISTANCE][+STEP[@N]], with ~ between methods to fuse them; Return adds it to the list")
        )
        for field in (self.filter, self.own):
            field.setClearButtonEnabled(True)
            set_property(field, "look", "field")
        self.tree = QTreeView(headerHidden=True, uniformRowHeights=True)
        self.tree.setModel(self._model)
        self.tree.setItemDelegate(TickDelegate(self.tree))
        self.tree.setFrameShape(QTreeView.Shape.NoFrame)
        self.tree.setIndentation(12)
        self.tree.setStyleSheet("QTreeView::item { padding: 2px 0; }")
        self.tree.setMinimumHeight(_HEIGHT)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.tree.setAccessibleName(self.tr("Methods"))
        self.tree.setToolTip(self.tr("Tick the methods to rank"))
        self.count = QLabel()
        self.all_button = labelled_button("check", self.tr("All"), self.tr("Tick every method that can be used"))
        self.none_button = labelled_button("close", self.tr("None"), self.tr("Tick nothing"))
        self.about = hint()
        self.weights_button = labelled_button(
            "add", self.tr("Import …"), self.tr("Choose the file of weights that this method is missing")
        )
        self.fetch_button = labelled_button("down", "", "")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.count, 1)
        row.addWidget(self.all_button)
        row.addWidget(self.none_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self.filter)
        column.addWidget(self.tree, 1)
        column.addWidget(self.own)
        column.addWidget(self.about)
        helping = QHBoxLayout()
        helping.setSpacing(SPACE)
        helping.addWidget(self.weights_button)
        helping.addWidget(self.fetch_button)
        helping.addStretch(1)
        column.addLayout(helping)
        column.addSpacing(GAP)
        self._offer_help(False)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._narrow)
        self.own.returnPressed.connect(lambda: self.typed.emit(self.own.text().strip()))
        self.all_button.clicked.connect(lambda: self._tick_all(True))
        self.none_button.clicked.connect(lambda: self._tick_all(False))
        self.tree.selectionModel().currentChanged.connect(self._explain)
        self.weights_button.clicked.connect(self.weights_requested)
        self.fetch_button.clicked.connect(self._fetch)
        self.changed.connect(self._count)

    # ------------------------------------------------------------------ what is offered

    @property
    def ticked(self) -> tuple[str, ...]:
        """Specifications of the ticked methods, in the order of the list."""
        return tuple(name for name, item in self._known.items() if item.checkState() is Qt.CheckState.Checked)

    @Slot(list)
    def set_offers(self, offers: Sequence[Offer]) -> None:
        """Show the methods there are; what was ticked stays ticked."""
        ticked = self.ticked if self._known else _FIRST
        own = [item for item in self._known.values() if item.data(_OFFER) is None]
        added = [(item.text(), item.accessibleText()) for item in own]
        self._model.blockSignals(True)
        self._model.clear()
        self._known = {}
        for title, chosen in self._shelves(offers):
            shelf = self._shelf(title)
            for offer in chosen:
                shelf.appendRow(self._item(offer, offer.specification in ticked))
        self._model.blockSignals(False)
        self._model.layoutChanged.emit()
        for name, title in added:
            self.add(name, title, name in ticked)
        self.tree.expandToDepth(0)
        self._fold()
        self.changed.emit()

    def _shelves(self, offers: Sequence[Offer]) -> Iterator[tuple[str, list[Offer]]]:
        families = {
            "colour": self.tr("Colour"),
            "hash": self.tr("Perceptual hashes"),
            "keypoints": self.tr("Keypoints and aggregates"),
            "deep": self.tr("Networks"),
        }
        methods = [offer for offer in offers if offer.group == "methods"]
        for family in dict.fromkeys((*families, *(offer.family for offer in methods))):
            chosen = [offer for offer in methods if offer.family == family]
            if chosen:
                yield families.get(family, family.capitalize()), chosen
        groups = {
            "recipes": self.tr("Recipes"),
            "fusion": self.tr("Fusion"),
            "distances": self.tr("Other distances"),
            "steps": self.tr("Steps after a method"),
        }
        for group, title in groups.items():
            chosen = [offer for offer in offers if offer.group == group]
            if chosen:
                yield title, chosen

    def _shelf(self, title: str) -> QStandardItem:
        item = QStandardItem(title)
        item.setSelectable(False)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        self._model.appendRow(item)
        return item

    def _item(self, offer: Offer, ticked: bool) -> QStandardItem:
        item = QStandardItem(offer.title)
        item.setData(offer, _OFFER)
        item.setData(offer.specification, Qt.ItemDataRole.UserRole)
        usable = not offer.problem
        item.setCheckable(usable)
        if usable:
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        else:
            item.setIcon(icons.icon("warning", QPalette.ColorRole.PlaceholderText))
            item.setForeground(self.palette().color(QPalette.ColorRole.PlaceholderText))
        item.setToolTip(words.tooltip((offer.title, offer.specification, offer.source, offer.problem)))
        self._known[offer.specification] = item
        return item

    @Slot(str, str)
    def add(self, name: str, title: str, ticked: bool = True) -> None:
        """Offer a method that was put together by hand."""
        if name not in self._known:
            last = self._model.item(self._model.rowCount() - 1) if self._model.rowCount() else None
            mine = self.tr("Your own")
            shelf = last if last is not None and last.text() == mine else self._shelf(mine)
            item = QStandardItem(name)
            item.setData(name, Qt.ItemDataRole.UserRole)
            item.setCheckable(True)
            item.setAccessibleText(title)
            item.setToolTip(words.tooltip((title, name)))
            shelf.appendRow(item)
            self._known[name] = item
            self.tree.setExpanded(shelf.index(), True)
        self._known[name].setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.own.clear()
        self.tree.scrollTo(self._known[name].index())
        self.tree.setCurrentIndex(self._known[name].index())

    @Slot(str)
    def refuse(self, reason: str) -> None:
        """Say why what was typed is no method."""
        set_property(self.about, "tone", "danger")
        self.about.setText(reason)
        self._offer_help(False)

    @Slot(str, str)
    def ask(self, method: str, words: str) -> None:
        """Say what would be fetched; the same button agrees."""
        if method != self._current():
            return
        self._asked = method
        set_property(self.about, "tone", "quiet")
        self.about.setText(words)
        self._offer_help(True)

    # ------------------------------------------------------------------ what happens

    def _fold(self) -> None:
        """The long shelves at the end are opened by whoever wants them."""
        for row in range(self._model.rowCount()):
            shelf = self._model.item(row)
            if shelf.text() in (self.tr("Other distances"), self.tr("Steps after a method")):
                self.tree.setExpanded(shelf.index(), False)

    @Slot(str)
    def _narrow(self, text: str) -> None:
        wanted = text.casefold().split()
        for row in range(self._model.rowCount()):
            shelf = self._model.item(row)
            shown = 0
            for place in range(shelf.rowCount()):
                item = shelf.child(place)
                told = f"{item.text()} {item.data(Qt.ItemDataRole.UserRole)}".casefold()
                fits = all(word in told for word in wanted)
                self.tree.setRowHidden(place, shelf.index(), not fits)
                shown += fits
            self.tree.setRowHidden(row, QModelIndex(), not shown)
            if wanted and shown:
                self.tree.setExpanded(shelf.index(), True)

    def _tick_all(self, ticked: bool) -> None:
        self._model.blockSignals(True)
        for item in self._known.values():
            if item.isCheckable() and not (ticked and self.tree.isRowHidden(item.row(), item.parent().index())):
                item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self._model.blockSignals(False)
        self.tree.viewport().update()
        self.changed.emit()

    @Slot()
    def _count(self) -> None:
        usable = sum(item.isCheckable() for item in self._known.values())
        self.count.setText(
            self.tr("{ticked} of {all}").format(ticked=words.number(len(self.ticked)), all=methods_in_words(usable))
        )

    def _current(self) -> str:
        return str(self.tree.currentIndex().data(Qt.ItemDataRole.UserRole) or "")

    @Slot()
    def _fetch(self) -> None:
        method, asked = self._current(), self._asked
        self._asked = ""
        if method == asked:
            self.fetch_agreed.emit(method)
        else:
            self.hub_requested.emit(method)

    def _offer_help(self, needed: bool) -> None:
        """The ways to missing weights; the network only after a second press."""
        agreeing = bool(self._asked)
        text = self.tr("Fetch them now") if agreeing else self.tr("Fetch …")
        tip = (
            self.tr("Use the network for this once")
            if agreeing
            else self.tr("See what would be fetched over the network; nothing is fetched yet")
        )
        self.fetch_button.setText(text)
        self.fetch_button.setAccessibleName(text)
        self.fetch_button.setToolTip(tip)
        self.weights_button.setVisible(needed)
        self.fetch_button.setVisible(needed)

    @Slot(QModelIndex)
    def _explain(self, index: QModelIndex) -> None:
        self._asked = ""
        offer: Offer | None = index.data(_OFFER)
        problem = offer.problem if offer is not None else ""
        set_property(self.about, "tone", "quiet")
        self._offer_help(bool(problem))
        if offer is None:
            self.about.setText(str(index.data(Qt.ItemDataRole.AccessibleTextRole) or ""))
        elif problem:
            self.about.setText(f"{offer.title}: {problem}")
        else:
            size = "" if offer.bytes_per_picture is None else f" {words.size(offer.bytes_per_picture)} each."
            self.about.setText(f"{offer.specification}. {offer.source}.{size}")
