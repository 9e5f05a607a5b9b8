"""What is to be ranked: on which pictures, by which truth, and which methods."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from app import words
from app.controls import main_button
from app.leaderboard_engine import EvaluationWish
from app.leaderboard_methods import MethodsList
from app.methods_form import Form, PathField
from app.segmented import Segment, SegmentedControl
from app.theme import GAP

_MADE, _FOLDERS = range(2)
_FILE = ""


class LeaderboardForm(Form):
    """The choices, and the button that starts.

    Signals:
        start_requested(object): Rank by this EvaluationWish.
        stop_requested(): End it.
        folder_requested(object): A folder is to be chosen for this PathField.
        truth_requested(object): A truth is to be chosen for this PathField.
    """

    start_requested = Signal(object)
    stop_requested = Signal()
    folder_requested = Signal(object)
    truth_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library: tuple[Path, ...] = ()
        self._pictures = 0
        self._running = False
        self._make()
        self._lay_out()
        self._connect()
        self._choose_kind(_MADE)

    def _make(self) -> None:
        self.kind = SegmentedControl(
            (
                Segment(
                    self.tr("My library"),
                    "pictures",
                    self.tr("Copies are made of pictures of the library, and searched for in it"),
                ),
                Segment(
                    self.tr("Benchmark"), "folder", self.tr("Folders of pictures, and a truth that came with them")
                ),
            )
        )
        self.dataset = PathField(
            self.tr("Dataset"), self.tr("Folder that is searched"), self.tr("The folder that is searched")
        )
        self.queries = PathField(
            self.tr("Queries"),
            self.tr("The dataset"),
            self.tr("The folder of the pictures that are searched with; empty for those of the dataset"),
        )
        self.names = QComboBox()
        for title, value in (
            (self.tr("A file or folder"), _FILE),
            (self.tr("Names as in UKBench"), "ukbench"),
            (self.tr("Names as in Holidays"), "holidays"),
            (self.tr("Names as in Copydays"), "copydays"),
        ):
            self.names.addItem(title, value)
        self.truth = PathField(
            self.tr("File of the truth"),
            self.tr("CSV, or folder of Oxford/Paris"),
            self.tr(
                "A CSV with the columns copy,original or query,picture or source,target or file,group; or a folder of"
                " Oxford or Paris. A folder can be typed or dropped."
            ),
        )
        self.most = QSpinBox(minimum=1, maximum=1_000_000, value=300, singleStep=100)
        self.most.setGroupSeparatorShown(True)
        self.methods = MethodsList()
        self.start = main_button(self.tr("Rank the methods"), self.tr("Search with every query by every ticked method"))

    def _lay_out(self) -> None:
        self.column.addWidget(self.kind, 0, Qt.AlignmentFlag.AlignLeft)
        self._folder_rows = [
            self.add(self.tr("Dataset"), self.dataset),
            self.add(self.tr("Queries"), self.queries),
            self.add(self.tr("Truth"), self.names, self.tr("Where it says what belongs to what")),
        ]
        self.column.addWidget(self.truth)
        self.add(
            self.tr("Queries at most"), self.most, self.tr("More are surer and take longer; spread over all there are")
        )
        self.column.addSpacing(GAP)
        self.column.addWidget(self.methods, 1)
        self.column.addWidget(self.start)
        self.said = self.add_hint()

    def _connect(self) -> None:
        self.kind.chosen.connect(self._choose_kind)
        self.dataset.browse_requested.connect(lambda: self.folder_requested.emit(self.dataset))
        self.queries.browse_requested.connect(lambda: self.folder_requested.emit(self.queries))
        self.truth.browse_requested.connect(lambda: self.truth_requested.emit(self.truth))
        for field in (self.dataset, self.queries, self.truth):
            field.changed.connect(self._show)
        self.names.currentIndexChanged.connect(self._show)
        self.methods.changed.connect(self._show)
        self.start.clicked.connect(self._press)

    # ------------------------------------------------------------------ what it says

    @property
    def wish(self) -> EvaluationWish:
        """What is chosen."""
        methods, most = self.methods.ticked, self.most.value()
        if self.kind.current() == _MADE:
            return EvaluationWish(self._library, (), None, methods, most)
        dataset, queries = self.dataset.path, self.queries.path
        truth = self.names.currentData() or self.truth.path or Path()
        return EvaluationWish((dataset,) if dataset else (), (queries,) if queries else (), truth, methods, most)

    def set_library(self, folders: Sequence[Path], pictures: int) -> None:
        """The folders in use, and how many pictures are in them."""
        self._library, self._pictures = tuple(folders), pictures
        self._show()

    def set_running(self, running: bool) -> None:
        """Whether methods are being ranked."""
        self._running = running
        self._show()

    @Slot(int)
    def _choose_kind(self, kind: int) -> None:
        for row in self._folder_rows:
            row.setVisible(kind == _FOLDERS)
        self._show()

    @Slot()
    def _show(self) -> None:
        self.truth.setVisible(self.kind.current() == _FOLDERS and self.names.currentData() == _FILE)
        problem = "" if self._running else self._problem()
        self.start.setText(self.tr("Stop") if self._running else self.tr("Rank the methods"))
        self.start.setAccessibleName(self.start.text())
        self.start.setEnabled(not problem)
        self.said.setText(problem or self._plan())

    def _problem(self) -> str:
        """Why it cannot start, or nothing."""
        wish = self.wish
        if not wish.dataset and wish.truth is None:
            return self.tr("Add a folder to the library first; copies are made of its pictures.")
        if not wish.dataset:
            return self.tr("Choose the folder that is searched.")
        if wish.truth == Path():
            return self.tr("Choose what says what belongs to what.")
        return "" if wish.methods else self.tr("Tick at least one method.")

    def _plan(self) -> str:
        if self._running:
            return self.tr("What is described is kept, so the next time is shorter.")
        if self.wish.truth is None:
            return self.tr("{count} of {pictures} are edited and searched for. The library is only read.").format(
                count=words.number(min(self._pictures, self.most.value())), pictures=words.pictures(self._pictures)
            )
        return ""

    @Slot()
    def _press(self) -> None:
        if self._running:
            self.stop_requested.emit()
        else:
            self.start_requested.emit(self.wish)
