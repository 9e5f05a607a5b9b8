"""One match as a card: picture, score bar, relation, name and facts, always of the same size."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app import words
from app.chips import chip_height, paint_line, paint_relation, paint_score
from app.picture_painter import PicturePainter, mix
from app.results_model import MATCH_ROLE
from app.theme import GAP, RADIUS, SPACE, small
from app.thumbnails import ThumbnailService
from core.records import Match

_MARGIN = SPACE
_PADDING = GAP
_GAP = SPACE
_UNVERIFIED_OPACITY = 0.62
_ROOMY = 150


@dataclass(frozen=True, slots=True)
class CardLayout:
    """Where the parts of a card are; computed once per size and font.

    Attributes:
        side: Width and height of the picture's ground.
        size: The whole cell.
        font: Body text.
        small: Chips and facts.
    """

    side: int
    size: QSize
    font: QFont
    small: QFont

    @classmethod
    def of(cls, side: int, font: QFont) -> CardLayout:
        """The layout for a picture side in pixels and a body font."""
        facts = small(font)
        body, fine = QFontMetrics(font).height(), QFontMetrics(facts).height()
        height = side + _PADDING + fine + _GAP + chip_height(facts) + _GAP + body + 1 + fine
        return cls(side, QSize(side + 2 * _edge(), height + 2 * _edge()), QFont(font), facts)


def _edge() -> int:
    return _MARGIN + _PADDING


class CardDelegate(QStyledItemDelegate):
    """Paints matches; asks for pictures of the cards that it paints and of no others.

    Args:
        thumbnails: Where pictures come from.
        side: Width and height of the picture's ground.
        parent: The Qt owner.
    """

    def __init__(self, thumbnails: ThumbnailService, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = PicturePainter(thumbnails)
        self._layout = CardLayout.of(side, QFont())

    def side_in(self, width: int) -> int:
        """How large a picture may be in a cell of this width."""
        return width - 2 * _edge()

    def smallest_cell(self, side: int) -> int:
        """How wide a cell has to be for a picture of this side."""
        return side + 2 * _edge()

    @property
    def layout(self) -> CardLayout:
        """The present layout."""
        return self._layout

    def set_layout(self, side: int, font: QFont) -> None:
        """Another size of the picture, or another font."""
        self._layout = CardLayout.of(side, font)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for every card."""
        return self._layout.size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one card in the middle of its cell."""
        match: Match = index.data(MATCH_ROLE)
        if match is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell: QRect = option.rect
        left = cell.left() + (cell.width() - self._layout.size.width()) // 2
        card = QRect(left, cell.top(), self._layout.size.width(), self._layout.size.height())
        card = card.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        self._paint_state(painter, card, option)
        self._paint_parts(painter, card, match, option.palette)
        painter.restore()

    def _paint_state(self, painter: QPainter, card: QRect, option: QStyleOptionViewItem) -> None:
        """The ground of a card that is selected, current or under the pointer."""
        state, palette = option.state, option.palette
        base, accent = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Accent)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if not selected and not state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setBrush(mix(base, accent, 0.16) if selected else palette.color(QPalette.ColorRole.AlternateBase))
        painter.setPen(QPen(accent, 2) if selected else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _paint_parts(self, painter: QPainter, card: QRect, match: Match, palette: QPalette) -> None:
        inner = card.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        frame = QRect(inner.left(), inner.top(), self._layout.side, self._layout.side)
        painter.setOpacity(1.0 if match.verified else _UNVERIFIED_OPACITY)
        self._pictures.paint(painter, frame, match.record, palette)
        painter.setOpacity(1.0)
        line = QRect(inner.left(), frame.bottom() + 1 + _PADDING, inner.width(), 0)
        painter.setFont(self._layout.small)
        line.setHeight(painter.fontMetrics().height())
        paint_score(painter, line, match.score, palette)
        line.moveTop(line.bottom() + 1 + _GAP)
        line.setHeight(chip_height(self._layout.small))
        paint_relation(painter, line, match.relation, match.evidence, palette)
        line.moveTop(line.bottom() + 1 + _GAP)
        self._paint_words(painter, line, match, palette)

    def _paint_words(self, painter: QPainter, line: QRect, match: Match, palette: QPalette) -> None:
        ink = palette.color(QPalette.ColorRole.Text)
        painter.setFont(self._layout.font)
        painter.setPen(ink)
        line.setHeight(painter.fontMetrics().height())
        paint_line(painter, line, match.record.path.name, Qt.TextElideMode.ElideMiddle)
        line.moveTop(line.bottom() + 2)
        painter.setFont(self._layout.small)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        roomy = self._layout.side >= _ROOMY
        paint_line(painter, line, words.facts(match.record) if roomy else words.short_facts(match.record))
