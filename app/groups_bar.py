"""The strip over the groups: what was found, in which order and which of it is shown, and how large."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app import theme, words
from app.choice_button import NARROW, ChoiceButton
from app.elided_label import ElidedLabel
from app.groups_model import GroupsModel
from app.groups_order import SortBy
from app.size_slider import SizeSlider
from core.records import Relation

SMALLEST, LARGEST, USUAL = 80, 260, 140


class GroupsBar(QWidget):
    """Summary, order, filter and size of the groups.

    Signals:
        arranged(): Another order or filter is chosen.
        side_changed(int): The new side of pictures in pixels.
    """

    arranged = Signal()
    side_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary = ElidedLabel()
        self.sort_button = ChoiceButton("sort", self.tr("Order of the groups"))
        self.sort_button.offer(self._orders())
        self.filter_button = ChoiceButton("filter", self.tr("Which groups are shown"))
        self.offer_relations(())
        self.size_slider = SizeSlider(SMALLEST, LARGEST, USUAL)
        self.sort_button.chosen.connect(self.arranged)
        self.filter_button.chosen.connect(self.arranged)
        self.size_slider.changed.connect(self.side_changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GROUP, theme.SPACE, theme.GROUP, theme.SPACE)
        row.setSpacing(theme.GAP)
        row.addWidget(self._summary, 1)
        for control in (self.sort_button, self.filter_button, self.size_slider):
            row.addWidget(control)

    def _orders(self) -> list[tuple[str, Hashable]]:
        return [
            (self.tr("Most bytes first"), SortBy.BYTES),
            (self.tr("Most members first"), SortBy.MEMBERS),
            (self.tr("Closest relation first"), SortBy.RELATION),
            (self.tr("Weakest score first"), SortBy.WEAKEST),
        ]

    @property
    def sort(self) -> SortBy:
        """The order chosen."""
        return SortBy(str(self.sort_button.value))

    @property
    def relation(self) -> Relation | None:
        """The relation that a shown group has a member of, or None for all groups."""
        value = self.filter_button.value
        return value if isinstance(value, Relation) else None

    @property
    def summary(self) -> str:
        """What it says about the groups."""
        return self._summary.full_text

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the summary gets it, and buttons at rest are icons."""
        super().resizeEvent(event)
        for button in (self.sort_button, self.filter_button):
            button.set_narrow(event.size().width() < NARROW)

    def show_counts(self, model: GroupsModel) -> None:
        """Say what was found."""
        totals = model.totals
        text = words.copies_in_groups(totals.copies, totals.groups, totals.reclaimable, totals.alike)
        if model.shown != totals.groups:
            text += " · " + self.tr("{count} shown").format(count=words.groups(model.shown))
        self._summary.set_text(text)

    def offer_relations(self, relations: Iterable[Relation]) -> None:
        """Offer the relations that occur, and the one that is chosen."""
        present = {*relations, *([self.relation] if self.relation else [])}
        choices: list[tuple[str, Hashable]] = [(self.tr("All groups"), None)]
        for relation in Relation:
            if relation in present:
                name = words.relation(relation)
                choices.append((name[:1].upper() + name[1:], relation))
        self.filter_button.offer(choices)
