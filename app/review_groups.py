"""The column of groups under review: which there are, how each stands, and which of them are shown."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app import icons, review_words, words
from app.chips import paint_line
from app.picture_painter import PicturePainter, mix
from app.review_work import ReviewWork, Standing
from app.theme import GAP, RADIUS, SPACE, small
from app.thumbnails import ThumbnailService, key_of

STANDING_ROLE = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_SIDE = 56
_ICON = 16


class Show(StrEnum):
    """Which groups are shown."""

    ALL = "all"
    GOING = "going"
    OPEN = "open"
    MARKED = "marked"
    NEW = "new"
    SETTLED = "settled"

    def passes(self, standing: Standing) -> bool:
        """Whether a group is shown."""
        match self:
            case Show.ALL:
                return True
            case Show.GOING:
                return bool(standing.going)
            case Show.OPEN:
                return not standing.settled and not standing.going
            case Show.MARKED:
                return standing.marked
            case Show.NEW:
                return standing.new
            case Show.SETTLED:
                return standing.settled


class ReviewGroupsModel(QAbstractListModel):
    """The groups as rows; it holds ids, and asks the work how each stands."""

    def __init__(self, work: ReviewWork, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._show = Show.ALL

    @property
    def show(self) -> Show:
        """Which groups are shown."""
        return self._show

    def set_show(self, show: Show) -> None:
        """Show other groups."""
        self._show = show
        self.reset()

    def reset(self) -> None:
        """Take the groups of the work anew."""
        self.beginResetModel()
        standings = self._work.standings
        self._ids = [identifier for identifier in self._work.ids if self._show.passes(standings[identifier])]
        self._rows = {identifier: row for row, identifier in enumerate(self._ids)}
        self.endResetModel()

    def refresh(self, changed: list[str]) -> None:
        """Some groups stand otherwise; those on show stay where they are, whatever the filter says now."""
        rows = [self._rows[identifier] for identifier in changed if identifier in self._rows]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))

    def identifier(self, row: int) -> str | None:
        """The group of a row."""
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, identifier: str) -> int | None:
        """The row of a group, or None where it is not shown."""
        return self._rows.get(identifier)

    def standing(self, row: int) -> Standing | None:
        """How the group of a row stands."""
        identifier = self.identifier(row)
        return None if identifier is None else self._work.standings.get(identifier)

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """One row a group."""
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a row says."""
        standing = self.standing(index.row())
        if standing is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return standing.members[0].record.path.name
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                lines = [str(standing.members[0].record.path), *state(standing)]
                return words.tooltip(lines) if role == Qt.ItemDataRole.ToolTipRole else ", ".join(lines)
            case role if role == STANDING_ROLE:
                return standing
            case _:
                return None


def state(standing: Standing) -> tuple[str, str]:
    """How a group stands, in two short lines."""
    count = words.pictures(len(standing.members))
    if standing.settled:
        return count, review_words.decision(standing.decision or "keep-both")
    if not standing.choices:
        return count, "…"
    going = standing.going
    if not going:
        return count, review_words.nothing_goes()
    share = review_words.some_go(len(going), len(standing.members))
    return share, words.size(standing.bytes)


class ReviewGroupsDelegate(QStyledItemDelegate):
    """Paints a group as its best copy with two lines beside it."""

    def __init__(self, thumbnails: ThumbnailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = PicturePainter(thumbnails)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The same for every row."""
        return QSize(160, _SIDE + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one group."""
        standing = index.data(STANDING_ROLE)
        if not isinstance(standing, Standing):
            return
        palette = QPalette(option.palette)
        palette.setCurrentColorGroup(QPalette.ColorGroup.Active)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(SPACE, 1, -SPACE, -1)
        self._paint_state(painter, box, option, palette)
        frame = QRect(box.left() + SPACE, box.top() + 3, _SIDE, _SIDE)
        painter.setOpacity(0.5 if standing.settled else 1.0)
        self._pictures.paint(painter, frame, standing.members[0].record, palette)
        painter.setOpacity(1.0)
        text = QRect(frame.right() + GAP, box.top(), box.right() - frame.right() - 2 * GAP, box.height())
        self._paint_lines(painter, text, standing, option, palette)
        painter.restore()

    def _paint_state(self, painter: QPainter, box: QRect, option: QStyleOptionViewItem, palette: QPalette) -> None:
        base, accent = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Accent)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if not selected and not option.state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setPen(QPen(accent, 2) if selected else Qt.PenStyle.NoPen)
        painter.setBrush(mix(base, accent, 0.14) if selected else palette.color(QPalette.ColorRole.Midlight))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _paint_lines(
        self, painter: QPainter, text: QRect, standing: Standing, option: QStyleOptionViewItem, palette: QPalette
    ) -> None:
        first, second = state(standing)
        fine = small(option.font)
        height = QFontMetrics(option.font).height() + 2 + QFontMetrics(fine).height()
        line = QRect(text.left(), text.top() + (text.height() - height) // 2, text.width(), text.height())
        icon = self._icon(standing)
        room = line.adjusted(0, 0, -(_ICON + SPACE) if icon else 0, 0)
        painter.setFont(option.font)
        ink = QPalette.ColorRole.Text if standing.going else QPalette.ColorRole.PlaceholderText
        painter.setPen(palette.color(ink))
        paint_line(painter, room, first)
        painter.setFont(fine)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        room.translate(0, QFontMetrics(option.font).height() + 2)
        paint_line(painter, room, second)
        if icon:
            place = QRect(text.right() - _ICON, text.center().y() - _ICON // 2, _ICON, _ICON)
            icons.paint(painter, icon, place, palette.color(QPalette.ColorRole.PlaceholderText))

    @staticmethod
    def _icon(standing: Standing) -> str:
        if standing.settled:
            return "check"
        if standing.new:
            return "add"
        return "hand" if standing.marked else ""


class ReviewGroupsList(QListView):
    """The column of groups."""

    def __init__(self, model: ReviewGroupsModel, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups = model
        self.setModel(model)
        self.setItemDelegate(ReviewGroupsDelegate(thumbnails, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Groups"))
        thumbnails.ready.connect(self._repaint_keys)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows are the list's; letters are for the page, not for finding a name by typing."""
        if event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Narrow: the pictures get the room."""
        return QSize(208, 400)

    @Slot(list)
    def _repaint_keys(self, keys: list[str]) -> None:
        wanted = set(keys)
        top = self.indexAt(self.viewport().rect().topLeft()).row()
        last = self.indexAt(self.viewport().rect().bottomLeft()).row()
        end = self._groups.rowCount() if last < 0 else last + 1
        for row in range(max(0, top), end):
            standing = self._groups.standing(row)
            if standing is not None and key_of(standing.members[0].record) in wanted:
                self.update(self._groups.index(row))
