"""The files of the group under review: what each is, what is to become of it, and why; and how that is painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QUrl,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app import icons, review_words, words
from app.chips import chip_height, paint_chip, paint_line, paint_relation
from app.picture_painter import PicturePainter, mix
from app.review_work import Standing
from app.theme import GAP, RADIUS, SPACE, small
from app.thumbnails import ThumbnailService
from core.records import Member, Relation

FATE_ROLE = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_DIM = 0.45
_MARK = 36
_ICON = 16
_PADDING = GAP
_WHY_LINES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Fate:
    """One file and what is to become of it.

    Attributes:
        member: The file.
        keep: Whether it stays; None while that is not known, or where the whole group is settled.
        why: Why.
        marked: Whether the person said so.
        decision: What the person said of the whole group; empty while it is open.
        first: Whether it is the representative.
    """

    member: Member
    keep: bool | None
    why: str
    marked: bool
    decision: str
    first: bool

    @property
    def label(self) -> str:
        """What becomes of it, in a word or two."""
        if self.decision:
            return review_words.decision(self.decision)
        if self.keep is None:
            return ""
        return review_words.keep() if self.keep else review_words.remove()


def fates(standing: Standing | None) -> list[Fate]:
    """What is to become of each file of a group."""
    if standing is None:
        return []
    decision = (standing.decision or "keep-both") if standing.settled else ""
    choices = standing.choices or (None,) * len(standing.members)
    return [
        Fate(
            member,
            choice.keep if choice and not decision else None,
            choice.why if choice and not decision else "",
            bool(choice and choice.marked),
            decision,
            place == 0,
        )
        for place, (member, choice) in enumerate(zip(standing.members, choices, strict=True))
    ]


class MembersModel(QAbstractListModel):
    """The files of one group as rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fates: list[Fate] = []

    def set_standing(self, standing: Standing | None) -> None:
        """Show a group; the rows of the same files are changed in place."""
        new = fates(standing)
        same = [item.member.record.path for item in new] == [item.member.record.path for item in self._fates]
        if same:
            self._fates = new
            if new:
                self.dataChanged.emit(self.index(0), self.index(len(new) - 1))
            return
        self.beginResetModel()
        self._fates = new
        self.endResetModel()

    def fate(self, row: int) -> Fate | None:
        """The file of a row, or None."""
        return self._fates[row] if 0 <= row < len(self._fates) else None

    @property
    def fates(self) -> list[Fate]:
        """All rows."""
        return self._fates

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """One row a file."""
        return 0 if parent.isValid() else len(self._fates)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a row says."""
        fate = self._fates[index.row()]
        record = fate.member.record
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return record.path.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (record.path.name, fate.label, fate.why) if part)
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return words.facts(record)
            case Qt.ItemDataRole.ToolTipRole:
                return words.tooltip([str(record.path), words.facts(record), fate.member.words, fate.why])
            case role if role == FATE_ROLE:
                return fate
            case _:
                return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Rows can be picked and dragged to a file manager."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:  # type: ignore[override]
        """The files themselves."""
        data = QMimeData()
        paths = [self._fates[index.row()].member.record.path for index in indexes]
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        return data


@dataclass(frozen=True, slots=True)
class _Lines:
    """The heights under a picture."""

    body: QFont
    fine: QFont
    chip: int
    line: int
    fine_line: int

    @classmethod
    def of(cls, font: QFont) -> _Lines:
        fine = small(font)
        return cls(QFont(font), fine, chip_height(fine), QFontMetrics(font).height(), QFontMetrics(fine).height())

    @property
    def height(self) -> int:
        """All lines and the distances between them."""
        return self.chip + SPACE + self.line + 2 + self.fine_line + SPACE + _WHY_LINES * self.fine_line


class MembersDelegate(QStyledItemDelegate):
    """Paints a file large, with its fate, its name, its facts and the reason under it.

    Args:
        thumbnails: Where pictures come from.
        parent: The Qt owner.
    """

    def __init__(self, thumbnails: ThumbnailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = PicturePainter(thumbnails, large=True)
        self._cell = QSize(240, 320)

    def set_cell(self, size: QSize) -> None:
        """How large a cell is."""
        self._cell = size

    def words_height(self, font: QFont) -> int:
        """How high a cell is without its picture."""
        return _Lines.of(font).height + GAP + 2 * _PADDING + 2 * SPACE

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The same for all."""
        return self._cell

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one file."""
        fate = index.data(FATE_ROLE)
        if not isinstance(fate, Fate):
            return
        palette = QPalette(option.palette)
        palette.setCurrentColorGroup(QPalette.ColorGroup.Active)
        lines = _Lines.of(option.font)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(SPACE, SPACE, -SPACE, -SPACE)
        self._paint_state(painter, box, option, palette)
        inner = box.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        frame = QRect(inner.left(), inner.top(), inner.width(), inner.height() - lines.height - GAP)
        painter.setOpacity(_DIM if fate.keep is False else 1.0)
        picture = self._pictures.paint(painter, frame, fate.member.record, palette)
        painter.setOpacity(1.0)
        self._paint_mark(painter, picture, fate, palette)
        self._paint_words(
            painter, QRect(inner.left(), frame.bottom() + 1 + GAP, inner.width(), 0), fate, lines, palette
        )
        painter.restore()

    def _paint_state(self, painter: QPainter, box: QRect, option: QStyleOptionViewItem, palette: QPalette) -> None:
        base, accent = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Accent)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if not selected and not option.state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setBrush(mix(base, accent, 0.14) if selected else palette.color(QPalette.ColorRole.AlternateBase))
        painter.setPen(QPen(accent, 2) if selected else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _paint_mark(self, painter: QPainter, picture: QRect, fate: Fate, palette: QPalette) -> None:
        """A cross in the corner of what goes, where it hides little of the picture."""
        if fate.keep is not False:
            return
        disc = QRect(0, 0, _MARK, _MARK)
        disc.moveTopRight(picture.topRight() + QPoint(-SPACE, SPACE))
        base = palette.color(QPalette.ColorRole.Base)
        painter.setPen(QPen(base, 2))
        painter.setBrush(palette.color(QPalette.ColorRole.BrightText))
        painter.drawEllipse(disc)
        inset = _MARK // 5
        icons.paint(painter, "close", disc.adjusted(inset, inset, -inset, -inset), base)

    def _paint_words(self, painter: QPainter, line: QRect, fate: Fate, lines: _Lines, palette: QPalette) -> None:
        record = fate.member.record
        line.setHeight(lines.chip)
        painter.setFont(lines.fine)
        self._paint_chips(painter, line, fate, palette)
        line = QRect(line.left(), line.bottom() + 1 + SPACE, line.width(), lines.line)
        painter.setFont(lines.body)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        paint_line(painter, line, record.path.name, Qt.TextElideMode.ElideMiddle)
        line = QRect(line.left(), line.bottom() + 3, line.width(), lines.fine_line)
        painter.setFont(lines.fine)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        paint_line(painter, line, words.facts(record), Qt.TextElideMode.ElideMiddle)
        line = QRect(line.left(), line.bottom() + 1 + SPACE, line.width(), _WHY_LINES * lines.fine_line)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        _paint_wrapped(painter, line, fate.why)

    def _paint_chips(self, painter: QPainter, line: QRect, fate: Fate, palette: QPalette) -> None:
        room = QRect(line)
        if fate.label:
            room.setLeft(room.left() + self._paint_fate(painter, room, fate, palette) + SPACE)
        if fate.member.new:
            room.setLeft(room.left() + paint_chip(painter, room, self.tr("new"), Relation.SIMILAR, palette) + SPACE)
        if room.width() < 3 * line.height():
            return
        if fate.first:
            paint_chip(painter, room, self.tr("best copy"), Relation.SAME_FILE, palette)
        else:
            paint_relation(painter, room, fate.member.relation, fate.member.evidence, palette)

    def _paint_fate(self, painter: QPainter, room: QRect, fate: Fate, palette: QPalette) -> int:
        """The filled pill that says keep or remove, with an icon; returns its width."""
        ground = palette.color(_role(fate))
        ink = palette.color(QPalette.ColorRole.Base)
        font = QFont(painter.font())
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        width = painter.fontMetrics().horizontalAdvance(fate.label) + _ICON + 3 * SPACE + GAP
        pill = QRect(room.left(), room.top(), min(width, room.width()), room.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        icon = QRect(pill.left() + SPACE + 2, pill.center().y() - _ICON // 2 + 1, _ICON - 2, _ICON - 2)
        icons.paint(painter, "remove" if fate.keep is False else "check", icon, ink)
        painter.setPen(QColor(ink))
        text = pill.adjusted(_ICON + 2 * SPACE, 0, -SPACE, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fate.label)
        painter.setFont(font)
        return pill.width()


def _role(fate: Fate) -> QPalette.ColorRole:
    if fate.decision or fate.keep is None:
        return QPalette.ColorRole.PlaceholderText
    return QPalette.ColorRole.Accent if fate.keep else QPalette.ColorRole.BrightText


def _paint_wrapped(painter: QPainter, place: QRect, text: str) -> None:
    """Text in as many lines as there is room for; what is too long ends in dots."""
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(place.width() * _WHY_LINES * 0.9))
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    painter.drawText(QRectF(place), shown, option)
