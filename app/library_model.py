"""The rows of the library panel: what each says, and how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QDate,
    QDateTime,
    QEvent,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app import icons, words
from app.libraries import Library
from app.theme import GAP, GROUP, RADIUS, SPACE, small

FOLDER_ROLE = Qt.ItemDataRole.UserRole
LIBRARY_ROLE = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex
_BOX = 20
_TICK = 16
_ICON = 16


class LibraryModel(QAbstractListModel):
    """The library folders as rows.

    Signals:
        use_changed(object, bool): A folder was ticked or unticked.
    """

    use_changed = Signal(object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Library] = []
        self._indexing: frozenset[Path] = frozenset()

    def set_libraries(self, libraries: Sequence[Library]) -> None:
        """Show these; rows that stay are changed in place, so that nothing flickers."""
        new = list(libraries)
        if [row.info.folder for row in new] == [row.info.folder for row in self._rows]:
            self._rows = new
            self._announce()
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def set_indexing(self, folders: Sequence[Path]) -> None:
        """Say which folders are being indexed."""
        if frozenset(folders) != self._indexing:
            self._indexing = frozenset(folders)
            self._announce()

    def library(self, index: _Index) -> Library | None:
        """The library of a row, or None."""
        return self._rows[index.row()] if index.isValid() else None

    def index_of(self, folder: Path) -> QModelIndex:
        """The row of a folder; invalid when it is not there."""
        for number, row in enumerate(self._rows):
            if row.info.folder == folder:
                return self.index(number)
        return QModelIndex()

    def facts(self, library: Library) -> str:
        """The line of figures."""
        info = library.info
        if library.missing:
            return self.tr("Folder not found")
        if info.indexed is None and not info.images:
            return self.tr("Indexing …") if info.folder in self._indexing else self.tr("Not indexed yet")
        return f"{words.pictures(info.images)} · {words.size(info.bytes)}"

    def when(self, library: Library) -> str:
        """The line that says how fresh the figures are."""
        info = library.info
        if library.missing:
            return self.tr("Is its drive plugged in?")
        if info.folder in self._indexing:
            return self.tr("Indexing …") if info.images else ""
        if info.indexed is None:
            return ""
        return self.tr("Indexed {when}").format(when=_when(info.indexed))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row a folder."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a row says."""
        library = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return library.info.folder.name or str(library.info.folder)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._tooltip(library, role)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(self._lines(library))
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if library.used else Qt.CheckState.Unchecked
            case role if role == FOLDER_ROLE:
                return library.info.folder
            case role if role == LIBRARY_ROLE:
                return library
            case _:
                return None

    def _tooltip(self, library: Library, role: int) -> str:
        lines = self._lines(library)
        return words.tooltip(lines) if role == Qt.ItemDataRole.ToolTipRole else lines[0]

    def _lines(self, library: Library) -> list[str]:
        info = library.info
        lines = [str(info.folder), self.facts(library), self.when(library)]
        if info.skipped:
            lines.append(self.tr("{count} skipped").format(count=words.number(info.skipped)))
        if info.protected:
            lines.append(self.tr("Protected: nothing in it is ever moved or deleted"))
        for inside in library.protected:
            lines.append(self.tr("Protected in it: {folder}").format(folder=inside.relative_to(info.folder)))
        if not library.used:
            lines.append(self.tr("Left out of searches and scans"))
        return [line for line in lines if line]

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ticking asks; what comes of it arrives with ``set_libraries``."""
        library = self.library(index)
        if role != Qt.ItemDataRole.CheckStateRole or library is None:
            return False
        used = Qt.CheckState(value) == Qt.CheckState.Checked
        self.use_changed.emit(library.info.folder, used)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Rows can be picked and ticked."""
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsUserCheckable if index.isValid() else plain

    def _announce(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))


def _when(seconds: float) -> str:
    """The time of a moment today, the date of any other."""
    moment = QDateTime.fromMSecsSinceEpoch(int(seconds * 1000))
    if moment.date() == QDate.currentDate():
        return words.locale().toString(moment.time(), QLocale.FormatType.ShortFormat)
    return words.locale().toString(moment.date(), QLocale.FormatType.ShortFormat)


class LibraryDelegate(QStyledItemDelegate):
    """Draws a folder: a tick, its name, a lock, two quiet lines of facts."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The same for every row."""
        line = QFontMetrics(option.font).height()
        fine = QFontMetrics(small(option.font)).height()
        return QSize(160, line + 2 * fine + 2 * GAP + SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        library = index.data(LIBRARY_ROLE)
        model = index.model()
        if not isinstance(library, Library) or not isinstance(model, LibraryModel):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_ground(painter, option)
        self._draw_box(painter, option, library)
        self._draw_lines(painter, option, library, model)
        painter.restore()

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        card = option.rect.adjusted(GAP, 2, -GAP, -2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(card, RADIUS, RADIUS)
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _draw_box(self, painter: QPainter, option: QStyleOptionViewItem, library: Library) -> None:
        """A tick of our own: Fusion's has hardly an outline on a dark ground."""
        box = QRect(0, 0, _TICK, _TICK)
        box.moveCenter(self.box_rect(option.rect).center())
        group = QPalette.ColorGroup.Disabled if library.missing else QPalette.ColorGroup.Active
        role = QPalette.ColorRole.Highlight if library.used else QPalette.ColorRole.Dark
        painter.setPen(QPen(option.palette.color(group, role), 1))
        painter.setBrush(option.palette.color(group, role if library.used else QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if library.used:
            colour = option.palette.color(QPalette.ColorRole.HighlightedText)
            icons.paint(painter, "check", QRectF(box).adjusted(1, 1, -1, -1), colour)

    def _draw_lines(
        self, painter: QPainter, option: QStyleOptionViewItem, library: Library, model: LibraryModel
    ) -> None:
        group = QPalette.ColorGroup.Active if library.used else QPalette.ColorGroup.Disabled
        ink = option.palette.color(group, QPalette.ColorRole.Text)
        quiet = option.palette.color(QPalette.ColorRole.PlaceholderText)
        left = option.rect.left() + GROUP + _BOX + GAP
        right = option.rect.right() - GROUP
        top = option.rect.top() + GAP
        lock = _ICON + SPACE if library.info.protected or library.protected else 0
        name = library.info.folder.name or str(library.info.folder)
        height = QFontMetrics(option.font).height()
        self._line(painter, QRect(left, top, right - left - lock, height), name, ink, option)
        if lock:
            place = QRect(right - _ICON, top + (height - _ICON) // 2, _ICON, _ICON)
            icons.paint(painter, "lock", place, quiet)
        painter.setFont(small(option.font))
        fine = QFontMetrics(painter.font()).height()
        top += height + 2
        warning = option.palette.color(QPalette.ColorRole.BrightText) if library.missing else quiet
        self._line(painter, QRect(left, top, right - left, fine), model.facts(library), warning, option)
        self._line(painter, QRect(left, top + fine + 2, right - left, fine), model.when(library), quiet, option)

    @staticmethod
    def _line(painter: QPainter, rect: QRect, text: str, colour: QColor, option: QStyleOptionViewItem) -> None:
        painter.setPen(colour)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    @staticmethod
    def box_rect(row: QRect) -> QRect:
        """Where the tick of a row is."""
        return QRect(row.left() + GROUP, row.top() + GAP, _BOX, _BOX)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """A click on the box ticks; Space is Qt's own."""
        if event.type() in (QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick):
            assert isinstance(event, QMouseEvent)
            inside = self.box_rect(option.rect).adjusted(-4, -4, 4, 4).contains(event.position().toPoint())
            if event.button() != Qt.MouseButton.LeftButton or not inside:
                return False
            return self._toggle(model, index) if event.type() == QEvent.Type.MouseButtonRelease else True
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Space:  # type: ignore[attr-defined]
            return self._toggle(model, index)
        return False

    @staticmethod
    def _toggle(model: QAbstractItemModel, index: _Index) -> bool:
        checked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
        value = Qt.CheckState.Unchecked if checked else Qt.CheckState.Checked
        return model.setData(index, value, Qt.ItemDataRole.CheckStateRole)
