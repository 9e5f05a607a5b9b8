"""The inspector: the facts of the picked picture, pair or group, in two calm columns."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app import theme, words
from app.elided_label import ElidedLabel
from app.empty_state import EmptyState
from app.evidence_words import agreement
from core.records import Group, ImageRecord, Match, Member

_HASH_SHOWN = 12
_MEMBERS_SHOWN = 30
_NAME_CHARACTERS = 10
_MEGA = 1_000_000
_MARK = "\N{NOT EQUAL TO}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: what, how much, all of it for the tooltip, and whether it differs from the other picture's."""

    name: str
    value: str
    whole: str = ""
    differs: bool = False
    elided: bool = False


class InspectorView(QWidget):
    """Tells about one thing at a time; every value can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Inspector"))
        self._empty = EmptyState(self)
        self._empty.say("info", self.tr("Nothing picked"), self.tr("Pick a picture to see what it is."))
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._scroll)

    def sizeHint(self) -> QSize:
        """As wide as two short columns."""
        return QSize(280, 480)

    def clear(self) -> None:
        """Shows that nothing is picked."""
        self._stack.setCurrentIndex(0)

    def show_record(self, record: ImageRecord | None) -> None:
        """Shows the facts of one picture.

        Args:
            record: The picture, or None for the empty state.
        """
        if record is None:
            self.clear()
            return
        sheet = _Sheet(record.path.name)
        sheet.add_facts(self._picture_facts(record))
        self._show(sheet)

    def show_match(self, match: Match | None, query: ImageRecord | None = None) -> None:
        """Shows what a match is to the query, and its facts.

        Args:
            match: The match, or None for the empty state.
            query: The query picture where it is known: facts that differ from its own are marked.
        """
        if match is None:
            self.clear()
            return
        sheet = _Sheet(match.record.path.name)
        sheet.add_facts(self._match_facts(match))
        sheet.add_heading(self.tr("The match"))
        sheet.add_facts(self._picture_facts(match.record, query))
        if query is not None:
            sheet.add_heading(self.tr("The query: {name}").format(name=query.path.name))
            sheet.add_facts(self._picture_facts(query, match.record))
            sheet.add_note(self.tr("{mark} differs between the two").format(mark=_MARK))
        self._show(sheet)

    def show_group(self, group: Group | None) -> None:
        """Shows what a group holds and what can be freed.

        Args:
            group: The group, or None for the empty state.
        """
        if group is None:
            self.clear()
            return
        representative = group.representative.record
        sheet = _Sheet(representative.path.name)
        sheet.add_facts(self._group_facts(group))
        for member in group.members[:_MEMBERS_SHOWN]:
            sheet.add_heading(member.record.path.name)
            sheet.add_facts(self._member_facts(member, representative))
        if len(group.members) > _MEMBERS_SHOWN:
            more = words.number(len(group.members) - _MEMBERS_SHOWN)
            sheet.add_note(self.tr("and {count} more").format(count=more))
        else:
            sheet.add_note(self.tr("{mark} differs from the representative").format(mark=_MARK))
        self._show(sheet)

    def _show(self, sheet: _Sheet) -> None:
        sheet.finish()
        self._scroll.setWidget(sheet)
        self._stack.setCurrentIndex(1)

    # ---- the facts ----

    def _picture_facts(self, record: ImageRecord, other: ImageRecord | None = None) -> list[Fact]:
        def differs(name: str) -> bool:
            return other is not None and getattr(record, name) != getattr(other, name)

        size = words.dimensions(record.width, record.height)
        resized = differs("width") or differs("height")
        facts = [
            Fact(self.tr("Dimensions"), self.tr("{size} px").format(size=size), differs=resized),
            Fact(self.tr("Megapixels"), _megapixels(record)),
            Fact(self.tr("Size"), words.size(record.size), _bytes(record.size), differs("size")),
            Fact(self.tr("Format"), record.format, differs=differs("format")),
            Fact(self.tr("Modified"), words.date(record.modified), differs=differs("modified")),
            _folder_fact(self.tr("Folder"), record, other),
            Fact(self.tr("Content"), record.content[:_HASH_SHOWN], record.content, differs("content")),
        ]
        if record.frames > 1:
            facts.insert(4, Fact(self.tr("Frames"), words.number(record.frames), differs=differs("frames")))
        return facts

    def _match_facts(self, match: Match) -> list[Fact]:
        evidence = match.evidence
        facts = [
            Fact(self.tr("Relation"), words.chip(match.relation, evidence)),
            Fact(self.tr("Score"), words.score(match.score)),
        ]
        if not evidence.accepted:
            facts.append(Fact(self.tr("Rejected"), evidence.reason))
        if match.words:
            facts.append(Fact(self.tr("Why"), match.words))
        if keypoints := agreement(match):
            facts.append(Fact(self.tr("Evidence"), keypoints))
        return facts

    def _group_facts(self, group: Group) -> list[Fact]:
        kept = sum(member.keep for member in group.members)
        return [
            Fact(self.tr("Members"), words.pictures(len(group.members))),
            Fact(self.tr("To keep"), words.pictures(kept)),
            Fact(self.tr("To free"), words.size(group.reclaimable), _bytes(group.reclaimable)),
            Fact(self.tr("Weakest"), self.tr("score {score}").format(score=words.score(group.weakest))),
        ]

    def _member_facts(self, member: Member, representative: ImageRecord) -> list[Fact]:
        record = member.record
        first = record is representative
        other = None if first else representative
        told = self.tr("the representative") if first else words.chip(member.relation, member.evidence)
        reason = self.tr("keep") if member.keep else self.tr("can go")
        if member.why:
            # Why a file is kept begins by saying that it is.
            reason = member.why if member.keep else f"{reason}: {member.why}"
        facts = [Fact(self.tr("Relation"), told), Fact(self.tr("Verdict"), reason)]
        wanted = {self.tr("Dimensions"), self.tr("Size"), self.tr("Format"), self.tr("Folder")}
        return facts + [fact for fact in self._picture_facts(record, other) if fact.name in wanted]


class _Sheet(QWidget):
    """A title over rows of two columns, with headings between."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GROUP)
        self._column.setSpacing(theme.GAP)
        self._add_title(title)

    def _add_title(self, text: str) -> None:
        label = ElidedLabel(text)
        font = self.font()
        font.setBold(True)
        label.setFont(font)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column.addWidget(label)

    def add_heading(self, text: str) -> None:
        """A name over the rows that follow, with a line above it."""
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setForegroundRole(QPalette.ColorRole.Mid)
        line.setFrameShadow(QFrame.Shadow.Plain)
        self._column.addSpacing(theme.SPACE)
        self._column.addWidget(line)
        self._add_title(text)

    def add_note(self, text: str) -> None:
        """Quiet words under the rows."""
        label = QLabel(text)
        label.setProperty("tone", "quiet")
        label.setWordWrap(True)
        self._column.addWidget(label)

    def add_facts(self, facts: list[Fact]) -> None:
        """Rows of name and value."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GROUP)
        grid.setVerticalSpacing(theme.SPACE)
        grid.setColumnStretch(1, 1)
        # The values of all parts of the sheet begin in one line.
        grid.setColumnMinimumWidth(0, _NAME_CHARACTERS * self.fontMetrics().averageCharWidth())
        for row, fact in enumerate(facts):
            name = QLabel(fact.name)
            name.setProperty("tone", "quiet")
            value = _value_label(fact)
            name.setBuddy(value)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(grid)

    def finish(self) -> None:
        """Keeps the rows at the top."""
        self._column.addStretch(1)


class _FolderLabel(ElidedLabel):
    """A folder, shortened in the middle; the tooltip has the whole path, also where nothing was shortened."""

    def __init__(self, text: str, whole: str) -> None:
        super().__init__(text)
        self._whole = whole
        self.setToolTip(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shortens anew."""
        super().resizeEvent(event)
        self.setToolTip(self._whole)


def _value_label(fact: Fact) -> QLabel:
    """A value that can be selected; marked by a sign and bold where it differs, never by colour alone."""
    text = f"{fact.value} {_MARK}" if fact.differs else fact.value
    if fact.elided:
        label: QLabel = _FolderLabel(text, fact.whole)
    else:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setToolTip(fact.whole)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if fact.differs:
        font = label.font()
        font.setBold(True)
        label.setFont(font)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setAccessibleName(f"{fact.name}: {fact.whole or text}")
    return label


def _megapixels(record: ImageRecord) -> str:
    count = record.width * record.height / _MEGA
    return words.decimal(count, 1 if count >= 1 else 2)


def _bytes(count: int) -> str:
    """The exact count, for the tooltip of a rounded one."""
    told = QCoreApplication.translate("InspectorView", "{count} bytes")
    return told.format(count=words.number(count))


def _folder_fact(name: str, record: ImageRecord, other: ImageRecord | None) -> Fact:
    differs = other is not None and other.path.parent != record.path.parent
    return Fact(name, words.folder_of(record.path), str(record.path.parent), differs, elided=True)
