"""Paints the cells of the groups table: pictures with their relation, tiles that fold, sums of groups."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app import icons, words
from app.chips import chip_height, paint_chip, paint_line, paint_relation
from app.groups_model import CELL_ROLE, Cell, Kind
from app.picture_painter import PicturePainter, mix, paint_ground
from app.theme import GAP, GROUP, RADIUS, SPACE, small
from app.thumbnails import ThumbnailService
from core.records import Member, Relation

_MARGIN = SPACE // 2
_PADDING = SPACE + SPACE // 2
_SHAPE = 0.82
_FRAME = 2
_ICON = 20


@dataclass(frozen=True, slots=True)
class CellLayout:
    """Where the parts of a cell are; computed once per size and font.

    Attributes:
        picture: The size of the picture's ground.
        height: The whole row.
        font: Body text.
        small: Chips and facts.
    """

    picture: QSize
    height: int
    font: QFont
    small: QFont

    @classmethod
    def of(cls, side: int, font: QFont) -> CellLayout:
        """The layout for a picture width in pixels and a body font."""
        facts = small(font)
        picture = QSize(side, round(side * _SHAPE))
        text = chip_height(facts) + SPACE + QFontMetrics(font).height() + 1 + QFontMetrics(facts).height()
        height = picture.height() + GAP + text + 2 * (_MARGIN + _PADDING) + GAP
        return cls(picture, height, QFont(font), facts)


class GroupsDelegate(QStyledItemDelegate):
    """Paints cells; asks for pictures of the members that it paints and of no others.

    Args:
        thumbnails: Where pictures come from.
        side: Width of a picture's ground.
        parent: The Qt owner.
    """

    def __init__(self, thumbnails: ThumbnailService, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = PicturePainter(thumbnails)
        self._layout = CellLayout.of(side, QFont())

    @property
    def layout(self) -> CellLayout:
        """The present layout."""
        return self._layout

    def set_layout(self, side: int, font: QFont) -> None:
        """Another size of the picture, or another font."""
        self._layout = CellLayout.of(side, font)

    def smallest_cell(self, side: int) -> int:
        """How wide a cell has to be for a picture of this width."""
        return side + 2 * (_MARGIN + _PADDING)

    def side_in(self, width: int) -> int:
        """How wide a picture may be in a cell of this width."""
        return width - 2 * (_MARGIN + _PADDING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        cell: Cell = index.data(CELL_ROLE)
        if cell is None:
            return
        palette = QPalette(option.palette)
        # Sums cannot be picked, yet they are no less to be read than the rest.
        palette.setCurrentColorGroup(QPalette.ColorGroup.Active)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The table has filled selected cells with the accent colour; only their inner part shall show it.
        painter.fillRect(option.rect, palette.color(QPalette.ColorRole.Base))
        if cell.last:
            self._paint_separator(painter, option)
        box = option.rect.adjusted(_MARGIN, _MARGIN + SPACE, -_MARGIN, -_MARGIN - SPACE)
        if cell.member is not None:
            self._paint_state(painter, box, option)
            self._paint_member(painter, box, cell, cell.member, palette)
        elif cell.kind in (Kind.MORE, Kind.FEWER):
            self._paint_state(painter, box, option)
            self._paint_tile(painter, box, index.data(), cell, palette)
        elif cell.kind is Kind.SUMMARY and cell.line == 0:
            self._paint_summary(painter, box, cell, palette)
        painter.restore()

    def _paint_separator(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        painter.fillRect(
            QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
            option.palette.color(QPalette.ColorRole.Mid),
        )

    def _paint_state(self, painter: QPainter, box: QRect, option: QStyleOptionViewItem) -> None:
        """The ground of a cell that is selected or under the pointer."""
        palette = option.palette
        base, accent = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Accent)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if not selected and not option.state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setBrush(mix(base, accent, 0.16) if selected else palette.color(QPalette.ColorRole.AlternateBase))
        painter.setPen(QPen(accent, 2) if selected else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _frame(self, box: QRect) -> QRect:
        size = self._layout.picture
        return QRect(box.left() + (box.width() - size.width()) // 2, box.top() + _PADDING, size.width(), size.height())

    def _paint_member(self, painter: QPainter, box: QRect, cell: Cell, member: Member, palette: QPalette) -> None:
        frame = self._frame(box)
        self._pictures.paint(painter, frame, member.record, palette)
        if cell.place == 0:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), _FRAME))
            painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        line = QRect(frame.left(), frame.bottom() + 1 + GAP, frame.width(), chip_height(self._layout.small))
        painter.setFont(self._layout.small)
        if cell.place == 0:
            paint_chip(painter, line, self.tr("best copy"), Relation.SAME_FILE, palette)
        else:
            paint_relation(painter, line, member.relation, member.evidence, palette)
        line.moveTop(line.bottom() + 1 + SPACE)
        self._paint_words(painter, line, member, palette)

    def _paint_words(self, painter: QPainter, line: QRect, member: Member, palette: QPalette) -> None:
        painter.setFont(self._layout.font)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        line.setHeight(painter.fontMetrics().height())
        paint_line(painter, line, member.record.path.name, Qt.TextElideMode.ElideMiddle)
        line.moveTop(line.bottom() + 2)
        painter.setFont(self._layout.small)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        paint_line(painter, line, words.facts(member.record))

    def _paint_tile(self, painter: QPainter, box: QRect, text: str, cell: Cell, palette: QPalette) -> None:
        """A quiet tile where a picture would be: "+12", or an arrow up with its words."""
        frame = self._frame(box)
        paint_ground(painter, frame, palette)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        font = QFont(self._layout.font)
        if cell.kind is Kind.MORE:
            font.setPointSizeF(font.pointSizeF() * 1.6)
            painter.setFont(font)
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text)
            return
        painter.setFont(font)
        icon = QRect(0, 0, _ICON, _ICON)
        icon.moveCenter(frame.center())
        icon.translate(0, -_ICON // 2)
        icons.paint(painter, "up", icon, palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(frame.translated(0, _ICON // 2 + SPACE), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_summary(self, painter: QPainter, box: QRect, cell: Cell, palette: QPalette) -> None:
        """What the group adds up to, at the right edge beside the pictures."""
        frame = self._frame(box)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        bold = QFont(self._layout.font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        height = painter.fontMetrics().height()
        line = QRect(box.left(), frame.center().y() - height, box.width() - GROUP, height)
        freed = cell.group.reclaimable
        role = QPalette.ColorRole.Text if freed else QPalette.ColorRole.PlaceholderText
        painter.setPen(palette.color(role))
        painter.drawText(line, right, words.to_free(freed))
        painter.setFont(self._layout.small)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        line.translate(0, height + SPACE)
        painter.drawText(line, right, words.pictures(len(cell.group.members)))
