"""The Models section: what is installed, its card, and the ways in and out for files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QSplitter, QTextBrowser, QVBoxLayout, QWidget

from app import intake, words
from app.elided_label import ElidedLabel
from app.methods_controls import labelled_button
from app.methods_table import Column, MethodsTable, RowsModel
from app.theme import GAP, GROUP, SPACE, set_property

if TYPE_CHECKING:
    from core.model_store import InstalledModel

_FILES = (".onnx", ".safetensors")


class ModelsView(QWidget):
    """The models on this computer.

    Signals:
        import_requested(): A file is to be chosen and installed.
        dropped(object): The Path of a model file was dropped here.
        export_requested(object): An InstalledModel is to be written to a file.
        remove_requested(object): An InstalledModel is to be removed.
        search_requested(str, str): Title and name of a method to search with.
        card_requested(object): The Path of a card to read.
    """

    import_requested = Signal()
    dropped = Signal(object)
    export_requested = Signal(object)
    remove_requested = Signal(object)
    search_requested = Signal(str, str)
    card_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.summary = ElidedLabel()
        self.import_button = labelled_button(
            "add", self.tr("Import …"), self.tr("Check an ONNX or safetensors file and install a copy of it")
        )
        self.export_button = labelled_button(
            "export", self.tr("Export …"), self.tr("Write it to a file, with its card")
        )
        self.remove_button = labelled_button("remove", self.tr("Remove"), self.tr("Remove it from this computer"))
        self.search_button = labelled_button("search", self.tr("Use in Search"), self.tr("Rank matches by it"))
        self.model: RowsModel[InstalledModel] = RowsModel(self._columns(), lambda model: (str(model.path),))
        self.table = MethodsTable(self.model, self.tr("Models"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.card = QTextBrowser(openLinks=False)
        self.card.setAccessibleName(self.tr("Card of the model"))
        self.card.setToolTip(self.tr("What the model is, and how it was made"))
        self.card.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.card.document().setDocumentMargin(GROUP)
        self._connect()
        self._lay_out()
        self._allow()

    def _columns(self) -> list[Column[InstalledModel]]:
        return [
            Column(self.tr("Name"), "", lambda one: one.name, lambda one: one.name, words=True),
            Column(self.tr("What it is"), "", self._kind, self._kind, words=True),
            Column(self.tr("From"), "", self._origin, self._origin, words=True),
            Column(self.tr("Version"), "", lambda one: one.version, lambda one: str(one.version or "")),
            Column(
                self.tr("Numbers"),
                self.tr("Length of its descriptor"),
                lambda one: one.dimension,
                lambda one: words.number(one.dimension) if one.dimension else "",
            ),
            Column(self.tr("Size"), "", lambda one: one.bytes, lambda one: words.size(one.bytes)),
        ]

    def _kind(self, model: InstalledModel) -> str:
        kinds = {
            "descriptor": self.tr("descriptor of pictures"),
            "weights": self.tr("weights of a network"),
            "delf": self.tr("DELF keypoints"),
            "lift": self.tr("LIFT keypoints"),
        }
        kind = kinds.get(model.kind, model.kind)
        return f"{kind}, {model.precision}" if model.precision else kind

    def _origin(self, model: InstalledModel) -> str:
        return self.tr("Twinsight") if model.shipped else self.tr("you")

    def _connect(self) -> None:
        self.import_button.clicked.connect(self.import_requested)
        self.export_button.clicked.connect(lambda: self._ask(self.export_requested))
        self.remove_button.clicked.connect(lambda: self._ask(self.remove_requested))
        self.search_button.clicked.connect(self._search)
        self.table.selection_moved.connect(self._allow)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(GROUP, GAP, GROUP, GAP)
        row.setSpacing(SPACE)
        row.addWidget(self.summary, 1)
        for button in (self.search_button, self.export_button, self.remove_button, self.import_button):
            row.addWidget(button)
        parts = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        parts.addWidget(self.table)
        parts.addWidget(self.card)
        parts.setStretchFactor(0, 2)
        parts.setStretchFactor(1, 3)
        set_property(parts, "ground", "base")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(parts, 1)

    @Slot(list)
    def set_models(self, models: Sequence[InstalledModel]) -> None:
        """Show the models there are; what was picked stays picked, else the first one is."""
        picked = [model.path for model in self.table.chosen()]
        self.model.replace(models)
        shown = [model.path for model in self.table.shown()]
        if shown:
            self.table.selectRow(shown.index(picked[0]) if picked and picked[0] in shown else 0)
        own = sum(not model.shipped for model in models)
        self.summary.set_text(
            self.tr("{count} from you, {shipped} from Twinsight").format(
                count=words.number(own), shipped=words.number(len(models) - own)
            )
        )
        self._allow()

    def show_card(self, text: str) -> None:
        """Show the card of the picked model, in Markdown."""
        self.card.setMarkdown(text)

    @Slot()
    def _allow(self) -> None:
        chosen = self.table.chosen()
        model = chosen[0] if chosen else None
        self.export_button.setEnabled(model is not None)
        self.remove_button.setEnabled(model is not None and not model.shipped)
        self.search_button.setEnabled(model is not None and model.kind == "descriptor")
        if model is not None and model.card is not None:
            self.card_requested.emit(model.card)
        else:
            self.show_card(self.tr("*This model came without a card.*") if model is not None else "")

    @Slot()
    def _search(self) -> None:
        for model in self.table.chosen():
            self.search_requested.emit(model.title or model.name, model.name)

    def _ask(self, signal: object) -> None:
        for model in self.table.chosen():
            signal.emit(model)  # type: ignore[attr-defined]

    # ------------------------------------------------------------------ dropping

    def _dropped(self, event: QDropEvent) -> list[Path]:
        return [path for path in intake.read(event.mimeData()).paths if path.suffix.lower() in _FILES]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Model files may be dropped here; the rest is for the window."""
        event.acceptProposedAction() if self._dropped(event) else event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Install what is dropped."""
        for path in self._dropped(event)[:1]:
            event.acceptProposedAction()
            self.dropped.emit(path)
