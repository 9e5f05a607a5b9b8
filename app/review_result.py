"""What a clean-up does while it runs, and what it did when it is over; with the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app import review_words, theme, words
from app.clean_up_session import Phase
from app.controls import main_button
from app.elided_label import ElidedLabel
from app.file_table import FileRow, FileTable
from app.review_jobs import Reported
from core.events import Progress
from core.review.values import Action, Left, Merged, Removed, Restored

if TYPE_CHECKING:
    from core._catalog_journal import Operation


class ReviewResultPage(QWidget):
    """Progress first, the result after it.

    Signals:
        stop_requested(): End it; what is done is kept.
        undo_requested(int): Take the clean-up of this number back.
        resume_requested(int): Go on with the clean-up of this number.
        back_requested(): Back to the pictures.
        clean_ups_requested(): All clean-ups are to be listed.
    """

    stop_requested = Signal()
    undo_requested = Signal(int)
    resume_requested = Signal(int)
    back_requested = Signal()
    clean_ups_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operation: Operation | None = None
        self._moved = 0
        self.title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.title.setFont(theme.large(self.font()))
        self.sentence = ElidedLabel()
        theme.set_property(self.sentence, "tone", "quiet")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.table = FileTable((self.tr("What happened"), self.tr("Where it is, or why"), self.tr("Size")), "")
        self.table.setAccessibleName(self.tr("What happened to each file"))
        self.table.set_widths(150, 150, 0, 76)
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setToolTip(self.tr("End after the file in hand; what is done is kept and can be undone"))
        self.stop_button.clicked.connect(self.stop_requested)
        self.undo_button = main_button(self.tr("Undo"), self.tr("Bring every file back to its place, byte for byte"))
        self.undo_button.clicked.connect(self._undo)
        self.resume_button = QPushButton(self.tr("Go on"))
        self.resume_button.setToolTip(self.tr("Do what was not done before it was cut off"))
        self.resume_button.clicked.connect(self._resume)
        self.back_button = QPushButton(self.tr("Back to the groups"))
        self.back_button.setToolTip(self.tr("Go on reviewing"))
        self.back_button.clicked.connect(self.back_requested)
        self.clean_ups_button = QPushButton(self.tr("All clean-ups …"))
        self.clean_ups_button.setToolTip(self.tr("Every clean-up there was; each can be undone"))
        self.clean_ups_button.clicked.connect(self.clean_ups_requested)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GAP)
        head.setSpacing(theme.GAP)
        for widget in (self.title, self.sentence, self.bar):
            head.addWidget(widget)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.GROUP, theme.GAP, theme.GROUP, theme.GAP)
        foot.setSpacing(theme.GAP)
        for button in (self.back_button, self.clean_ups_button):
            foot.addWidget(button)
        foot.addStretch(1)
        for button in (self.stop_button, self.resume_button, self.undo_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        body = QHBoxLayout()
        body.setContentsMargins(theme.GROUP, 0, theme.GROUP, 0)
        body.addWidget(self.table)
        column.addLayout(body, 1)
        column.addLayout(foot)

    # ------------------------------------------------------------------ while it runs

    def begin(self, phase: Phase) -> None:
        """It starts."""
        self._operation, self._moved = None, 0
        self.title.setText(self.tr("Undoing …") if phase is Phase.UNDOING else self.tr("Cleaning up …"))
        self.sentence.set_text("")
        self.bar.setRange(0, 0)
        self.table.files.set_rows(())
        self._show_buttons(running=True)

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        if progress.total:
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, progress.done * 1000 // progress.total))

    def add_moved(self, moved: Sequence[Removed | Merged | Restored | Left]) -> None:
        """Files went, came back or stayed."""
        self._moved += len(moved)
        self.table.files.add_rows([_row(item) for item in moved])
        self.table.scrollToBottom()
        self.sentence.set_text(review_words.files(self._moved))

    # ------------------------------------------------------------------ when it is over

    def show_report(self, report: Reported) -> None:
        """What came of it, as it was written down."""
        self._operation = report.operation
        self.title.setText(_title(report))
        self.sentence.set_text(self._sentence(report))
        self.table.files.set_rows([_row(item) for item in report.outcomes])
        self.table.scrollToTop()
        self._show_buttons(running=False)
        (self.undo_button if report.operation.undoable else self.back_button).setFocus()

    def _sentence(self, report: Reported) -> str:
        left = sum(isinstance(item, Left) for item in report.outcomes)
        when = words.date(report.operation.started)
        parts = [self.tr("Clean-up {number}, {when}").format(number=report.operation.id, when=when)]
        if left:
            parts.append(self.tr("{files} stayed, the list says why").format(files=review_words.files(left)))
        if report.operation.interrupted:
            parts.append(self.tr("it was cut off; go on, or undo it"))
        return " · ".join(parts)

    def _show_buttons(self, running: bool) -> None:
        operation = self._operation
        self.bar.setVisible(running)
        self.stop_button.setVisible(running)
        self.back_button.setVisible(not running)
        self.clean_ups_button.setVisible(not running)
        self.undo_button.setVisible(operation is not None and operation.undoable)
        self.resume_button.setVisible(operation is not None and operation.interrupted)

    @Slot()
    def _undo(self) -> None:
        if self._operation is not None:
            self.undo_requested.emit(self._operation.id)

    @Slot()
    def _resume(self) -> None:
        if self._operation is not None:
            self.resume_requested.emit(self._operation.id)


def _title(report: Reported) -> str:
    """What was done in all ("12 files moved to the trash, 84 MiB", "12 files are back")."""
    gone = [item for item in report.outcomes if isinstance(item, Removed)]
    back = [item for item in report.outcomes if isinstance(item, Restored) and not item.stayed]
    action = Action(report.operation.action)
    if gone:
        return f"{review_words.done(action, len(gone))}, {words.size(sum(item.size for item in gone))}"
    if back:
        return review_words.back(len(back))
    return review_words.nothing_done()


def _row(item: Removed | Merged | Restored | Left) -> FileRow:
    match item:
        case Removed():
            target = "" if item.target is None else str(item.target)
            return FileRow(item.path, (review_words.action_done(item.action), target, words.size(item.size)))
        case Merged():
            return FileRow(item.path, (review_words.merged(), ", ".join(item.fields), ""))
        case Restored(stayed=True):
            return FileRow(item.path, (review_words.as_before(), "", ""))
        case Restored():
            return FileRow(item.path, (review_words.back_again(), "", words.size(item.size)))
        case Left():
            return FileRow(item.path, (review_words.stayed(), item.reason, ""), True)
