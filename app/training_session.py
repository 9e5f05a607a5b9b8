"""What a person does with models: train them, install them, take files in and out. No widgets here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.jobs import Jobs
from app.methods_process import in_process
from app.training_runs import Curve, Result, Run, Wish, curve_so_far, remove_run, runs
from app.training_work import train
from core.events import Progress, Skipped

if TYPE_CHECKING:
    from core.model_store import InstalledModel


def _train_apart(wish: Wish) -> Iterator[object]:
    return in_process(train, wish)


@dataclass(frozen=True, slots=True)
class TrainingEngine:
    """What the session runs; tests put generators of their own in its place.

    Attributes:
        train: Does what a wish says, as ``app.training_work.train`` does.
    """

    train: Callable[[Wish], Iterator[object]] = _train_apart


@dataclass(frozen=True, slots=True)
class Installed:
    """A model file was checked and is a method now, or weights for one."""

    model: InstalledModel


class TrainingSession(QObject):
    """Trains in the lane for it, and keeps the models.

    Args:
        jobs: The lanes.
        engine: What trains; for tests.
        parent: The Qt owner.

    Signals:
        began(object): Training by this Wish begins or goes on.
        progressed(list): Events as they stream in.
        ended(object): The Result, or None where it was stopped or failed.
        runs_listed(list): The runs there are.
        models_listed(list): The models there are.
        models_changed(): A model was installed or removed: the methods are others now.
        said(str): A sentence about something that is done.
        failed(object): A Failure that has no lane of its own.
    """

    began = Signal(object)
    progressed = Signal(list)
    ended = Signal(object)
    runs_listed = Signal(list)
    models_listed = Signal(list)
    models_changed = Signal()
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, jobs: Jobs, engine: TrainingEngine | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._engine = engine or TrainingEngine()
        self._result: Result | None = None
        self.skipped: list[Skipped] = []
        jobs.training.batch.connect(self._on_batch)
        jobs.training.finished.connect(self._on_finished)
        jobs.training.failed.connect(self._on_failed)
        jobs.models.batch.connect(self._on_models_batch)

    @property
    def training(self) -> bool:
        """Whether a run is under way, paused or not."""
        return self._jobs.training.running

    def start(self, wish: Wish) -> None:
        """Train, or go on with a run of just this wish."""
        self._result = None
        self.skipped = []
        self.began.emit(wish)

        def run() -> Iterator[object]:
            yield Progress("Starting", 0, None, 0.0)
            yield Curve(tuple(curve_so_far(wish)))
            yield from self._engine.train(wish)

        self._jobs.training.start(lambda _: run())

    def stop(self) -> None:
        """End the run; it can go on from its last checkpoint."""
        self._jobs.training.cancel()

    def refresh(self) -> None:
        """List runs and models again."""
        self._jobs.desk.do(runs, self.runs_listed.emit, self.failed.emit)
        self._jobs.desk.do(_models, self.models_listed.emit, self.failed.emit)

    @Slot(list)
    def _on_batch(self, events: list[object]) -> None:
        self.skipped += [event for event in events if isinstance(event, Skipped)]
        for event in events:
            if isinstance(event, Result):
                self._result = event
        self.progressed.emit(events)

    @Slot(object)
    def _on_finished(self) -> None:
        result = self._result
        if result is None:
            self.said.emit(self.tr("Training stopped. It can go on from its last checkpoint."))
        else:
            self.said.emit(result.words)
        self.ended.emit(result)
        self.refresh()

    @Slot(str)
    def _on_failed(self) -> None:
        self.ended.emit(None)
        self.refresh()

    # ------------------------------------------------------------------ models

    def install(self, result: Result) -> None:
        """Make a method of the model that came out of a run."""
        self.take_in(result.model, result.name)

    def take_in(self, path: Path, name: str | None = None) -> None:
        """Check a model file and install a copy of it."""

        def check() -> Iterator[object]:
            yield Progress("Checking the model", 0, None, 0.0)
            from core.model_store import import_model

            yield Installed(import_model(path, name))

        self._jobs.models.start(lambda _: check())

    @Slot(list)
    def _on_models_batch(self, events: list[object]) -> None:
        for event in events:
            if isinstance(event, Installed):
                self._tell_installed(event.model)

    def _tell_installed(self, model: InstalledModel) -> None:
        if model.kind == "weights":
            self.said.emit(self.tr("The weights {name} are installed.").format(name=model.name))
        else:
            self.said.emit(
                self.tr("{name} is installed, version {version}; it can be searched with.").format(
                    name=model.name, version=model.version
                )
            )
        self._changed()

    def export(self, name: str, target: Path) -> None:
        """Copy a model out."""

        def work() -> list[Path]:
            from core.model_store import export_model

            return export_model(name, target)

        def done(written: list[Path]) -> None:
            self.said.emit(self.tr("Wrote {name} to {path}").format(name=name, path=written[0]))

        self._jobs.desk.do(work, done, self.failed.emit)

    def remove_model(self, name: str) -> None:
        """Remove one of the user's own models."""

        def work() -> None:
            from core.model_store import remove_model

            remove_model(name)

        def done(_: None) -> None:
            self.said.emit(self.tr("{name} is removed.").format(name=name))
            self._changed()

        self._jobs.desk.do(work, done, self.failed.emit)

    def remove_run(self, run: Run) -> None:
        """Delete what a run left behind."""
        self._jobs.desk.do(lambda: remove_run(run), lambda _: self.refresh(), self.failed.emit)

    def _changed(self) -> None:
        self.refresh()
        self.models_changed.emit()


def _models() -> list[InstalledModel]:
    from core.model_store import installed_models

    return installed_models()
