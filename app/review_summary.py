"""The summary before a clean-up: how many files, how many bytes, from where, and what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app import review_words, theme, words
from app.controls import main_button
from app.elided_label import ElidedLabel
from app.file_table import FileRow, FileTable
from app.ticks import RadioButton, TickBox
from core.review.values import Action, Left, Plan, PlanItem, ReviewSummary

_SIDE_WIDTH = 320
_FOLDERS_SHOWN = 6


class ReviewSummaryPage(QWidget):
    """What would be done; nothing happens before the button at the bottom is pressed.

    Signals:
        plan_wanted(): An option has changed; the plan is to be made anew.
        folder_wanted(): The person wants to choose the folder that files are moved to.
        apply_requested(str): The plan is to be carried out; with what the person typed.
        export_requested(): The list is to be written to a file.
        back_requested(): Back to the pictures.
    """

    plan_wanted = Signal()
    folder_wanted = Signal()
    apply_requested = Signal(str)
    export_requested = Signal()
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.destination: Path | None = None
        self._plan: Plan | None = None
        self._taken_up = False
        self.title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.title.setFont(theme.large(self.font()))
        self.state = ElidedLabel()
        theme.set_property(self.state, "tone", "quiet")
        self._make_options()
        self._make_buttons()
        columns = (self.tr("Why"), self.tr("Stays for it"), self.tr("Size"))
        self.table = FileTable(columns, self.tr("Files that go"))
        self.table.set_widths(130, 0, 130, 72, spare=(2,))
        self._lay_out()
        self.choose_action(Action.TRASH)

    # ------------------------------------------------------------------ building

    def _make_options(self) -> None:
        self._group = QButtonGroup(self)
        self.actions_by_value: dict[Action, RadioButton] = {}
        for action in Action:
            button = RadioButton(review_words.action(action))
            button.setToolTip(review_words.action_hint(action))
            button.setAccessibleName(button.text())
            button.setAccessibleDescription(button.toolTip())
            self._group.addButton(button)
            self.actions_by_value[action] = button
        self._group.buttonClicked.connect(self._on_action)
        self.folder_button = QPushButton()
        self.folder_button.setToolTip(self.tr("Choose the folder that files are moved to"))
        self.folder_button.clicked.connect(self.folder_wanted)
        self._show_destination()
        self.companions = TickBox(self.tr("Take companions along"))
        self.companions.setToolTip(self.tr("RAW files, XMP and AAE sidecars and live videos go with their pictures"))
        self.companions.setChecked(True)
        self.merge = TickBox(self.tr("Pass metadata on"))
        self.merge.setToolTip(
            self.tr("The file that stays takes over date, place, rating, tags and caption that it lacks; can be undone")
        )
        for box in (self.companions, self.merge):
            box.setAccessibleDescription(box.toolTip())
            box.toggled.connect(self.plan_wanted)

    def _make_buttons(self) -> None:
        self.back_button = QPushButton(self.tr("Back"))
        self.back_button.setToolTip(self.tr("Back to the pictures; nothing is done (Esc)"))
        self.back_button.setShortcut("Esc")
        self.back_button.clicked.connect(self.back_requested)
        self.export_button = QPushButton(self.tr("Save the list …"))
        self.export_button.setToolTip(self.tr("As CSV to read, or as JSON that can be taken up again"))
        self.export_button.clicked.connect(self.export_requested)
        self.apply_button = main_button(self.tr("Clean up"), self.tr("Do what the list says"))
        self.phrase = QLineEdit()
        self.apply_button.clicked.connect(lambda: self.apply_requested.emit(self.phrase.text().strip()))
        self.phrase.setProperty("look", "field")
        self.phrase.setAccessibleName(self.tr("Confirmation"))
        self.phrase.setToolTip(self.tr("Files that are deleted for good do not come back"))
        self.phrase.textChanged.connect(self._allow)
        self.phrase.returnPressed.connect(self.apply_button.click)

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=1)
        split.addWidget(self._side())
        split.addWidget(self.table)
        split.setStretchFactor(1, 1)
        split.setSizes([_SIDE_WIDTH, 800])
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.GROUP, theme.GAP, theme.GROUP, theme.GAP)
        foot.setSpacing(theme.GAP)
        foot.addWidget(self.back_button)
        foot.addWidget(self.export_button)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.phrase)
        foot.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.title.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GAP)
        column.addWidget(self.title)
        column.addWidget(split, 1)
        column.addLayout(foot)
        self.setTabOrder(self.back_button, self.export_button)

    def _side(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.GROUP, 0, theme.GROUP, theme.GAP)
        column.setSpacing(theme.SPACE)
        for action, button in self.actions_by_value.items():
            column.addWidget(button)
            column.addWidget(_hint(review_words.action_hint(action)))
            if action is Action.FOLDER:
                column.addWidget(_indented(self.folder_button))
        column.addSpacing(theme.GAP)
        for box in (self.companions, self.merge):
            column.addWidget(box)
            column.addWidget(_hint(box.toolTip()))
        column.addSpacing(theme.GAP)
        self.folders = QGridLayout()
        self.folders.setHorizontalSpacing(theme.GAP)
        self.folders.setColumnStretch(0, 1)
        column.addLayout(self.folders)
        column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setMinimumWidth(_SIDE_WIDTH - 64)
        for ground in (area, inside):
            theme.set_property(ground, "ground", "base")
        return area

    # ------------------------------------------------------------------ options

    @property
    def action(self) -> Action:
        """What is to happen to the files."""
        return next(action for action, button in self.actions_by_value.items() if button.isChecked())

    def choose_action(self, action: Action) -> None:
        """Choose what is to happen, without a signal."""
        self.actions_by_value[action].setChecked(True)
        self._on_options()

    def set_destination(self, folder: Path) -> None:
        """Move files to this folder."""
        self.destination = folder
        self._show_destination()
        self.choose_action(Action.FOLDER)
        self.plan_wanted.emit()

    def _show_destination(self) -> None:
        text = self.tr("Choose the folder …") if self.destination is None else str(self.destination)
        metrics = self.folder_button.fontMetrics()
        self.folder_button.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, _SIDE_WIDTH - 100))
        self.folder_button.setAccessibleName(text)

    @Slot()
    def _on_action(self) -> None:
        self._on_options()
        if self.action is Action.FOLDER and self.destination is None:
            self.folder_wanted.emit()
        else:
            self.plan_wanted.emit()

    def _on_options(self) -> None:
        """Links share all their bytes: nothing goes along with them, and nothing can be merged into them."""
        for box in (self.companions, self.merge):
            box.setEnabled(not self.action.links and not self._taken_up)

    # ------------------------------------------------------------------ what it is told

    def begin(self, taken_up: bool) -> None:
        """A plan is being made, or read from a file, which then also says what happens."""
        self._taken_up = taken_up
        for button in (*self.actions_by_value.values(), self.folder_button):
            button.setEnabled(not taken_up)
        self._on_options()
        self._plan = None
        self.phrase.clear()
        self.title.setText(self.tr("Planning …"))
        self.state.set_text("")
        self.export_button.setEnabled(False)
        self._allow()

    def show_plan(self, plan: Plan) -> None:
        """Show what would be done."""
        self._plan = plan
        if self._taken_up:
            self.choose_action(plan.action)
        sum_up = self.tr("{files} go, {size} to free") if not _only_moves(plan) else self.tr("{files} go, {size}")
        files, size = review_words.files(plan.files), words.size(plan.bytes)
        self.title.setText(sum_up.format(files=files, size=size) if plan.items else self.tr("Nothing would go"))
        rows = [FileRow(refusal.path, (review_words.stays(refusal.reason), "", ""), True) for refusal in plan.refused]
        rows += [row for item in plan.items for row in _rows(item, plan.action)]
        self.table.files.set_rows(rows)
        self._show_folders(plan)
        self.state.set_text(self.tr("Checking …"))
        self.export_button.setEnabled(bool(plan.items))
        self._allow()

    def add_refused(self, left: Sequence[Left]) -> None:
        """The rehearsal found files that would stay although the plan names them."""
        reasons = {item.path: item.reason for item in left}
        rows = [row for row in self.table.files.rows if row.path not in reasons]
        stay = [FileRow(path, (review_words.stays(reason), "", ""), True) for path, reason in reasons.items()]
        self.table.files.set_rows([*stay, *rows])

    def show_rehearsed(self, summary: ReviewSummary) -> None:
        """The rehearsal is over."""
        if summary.left:
            text = self.tr("Checked: {files} would stay").format(files=review_words.files(len(summary.left)))
        else:
            text = self.tr("Checked: every file that stays is there and unchanged")
        self.state.set_text(text)

    def show_problem(self, sentence: str) -> None:
        """The plan could not be made, or not be begun."""
        if self._plan is None:
            self.title.setText(self.tr("There is no plan"))
            self.table.files.set_rows(())
        self.state.set_text(sentence)

    def _show_folders(self, plan: Plan) -> None:
        while (old := self.folders.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.deleteLater()
        counts = Counter(item.path.parent for item in plan.items)
        if not counts:
            return
        title = QLabel(self.tr("From these folders"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.folders.addWidget(title, 0, 0, 1, 2)
        shown = counts.most_common(_FOLDERS_SHOWN)
        for row, (folder, count) in enumerate(shown, start=1):
            size = sum(item.bytes for item in plan.items if item.path.parent == folder)
            self.folders.addWidget(ElidedLabel(words.folder_of(folder / "x")), row, 0)
            fact = _quiet(f"{words.number(count)} · {words.size(size)}")
            self.folders.addWidget(fact, row, 1, Qt.AlignmentFlag.AlignRight)
        if len(counts) > len(shown):
            more = self.tr("and {count} more").format(count=words.number(len(counts) - len(shown)))
            self.folders.addWidget(_quiet(more), len(shown) + 1, 0)

    @Slot()
    def _allow(self) -> None:
        """The main button says what it does; deleting needs the words typed."""
        plan = self._plan
        deletes = plan is not None and any(not item.action.reversible for item in plan.items)
        self.phrase.setVisible(deletes)
        if plan is None or not plan.items:
            self.apply_button.setEnabled(False)
            self.apply_button.setText(self.tr("Clean up"))
            return
        self.apply_button.setText(review_words.do(plan.action, plan.files))
        self.apply_button.setAccessibleName(self.apply_button.text())
        if deletes:
            self.phrase.setPlaceholderText(self.tr("Type: {phrase}").format(phrase=plan.phrase))
            self.phrase.setMinimumWidth(self.phrase.fontMetrics().horizontalAdvance(self.phrase.placeholderText()) + 24)
        self.apply_button.setEnabled(not deletes or self.phrase.text().strip() == plan.phrase)


def _rows(item: PlanItem, usual: Action) -> list[FileRow]:
    """A picture and what goes along with it; what happens is said where it is not what was asked for."""
    other = "" if item.action is usual else f"{review_words.action_done(item.action)}: "
    own = FileRow(item.path, (other + item.why, item.survivor.name, words.size(item.size)))
    along = other + review_words.goes_along(item.path.name)
    others = [
        FileRow(each.path, (along, "" if each.survivor is None else each.survivor.name, words.size(each.size)))
        for each in item.companions
    ]
    return [own, *others]


def _only_moves(plan: Plan) -> bool:
    """Whether no space is freed: the files are still on a disk of the person's, visible or not."""
    return plan.action in (Action.FOLDER, Action.QUARANTINE)


def _quiet(text: str) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    theme.set_property(label, "tone", "quiet")
    return label


def _hint(text: str) -> QWidget:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setFont(theme.small(label.font()))
    theme.set_property(label, "tone", "quiet")
    return _indented(label)


def _indented(widget: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(theme.GROUP + theme.GAP, 0, 0, theme.SPACE)
    row.addWidget(widget)
    return holder
