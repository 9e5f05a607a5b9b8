"""Keeps the Training and Models sections in step with what is trained and installed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app.desk import Desk
from app.libraries import Libraries
from app.methods_choosers import MethodsChoosers
from app.training_models import ModelsView
from app.training_runs import Run
from app.training_session import TrainingSession
from app.training_view import TrainingView


class TrainingPresenter(QObject):
    """Connects the two views with the session.

    Args:
        session: Trains and installs.
        libraries: Whose pictures are learned from.
        desk: Reads files.
        training: Shows the training.
        models: Shows the models.
        choosers: Asks for files and folders.
        parent: The Qt owner.
    """

    def __init__(
        self,
        session: TrainingSession,
        libraries: Libraries,
        desk: Desk,
        training: TrainingView,
        models: ModelsView,
        choosers: MethodsChoosers,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._libraries = libraries
        self._desk = desk
        self._training = training
        self._models = models
        self._choosers = choosers
        self._connect_training()
        self._connect_models()
        libraries.changed.connect(self._share_library)
        self._share_library()

    def _connect_training(self) -> None:
        session, view, form = self._session, self._training, self._training.form
        session.began.connect(view.begin)
        session.progressed.connect(view.note)
        session.ended.connect(view.end)
        session.runs_listed.connect(view.runs.set_runs)
        form.start_requested.connect(session.start)
        form.stop_requested.connect(session.stop)
        form.browse_requested.connect(self._choose_pictures)
        form.weights_requested.connect(self._choose_weights)
        view.runs.resume_requested.connect(lambda run: session.start(run.wish))
        view.runs.remove_requested.connect(session.remove_run)
        view.result.install_requested.connect(session.install)
        view.shown_requested.connect(self._fetch_curve)

    def _connect_models(self) -> None:
        session, view = self._session, self._models
        session.models_listed.connect(view.set_models)
        view.import_requested.connect(self._choose_model)
        view.dropped.connect(session.take_in)
        view.export_requested.connect(self._export)
        view.remove_requested.connect(lambda model: session.remove_model(model.name))
        view.card_requested.connect(self._fetch_card)

    @Slot()
    def _share_library(self) -> None:
        used = [library.info for library in self._libraries.all if library.used and not library.missing]
        self._training.form.set_library(self._libraries.scope, sum(info.images for info in used))

    @Slot()
    def _choose_pictures(self) -> None:
        folder = self._choosers.folder(self.tr("Learn from the pictures in"), "training")
        if folder is not None:
            self._training.form.folder.set_path(folder)

    @Slot()
    def _choose_weights(self) -> None:
        path = self._choosers.file(
            self.tr("Begin with the weights in"), self.tr("Weights and models (*.safetensors *.onnx)"), "models"
        )
        if path is not None:
            self._training.form.set_weights(str(path))

    @Slot()
    def _choose_model(self) -> None:
        path = self._choosers.file(
            self.tr("Import a model"), self.tr("Models and weights (*.onnx *.safetensors)"), "models"
        )
        if path is not None:
            self._session.take_in(path)

    @Slot(object)
    def _export(self, model: object) -> None:
        name, path = model.name, model.path  # type: ignore[attr-defined]
        target = self._choosers.target(
            self.tr("Export a model"), path.name, self.tr("Model (*{suffix})").format(suffix=path.suffix)
        )
        if target is not None:
            self._session.export(name, target)

    @Slot(object)
    def _fetch_curve(self, run: Run) -> None:
        def read() -> list[object]:
            from core.training.loop import read_metrics

            return list(read_metrics(run.folder))

        def show(curve: list[object]) -> None:
            # Another run may have begun meanwhile, whose curve is on screen.
            if not self._session.training:
                self._training.show_curve(curve)  # type: ignore[arg-type]

        self._desk.do(read, show, self._session.failed.emit)

    @Slot(object)
    def _fetch_card(self, card: Path) -> None:
        def show(text: str) -> None:
            if any(model.card == card for model in self._models.table.chosen()):
                self._models.show_card(text)

        self._desk.do(lambda: card.read_text(encoding="utf-8"), show, self._session.failed.emit)
