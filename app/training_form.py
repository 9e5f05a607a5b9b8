"""What is to be trained: adapt the model in use to the library, or train one by a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRegularExpression, Qt, Signal, Slot
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLineEdit, QRadioButton, QSpinBox, QVBoxLayout, QWidget

from app import words
from app.controls import main_button
from app.methods_form import Form, PathField, hint
from app.segmented import Segment, SegmentedControl
from app.theme import GAP, GROUP, SPACE, set_property
from app.training_runs import Wish

_NAME = QRegularExpression("[a-z0-9]+(-[a-z0-9]+)*")
_ADAPT, _RECIPE = range(2)
_RANDOM = "random"
_STYLE = """
QRadioButton::indicator { width: 12px; height: 12px; border: 2px solid palette(dark); border-radius: 8px; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid palette(highlight); }
"""
"""Fusion's own circle is hardly seen on a dark ground."""
_INDENT = 20
"""Where the words of a radio button begin."""


class TrainingForm(Form):
    """The choices, and the button that starts.

    Signals:
        start_requested(object): Train by this Wish.
        stop_requested(): End the run.
        browse_requested(): A folder of pictures is to be chosen.
        weights_requested(): A file of weights is to be chosen.
    """

    start_requested = Signal(object)
    stop_requested = Signal()
    browse_requested = Signal()
    weights_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library: tuple[Path, ...] = ()
        self._pictures = 0
        self._running = False
        self._make()
        self._lay_out()
        self._connect()
        self._choose_kind(_ADAPT)

    # ------------------------------------------------------------------ what it is made of

    def _make(self) -> None:
        self.kind = SegmentedControl(
            (
                Segment(
                    self.tr("Adapt"), "pictures", self.tr("Fit the copy descriptor to the pictures of the library")
                ),
                Segment(self.tr("Recipe"), "train", self.tr("Train a descriptor by a recipe of the field")),
            )
        )
        self._make_adapting()
        self._make_recipe()
        self.steps = QSpinBox(minimum=1, maximum=1_000_000, value=200, singleStep=50)
        self.steps.setGroupSeparatorShown(True)
        self.name = QLineEdit("my-copies")
        set_property(self.name, "look", "field")
        self.name.setValidator(QRegularExpressionValidator(_NAME, self.name))
        self.start = main_button(self.tr("Start"), self.tr("Begin, or go on with a run of just these settings"))

    def _make_adapting(self) -> None:
        self.whiten = QRadioButton(self.tr("Whiten again"))
        self.whiten.setToolTip(self.tr("Only the last layer is fitted to the library; takes about a minute"))
        self.train = QRadioButton(self.tr("Train on"))
        self.train.setToolTip(self.tr("All layers learn from the library; takes as long as the steps say"))
        self.whiten.setChecked(True)
        self._ways = QButtonGroup(self)
        self.adapting = QWidget()
        self.adapting.setStyleSheet(_STYLE)
        column = QVBoxLayout(self.adapting)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        for button, text in (
            (
                self.whiten,
                self.tr("About a minute. Weighs what the descriptor measures by what tells these pictures apart."),
            ),
            (self.train, self.tr("Minutes to hours. Learns from edited copies of these pictures.")),
        ):
            self._ways.addButton(button)
            column.addWidget(button)
            said = hint(text)
            said.setIndent(_INDENT)
            column.addWidget(said)

    def _make_recipe(self) -> None:
        self.recipe = QComboBox()
        for name, title in self._recipes():
            self.recipe.addItem(title, name)
        self.backbone = QComboBox(editable=True)
        self.backbone.addItems(["efficientnet-lite0", "timm:resnet18", "timm:vit_tiny_patch16_224"])
        typed = QLineEdit()
        typed.setAccessibleName(self.tr("Backbone"))
        typed.setToolTip(self.tr("efficientnet-lite0, or timm: and the name of a timm model"))
        self.backbone.setLineEdit(typed)
        self.weights = QComboBox()
        for title, value in (
            (self.tr("Those that come along"), ""),
            (self.tr("Random"), _RANDOM),
            (self.tr("From a file …"), None),
        ):
            self.weights.addItem(title, value)
        self.pairs = QSpinBox(minimum=2, maximum=4096, value=32, singleStep=8)
        self.folder = PathField(
            self.tr("Pictures"), self.tr("The library"), self.tr("A folder of pictures; empty for the library's own")
        )

    def _recipes(self) -> list[tuple[str, str]]:
        from core.training.settings import RECIPES

        titles = {
            "simclr": self.tr("SimCLR (Chen 2020)"),
            "contrastive": self.tr("Siamese, contrastive (Hadsell 2006)"),
            "triplet": self.tr("Triplet, hard mining (Schroff 2015)"),
            "sscd": self.tr("SSCD copy detection (Pizzi 2022)"),
            "delf": self.tr("DELF keypoints (Noh 2017)"),
            "lift": self.tr("LIFT keypoints (Yi 2016)"),
        }
        return [(name, titles.get(name, name)) for name in RECIPES]

    def _lay_out(self) -> None:
        self.column.addWidget(self.kind, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addSpacing(GAP)
        self.column.addWidget(self.adapting)
        self._recipe_rows: list[QWidget] = []
        for caption, widget, tip in (
            (self.tr("Pictures"), self.folder, ""),
            (self.tr("Recipe"), self.recipe, self.tr("How it learns what is a copy and what is not")),
            (self.tr("Backbone"), self.backbone, self.tr("efficientnet-lite0, or timm: and the name of a timm model")),
            (self.tr("Weights to begin with"), self.weights, self.tr("What the backbone knows at first")),
            (self.tr("Pairs in a step"), self.pairs, self.tr("More pairs learn steadier and take longer")),
        ):
            self._recipe_rows.append(self.add(caption, widget, tip))
        self._steps_row = self.add(self.tr("Steps"), self.steps, self.tr("How many batches are learned from"))
        self.add(self.tr("Name of the method"), self.name, self.tr("Small letters, digits and single dashes"))
        self.column.addSpacing(GROUP)
        self.column.addWidget(self.start)
        self.said = self.add_hint()

    def _connect(self) -> None:
        self.kind.chosen.connect(self._choose_kind)
        self._ways.buttonClicked.connect(self._show)
        self.recipe.currentIndexChanged.connect(self._show)
        self.backbone.currentTextChanged.connect(self._show)
        self.weights.activated.connect(self._on_weights)
        self.folder.changed.connect(self._show)
        self.folder.browse_requested.connect(self.browse_requested)
        self.name.textChanged.connect(self._show)
        self.start.clicked.connect(self._press)

    # ------------------------------------------------------------------ what it says

    @property
    def wish(self) -> Wish:
        """What is chosen."""
        name = self.name.text()
        if self.kind.current() == _ADAPT:
            way = "whiten" if self.whiten.isChecked() else "train"
            return Wish(self._library, name, way, self.steps.value())
        folder = self.folder.path
        return Wish(
            (folder,) if folder is not None else self._library,
            name,
            str(self.recipe.currentData()),
            self.steps.value(),
            self.pairs.value(),
            self.backbone.currentText().strip(),
            str(self.weights.currentData() or ""),
        )

    def show_wish(self, wish: Wish) -> None:
        """Choose what a wish says, its library excepted."""
        self._choose_kind(_ADAPT if wish.adapts else _RECIPE)
        self.kind.choose(_ADAPT if wish.adapts else _RECIPE)
        (self.whiten if wish.way == "whiten" else self.train).setChecked(True)
        self.recipe.setCurrentIndex(max(0, self.recipe.findData(wish.way)))
        self.backbone.setCurrentText(wish.backbone)
        self.set_weights(wish.weights)
        self.pairs.setValue(wish.pairs)
        self.steps.setValue(wish.steps)
        self.name.setText(wish.name)
        self._show()

    def set_weights(self, value: str) -> None:
        """Choose weights: "", "random", or a file."""
        if self.weights.findData(value) < 0:
            self.weights.insertItem(self.weights.count() - 1, Path(value).name, value)
        self.weights.setCurrentIndex(self.weights.findData(value))
        self._show()

    def set_library(self, folders: Sequence[Path], pictures: int) -> None:
        """The folders in use, and how many pictures are in them."""
        self._library, self._pictures = tuple(folders), pictures
        self._show()

    def set_running(self, running: bool) -> None:
        """Whether a run is under way."""
        self._running = running
        self._show()

    # ------------------------------------------------------------------ what happens

    @Slot(int)
    def _choose_kind(self, kind: int) -> None:
        for widget in self._recipe_rows:
            widget.setVisible(kind == _RECIPE)
        self.adapting.setVisible(kind == _ADAPT)
        names = ("my-copies", "my-model")
        if self.name.text() == names[1 - kind]:
            self.name.setText(names[kind])
        self._show()

    @Slot(int)
    def _on_weights(self, place: int) -> None:
        if self.weights.itemData(place) is None:
            self.weights.setCurrentIndex(0)
            self.weights_requested.emit()

    @Slot()
    def _show(self) -> None:
        whitens = self.kind.current() == _ADAPT and self.whiten.isChecked()
        self._steps_row.setVisible(not whitens)
        problem = "" if self._running else self._problem()
        self.start.setText(self.tr("Stop") if self._running else self.tr("Start"))
        self.start.setAccessibleName(self.start.text())
        self.start.setEnabled(not problem)
        self.said.setText(problem or self._plan())

    def _problem(self) -> str:
        """Why it cannot start, or nothing."""
        if not self.wish.folders:
            return self.tr("Add a folder to the library first; its pictures are what is learned from.")
        if not self.name.hasAcceptableInput():
            return self.tr("A name has small letters, digits and single dashes.")
        if self.kind.current() == _RECIPE and self.wish.backbone.startswith("timm:") and not self.wish.weights:
            return self.tr("Weights of timm models do not come along: choose a file of them, or random ones.")
        return ""

    def _plan(self) -> str:
        if self._running:
            return self.tr("It goes on from its last checkpoint when it is started again, also after a restart.")
        if self.wish.folders != self._library:
            return self.tr("Nothing leaves this computer. The method is installed only when you say so.")
        return self.tr(
            "{pictures} in the library; some are set aside to measure with. Nothing leaves this computer, and nothing"
            " is installed before you say so."
        ).format(pictures=words.pictures(self._pictures))

    @Slot()
    def _press(self) -> None:
        if self._running:
            self.stop_requested.emit()
        else:
            self.start_requested.emit(self.wish)
