"""The strip over the results: how many there are, which of them are shown, and how large."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget, QWidgetAction

from app import facets, theme, words
from app.choice_button import NARROW, ChoiceButton
from app.elided_label import ElidedLabel
from app.facet_menu import FacetMenu
from app.match_filter import ANY, MatchFilter
from app.results_model import ResultsModel
from app.size_slider import SizeSlider
from core.records import Match, Relation

SMALLEST, LARGEST, USUAL = 100, 320, 180
_PERCENT = 100
_COPIES = frozenset(relation for relation in Relation if relation.is_copy)
_ORDER: tuple[Relation | None, ...] = (*Relation, None)


class ResultsBar(QWidget):
    """Filter and size of the results.

    Signals:
        filter_changed(object): The new MatchFilter.
        side_changed(int): The new side of pictures in pixels.
    """

    filter_changed = Signal(object)
    side_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary = ElidedLabel()
        self._filter = FilterButton()
        self._filter.changed.connect(lambda: self.filter_changed.emit(self.filter))
        self.size_slider = SizeSlider(SMALLEST, LARGEST, USUAL)
        self.size_slider.changed.connect(self.side_changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GROUP, theme.SPACE, theme.GROUP, theme.SPACE)
        row.setSpacing(theme.GAP)
        row.addWidget(self._summary, 1)
        row.addWidget(self._filter)
        row.addWidget(self.size_slider)

    @property
    def filter(self) -> MatchFilter:
        """What is chosen."""
        return self._filter.filter

    @property
    def filter_button(self) -> FilterButton:
        """Where the filter is chosen."""
        return self._filter

    @property
    def summary(self) -> str:
        """What it says about the results."""
        return self._summary.full_text

    def show_all(self) -> None:
        """Take the filter off."""
        self._filter.reset()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the summary gets it, and a button at rest is an icon."""
        super().resizeEvent(event)
        self._filter.set_narrow(event.size().width() < NARROW)

    def show_counts(self, model: ResultsModel, running: bool) -> None:
        """Say how many matches there are, and offer the relations that occur."""
        self._filter.offer_relations(model.relations)
        if not running:
            self._filter.offer_facets(model.matches())
        total, shown = model.total, model.rowCount()
        parts = [words.matches(total)]
        if 0 < model.verified < total:
            parts.append(self.tr("{count} verified").format(count=words.number(model.verified)))
        if shown != total:
            parts.append(self.tr("{count} shown").format(count=words.number(shown)))
        if running:
            parts.append(self.tr("searching"))
        self._summary.set_text(" · ".join(parts))


class FilterButton(ChoiceButton):
    """Chooses relations, a lowest score, and what the files have to be.

    Signals:
        changed(): Another filter is chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("filter", "", parent)
        self.setToolTip(self.tr("Which matches are shown"))
        self.setAccessibleName(self.tr("Which matches are shown"))
        self._score = QSlider(Qt.Orientation.Horizontal)
        self._score_text = QLabel()
        self._add_score()
        self._add_facets()
        self._choices: list[tuple[str, Hashable]] = [
            (self.tr("All matches"), None),
            (self.tr("Copies only"), _COPIES),
        ]
        self.offer(self._choices)
        self._score_changed()
        self.chosen.connect(self.changed)
        self._score.valueChanged.connect(self._score_changed)

    def _add_score(self) -> None:
        self._score.setRange(0, _PERCENT)
        self._score.setPageStep(5)
        self._score.setAccessibleName(self.tr("Lowest score shown"))
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(theme.GROUP, theme.GAP, theme.GROUP, theme.GAP)
        column.setSpacing(theme.SPACE)
        column.addWidget(self._score_text)
        column.addWidget(self._score)
        action = QWidgetAction(self)
        action.setDefaultWidget(panel)
        self.menu().addAction(self.menu().addSeparator())
        self.menu().addAction(action)

    def _add_facets(self) -> None:
        self.folder = FacetMenu(self.tr("Folder"), self.tr("Any folder"), parent=self)
        self.kind = FacetMenu(self.tr("Kind of file"), self.tr("Any kind"), parent=self)
        self.size_band = FacetMenu(self.tr("Size of file"), self.tr("Any size"), ANY, self)
        self.date = FacetMenu(self.tr("Date"), self.tr("Any date"), ANY, self)
        self.size_band.offer(facets.sizes())
        self.date.offer(facets.dates())
        for menu in self._facets():
            self.menu().addMenu(menu)
            menu.changed.connect(self._facet_changed)

    def _facets(self) -> tuple[FacetMenu, ...]:
        return self.folder, self.kind, self.size_band, self.date

    def offer_facets(self, matches: list[Match]) -> None:
        """Offer the folders and kinds that occur."""
        self.folder.offer(facets.folders(matches))
        self.kind.offer(facets.kinds(matches))

    @property
    def filter(self) -> MatchFilter:
        """What is chosen."""
        return MatchFilter(
            self.value if isinstance(self.value, frozenset) else None,
            self._score.value() / _PERCENT,
            self.folder.value if isinstance(self.folder.value, Path) else None,
            self.kind.value if isinstance(self.kind.value, str) else None,
            self.size_band.value if isinstance(self.size_band.value, tuple) else ANY,
            self.date.value if isinstance(self.date.value, tuple) else ANY,
        )

    @property
    def score_slider(self) -> QSlider:
        """The lowest score in hundredths."""
        return self._score

    def offer_relations(self, present: set[Relation | None]) -> None:
        """Offer the relations that occur beside what is always offered; an offer once made stays."""
        known = {value for _, value in self._choices}
        if all(frozenset({relation}) in known for relation in present):
            return
        names = [(relation, frozenset({relation})) for relation in _ORDER]
        offered = [
            (_capital(words.relation(relation)), value)
            for relation, value in names
            if relation in present or value in known
        ]
        self._choices = [*self._choices[:2], *offered]
        self.offer(self._choices)

    def reset(self) -> None:
        """Show everything again."""
        self._score.setValue(0)
        for menu in self._facets():
            menu.reset()
        self.choose(None)

    def at_rest(self) -> bool:
        """Whether nothing is hidden."""
        return super().at_rest() and not self._score.value() and all(menu.at_rest for menu in self._facets())

    def caption(self, chosen: str) -> str:
        """The relation and, where they are set, the lowest score and how much else is chosen."""
        score = self._score.value() / _PERCENT
        if score:
            chosen = self.tr("{relations}, from {score}").format(relations=chosen, score=words.score(score))
        more = sum(not menu.at_rest for menu in self._facets())
        return f"{chosen} +{words.number(more)}" if more else chosen

    @Slot()
    def _facet_changed(self) -> None:
        said = [menu.text for menu in self._facets() if menu.text]
        plain = self.tr("Which matches are shown")
        self.setToolTip("\n".join([plain, *said]))
        self._show()
        self.changed.emit()

    @Slot()
    def _score_changed(self) -> None:
        score = self._score.value() / _PERCENT
        text = self.tr("Score from {score}").format(score=words.score(score)) if score else self.tr("Any score")
        self._score_text.setText(text)
        self._show()
        self.changed.emit()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
