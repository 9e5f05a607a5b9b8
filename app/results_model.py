"""The ranked matches of one query as a list model: ids in order, everything else looked up when painted."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
)

from app import words
from app.match_filter import MatchFilter
from app.thumbnails import ThumbnailService, key_of
from core.records import Match, Relation

__all__ = ["MATCH_ROLE", "MatchFilter", "ResultsModel"]

MATCH_ROLE = Qt.ItemDataRole.UserRole + 1
_RESORT_SHARE = 8

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_Rank = tuple[float, int]


class ResultsModel(QAbstractListModel):
    """Matches by path, ranked by score; equal scores stay in the order in which they came.

    Inside, a match goes by a number, given in that order: numbers hash and compare much faster than paths.

    Args:
        thumbnails: Tells why a picture could not be shown.
        parent: The Qt owner.
    """

    def __init__(self, thumbnails: ThumbnailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._numbers: dict[Path, int] = {}
        self._matches: list[Match] = []
        self._ranked: list[_Rank] = []
        self._rows: list[int] = []
        self._row_of: dict[int, int] | None = None
        self._relations: Counter[Relation | None] = Counter()
        self._filter = MatchFilter()

    # What the views ask

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """The number of matches that pass the filter."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names, tooltips and the text for screen readers; never a picture."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        match = self.match_at(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return match.record.path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(match)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.match_in_words(match)
        if role == MATCH_ROLE:
            return match
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every match can be picked and dragged out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def mimeTypes(self) -> list[str]:
        """Files leave as a list of addresses."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        """The files of these rows, best first."""
        rows = sorted({index.row() for index in indexes if index.isValid()})
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.match_at(row).record.path)) for row in rows])
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        """A drag never moves the file away."""
        return Qt.DropAction.CopyAction

    def match_at(self, row: int) -> Match:
        """The match shown in a row."""
        return self._matches[self._rows[row]]

    def row_of(self, path: Path) -> int | None:
        """The row of a file, or None when it is not shown."""
        number = self._numbers.get(path)
        return None if number is None else self._row_of_number(number)

    def matches(self) -> list[Match]:
        """All matches in rank order, shown or not."""
        return [self._matches[number] for _, number in self._ranked]

    @property
    def total(self) -> int:
        """The number of matches, shown or not."""
        return len(self._matches)

    @property
    def verified(self) -> int:
        """How many matches are verified, shown or not."""
        return sum(self._relations.values()) - self._relations[None] - self._relations[Relation.SIMILAR]

    @property
    def relations(self) -> set[Relation | None]:
        """The relations that occur; None stands for what is not verified."""
        return {relation for relation, count in self._relations.items() if count}

    @property
    def filter(self) -> MatchFilter:
        """What is shown."""
        return self._filter

    # What changes it

    def add(self, matches: Iterable[Match], pinned: Collection[Path] = ()) -> None:
        """Add matches, or replace those of the same file, and rank anew.

        Args:
            matches: In any order.
            pinned: Files that keep their row while the others move around them.
        """
        changed = {match.record.path: match for match in matches}
        if not changed:
            return
        known = [self._numbers[path] for path in changed if path in self._numbers]
        self._rank(changed)
        self._show(self._wanted_rows(pinned))
        self._tell_changed(known)

    def settle(self, pinned: Collection[Path] = ()) -> None:
        """Put every row where its rank says, the pinned ones excepted."""
        self._show(self._wanted_rows(pinned))

    def set_filter(self, chosen: MatchFilter) -> None:
        """Show other matches; rows that stay keep their selection."""
        self._filter = chosen
        self._show(self._wanted_rows(()))

    def clear(self) -> None:
        """Forget all matches."""
        self.beginResetModel()
        self._numbers.clear()
        self._matches.clear()
        self._ranked.clear()
        self._relations.clear()
        self._set_rows([])
        self.endResetModel()

    def _rank(self, changed: Mapping[Path, Match]) -> None:
        """Few changes are inserted where they belong; many are cheaper to sort with the rest."""
        few = len(changed) * _RESORT_SHARE < len(self._ranked)
        for path, match in changed.items():
            number = self._numbers.get(path)
            if few and number is not None:
                del self._ranked[bisect_left(self._ranked, (-self._matches[number].score, number))]
            number = self._keep(path, match, number)
            if few:
                insort(self._ranked, (-match.score, number))
        if not few:
            self._ranked = sorted((-match.score, number) for number, match in enumerate(self._matches))

    def _keep(self, path: Path, match: Match, number: int | None) -> int:
        self._relations[match.relation] += 1
        if number is not None:
            self._relations[self._matches[number].relation] -= 1
            self._matches[number] = match
            return number
        self._matches.append(match)
        self._numbers[path] = len(self._matches) - 1
        return len(self._matches) - 1

    def _wanted_rows(self, pinned: Collection[Path]) -> list[int]:
        if self._filter.passes_all:
            rows = [number for _, number in self._ranked]
        else:
            passes, matches = self._filter.passes, self._matches
            rows = [number for _, number in self._ranked if passes(matches[number])]
        held = [(self.row_of(path), self._numbers[path]) for path in pinned if path in self._numbers]
        for row, number in sorted((row, number) for row, number in held if row is not None):
            if number in rows:
                rows.remove(number)
                rows.insert(row, number)
        return rows

    def _show(self, wanted: list[int]) -> None:
        """Reach the wanted rows with the least that a view has to redo."""
        if wanted != self._rows:
            self._remove_missing(wanted)
            self._append_new(wanted)
            self._permute(wanted)

    def _tell_changed(self, numbers: list[int]) -> None:
        """One range for all of them: a view repaints no more than what is in sight anyway."""
        rows = [row for row in map(self._row_of_number, numbers) if row is not None]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))

    def _remove_missing(self, wanted: list[int]) -> None:
        staying = set(wanted)
        kept = [number for number in self._rows if number in staying]
        if len(kept) == len(self._rows):
            return
        if len(self._rows) - len(kept) > len(self._rows) // _RESORT_SHARE:
            self._remove_many(kept)
            return
        for row in range(len(self._rows) - 1, -1, -1):
            if self._rows[row] not in staying:
                self.beginRemoveRows(QModelIndex(), row, row)
                self._row_of = None
                del self._rows[row]
                self.endRemoveRows()

    def _remove_many(self, kept: list[int]) -> None:
        """Move what stays to the front, then cut the rest off in one step."""
        staying = set(kept)
        self._permute(kept + [number for number in self._rows if number not in staying])
        self.beginRemoveRows(QModelIndex(), len(kept), len(self._rows) - 1)
        self._set_rows(kept)
        self.endRemoveRows()

    def _append_new(self, wanted: list[int]) -> None:
        if len(wanted) == len(self._rows):
            return
        shown = set(self._rows)
        new = [number for number in wanted if number not in shown]
        if not new:
            return
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
        self._set_rows(self._rows + new)
        self.endInsertRows()

    def _permute(self, wanted: list[int]) -> None:
        if wanted == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        numbers = [self._rows[index.row()] for index in old]
        self._set_rows(wanted)
        self.changePersistentIndexList(old, [self.index(self._row_of_number(one) or 0) for one in numbers])
        self.layoutChanged.emit()

    def _set_rows(self, rows: list[int]) -> None:
        self._rows = rows
        self._row_of = None

    def _row_of_number(self, number: int) -> int | None:
        if self._row_of is None:
            self._row_of = {shown: row for row, shown in enumerate(self._rows)}
        return self._row_of.get(number)

    def _tooltip(self, match: Match) -> str:
        lines = [match.record.path.name, words.folder_of(match.record.path)]
        lines.append(match.words or words.relation(match.relation))
        reason = self._thumbnails.failed(key_of(match.record))
        if reason is not None:
            lines.append(self.tr("No picture: {reason}").format(reason=reason))
        return words.tooltip(lines)
