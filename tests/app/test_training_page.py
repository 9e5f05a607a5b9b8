"""Training and models in the window: real widgets and signals, a run folder on disk, and a real small model file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from app.application import Workplace
from app.engine import Engine
from app.methods_choosers import MethodsChoosers
from app.methods_page import MethodsPage
from app.methods_presenter import MethodsPresenter
from app.settings import Settings
from app.training_runs import Baseline, Result, Wish, curve_so_far, remove_run, runs
from app.training_session import TrainingEngine
from app.training_view import thinned
from app.training_work import train
from app.window import Window
from core.catalog import Catalog
from core.events import Done, Event, Progress, Summary
from core.model_store import find_installed, installed_models
from core.records import ModelError
from core.training.metrics import Recall, TrainingMetrics

MakeWorkplace = Callable[..., Workplace]


def recall(at_1: float) -> Recall:
    return Recall(at_1, 0.9, at_1 + 0.05, 0.95, {"crop": at_1, "turn": 0.5})


def metrics(step: int, at_1: float | None = None) -> TrainingMetrics:
    loss = math.nan if step == 0 else 3.0 / step
    return TrainingMetrics(step, loss, {}, 0.0, 30.0, None if at_1 is None else recall(at_1))


class Trainer:
    """Stands in for the hours of training: yields what a test wants."""

    def __init__(self, model: Path) -> None:
        self.wishes: list[Wish] = []
        self.endless = False
        self.result = Result(model, "my-copies", recall(0.6), recall(0.7), True, "Whitened on 240 pictures.")

    def train(self, wish: Wish) -> Iterator[object]:
        self.wishes.append(wish)
        yield Progress("Measuring", 0, 2, 0.1)
        yield Baseline(recall(0.6), 200, 40)
        yield metrics(0, 0.6)
        for step in range(1, 5):
            yield metrics(step, 0.7 if step == 4 else None)
            yield Progress("Training", step, 4, 0.1 * step)
        while self.endless:
            yield Progress("Training", 4, 9, 1.0)
        yield self.result


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A real ONNX model that describes pictures by their mean colours, with a description and a card."""
    import onnx
    from onnx import TensorProto, helper

    nodes = [
        helper.make_node("ReduceMean", ["pixels"], ["means"], axes=[2, 3], keepdims=0),
        helper.make_node("LpNormalization", ["means"], ["descriptor"], axis=1, p=2),
        helper.make_node("Unsqueeze", ["descriptor", "one"], ["regions"]),
    ]
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [
            helper.make_tensor_value_info("descriptor", TensorProto.FLOAT, ["n", 3]),
            helper.make_tensor_value_info("regions", TensorProto.FLOAT, ["n", 1, 3]),
        ],
        [helper.make_tensor("one", TensorProto.INT64, [1], np.array([1]))],
    )
    path = tmp_path / "my-copies.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    path.with_suffix(".md").write_text("# my-copies\n\nMean colours.", encoding="utf-8")
    return path


@pytest.fixture
def trainer(model: Path) -> Trainer:
    return Trainer(model)


def index(catalog: Catalog, library: Sequence[Path]) -> Iterator[Event]:
    """Takes no time; what is trained on is not read from the catalog."""
    catalog.mark_indexed(library)
    yield Done(Summary(2, (), 2, 0.1))


@pytest.fixture
def photos_folder(tmp_path: Path, make_picture: Callable[..., Path]) -> Path:
    folder = tmp_path / "photos"
    for name, colour in (("a.png", "red"), ("b.png", "green")):
        make_picture(name, colour, folder)
    return folder


@pytest.fixture
def window(make_workplace: MakeWorkplace, photos_folder: Path, qtbot: QtBot) -> Window:
    workplace = make_workplace(Engine(index=index))
    with qtbot.waitSignal(workplace.jobs.scan.finished):
        workplace.libraries.add([photos_folder])
    qtbot.waitUntil(lambda: bool(workplace.libraries.scope))
    workplace.window.show_page("methods")
    return workplace.window


@pytest.fixture
def page(window: Window, trainer: Trainer, settings: Settings) -> Iterator[MethodsPage]:
    """The page of the window, with training that takes no hours."""
    page = window.methods
    presenter = MethodsPresenter(
        window.session, MethodsPage(), window.status, MethodsChoosers(window, settings), TrainingEngine(trainer.train)
    )
    presenter._page.setParent(page)
    presenter._page.resize(900, 600)
    presenter.show(True)
    presenter.search_requested.connect(window._search_by)
    presenter.methods_listed.connect(window.query.method.offer_methods)
    yield presenter._page
    presenter.deleteLater()


def trained(page: MethodsPage, window: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.session.jobs.training.finished):
        page.training.form.start.click()


# ---------------------------------------------------------------------- training


def test_adapting_shows_the_curve_and_what_it_brought_and_installs_only_when_asked(
    page: MethodsPage, window: Window, trainer: Trainer, photos_folder: Path, qtbot: QtBot
) -> None:
    page.show_section("training")
    trained(page, window, qtbot)
    assert trainer.wishes == [Wish((photos_folder,), "my-copies", "whiten")]
    view = page.training
    assert [one.name for one in view.plot.series] == ["loss", "recall@1", "recall@1 by regions"]
    assert view.plot.series[1].points == ((0.0, 0.6), (4.0, 0.7))
    assert view.result.sentence.text() == "It finds more copies than before."
    shown = {row.name: row.change for row in view.result.model.rows}
    assert shown["First of all (recall@1)"] == pytest.approx(0.1)
    assert "my-copies" not in [one.name for one in installed_models()]
    view.result.install.click()
    qtbot.waitUntil(lambda: "my-copies" in [one.name for one in installed_models()], timeout=30_000)
    qtbot.waitUntil(lambda: "my-copies" in [str(choice) for choice in offered(window)])


def offered(window: Window) -> list[object]:
    return [action.data() for action in window.query.method._group.actions()]


def test_a_run_can_be_stopped_and_says_that_it_goes_on_later(
    page: MethodsPage, window: Window, trainer: Trainer, qtbot: QtBot
) -> None:
    trainer.endless = True
    form = page.training.form
    with qtbot.waitSignal(window.session.jobs.training.batch):
        form.start.click()
    assert form.start.text() == "Stop"
    with qtbot.waitSignal(window.session.jobs.training.finished):
        form.start.click()
    assert form.start.text() == "Start"
    assert "can go on" in window.status.text.full_text


def test_what_cannot_start_says_why(page: MethodsPage) -> None:
    form = page.training.form
    form.name.setText("My Copies")
    assert not form.start.isEnabled()
    assert "small letters" in form.said.text()
    form.name.setText("my-copies")
    form.kind.button(1).click()
    form.backbone.setCurrentText("timm:resnet18")
    assert not form.start.isEnabled()
    assert "random" in form.said.text()
    form.set_weights("random")
    assert form.start.isEnabled()
    form.set_library((), 0)
    assert "Add a folder" in form.said.text()


def test_a_recipe_is_wished_for_as_chosen(page: MethodsPage, tmp_path: Path) -> None:
    form = page.training.form
    form.kind.button(1).click()
    form.recipe.setCurrentIndex(form.recipe.findData("triplet"))
    form.folder.set_path(tmp_path)
    form.steps.setValue(50)
    form.pairs.setValue(16)
    assert form.wish == Wish((tmp_path,), "my-model", "triplet", 50, 16)
    again = Wish((tmp_path,), "other", "train", 70)
    form.show_wish(again)
    assert (form.wish.way, form.wish.name, form.wish.steps) == ("train", "other", 70)


def test_long_curves_are_drawn_from_few_points() -> None:
    points = [(float(step), 1.0) for step in range(1, 5001)]
    few = thinned(points)
    assert len(few) <= 400
    assert few[-1] == (5000.0, 1.0)


# ---------------------------------------------------------------------- runs on disk


def begun(name: str, home: Path, step: int = 20) -> Path:
    """A run that was killed after a checkpoint."""
    from core.training.producing import default_run

    folder = default_run(name)
    folder.mkdir(parents=True)
    wish = {"folders": [str(home)], "name": name, "way": "sscd", "steps": 100}
    (folder / "wish.json").write_text(json.dumps(wish))
    (folder / "state.json").write_text(json.dumps({"step": step}))
    rows = [metrics(step).to_row() for step in range(1, step + 1)]
    (folder / "metrics.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


def test_a_run_that_was_killed_is_listed_with_its_curve_and_goes_on(
    window: Window, page: MethodsPage, trainer: Trainer, own_home: Path, qtbot: QtBot
) -> None:
    begun("long", own_home)
    window._methods.training.refresh()
    view = window.methods.training
    qtbot.waitUntil(lambda: len(view.runs.model.rows) == 1)
    view.runs.table.selectRow(0)
    qtbot.waitUntil(lambda: bool(view.plot.series))
    assert view.plot.series[0].points[-1] == (20.0, 0.15)
    assert "step 20 of 100" in view.result.facts.text()
    assert view.runs.resume_button.isEnabled()
    (run,) = runs()
    assert len(curve_so_far(run.wish)) == 20
    remove_run(run)
    assert runs() == []


def test_a_folder_that_is_no_run_is_left_alone(own_home: Path, tmp_path: Path) -> None:
    from app.training_runs import Run

    with pytest.raises(ModelError, match="no run"):
        remove_run(Run(tmp_path, Wish((), "x"), 0, None))
    assert tmp_path.exists()


def test_another_wish_under_the_name_of_an_unfinished_run_is_refused(own_home: Path) -> None:
    begun("long", own_home)
    with pytest.raises(ModelError, match="other settings"):
        next(train(Wish((own_home,), "long", "simclr")))


# ---------------------------------------------------------------------- models


def test_a_model_file_is_imported_shown_with_its_card_exported_and_removed(
    window: Window, model: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window.methods.show_section("models")
    session, view = window._methods.training, window.methods.models
    with qtbot.waitSignal(session.models_changed, timeout=30_000):
        view.dropped.emit(model)
    qtbot.waitUntil(lambda: "my-copies" in [one.name for one in view.model.rows])
    place = [one.name for one in view.table.shown()].index("my-copies")
    view.table.selectRow(place)
    qtbot.waitUntil(lambda: "Mean colours" in view.card.toPlainText())
    target = tmp_path / "out" / "copy.onnx"
    with qtbot.waitSignal(session.said):
        session.export("my-copies", target)
    assert target.read_bytes() == model.read_bytes()
    view.search_button.click()
    assert window.page == "search"
    assert window.query.method.method == "my-copies"
    with qtbot.waitSignal(session.models_changed):
        view.remove_button.click()
    with pytest.raises(ModelError):
        find_installed("my-copies")


def test_what_is_no_model_is_refused_in_one_sentence(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "pickle.onnx"
    path.write_bytes(b"no model at all")
    window._methods.training.take_in(path)
    qtbot.waitUntil(lambda: "pickle.onnx" in window.status.text.full_text, timeout=30_000)


def test_the_form_is_no_wider_than_its_panel_with_a_scroll_bar(page: MethodsPage) -> None:
    for section in (page.training.form, page.leaderboard.form):
        needed = section.widget().minimumSizeHint().width()
        assert needed <= section.width() - section.verticalScrollBar().sizeHint().width()


def test_every_control_has_a_name_and_a_tooltip(window: Window) -> None:
    nameless = []
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit):
        for control in window.methods.findChildren(kind):
            inside = isinstance(control.parentWidget(), QAbstractSpinBox | QComboBox | QLineEdit | QTableView)
            if inside or control.isHidden():
                continue
            if not (control.accessibleName() or control.text()) or not control.toolTip():  # type: ignore[union-attr]
                nameless.append(f"{type(control).__name__} {control.accessibleName()}")
    assert nameless == []
