"""Leaderboard and Compression in the window: real widgets and signals, and one real evaluation in its own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.application import Workplace
from app.engine import Engine
from app.leaderboard_engine import (
    CompressionWish,
    EvaluationWish,
    LeaderboardEngine,
    Offered,
    WeightsFetched,
    WeightsFound,
)
from app.leaderboard_session import LeaderboardSession
from app.methods_axis import Axis, Series
from app.methods_choosers import MethodsChoosers
from app.methods_page import MethodsPage
from app.methods_plot import Plot
from app.methods_presenter import MethodsPresenter
from app.settings import Settings
from app.window import Window
from core.catalog import Catalog
from core.evaluation.values import (
    CompressionDone,
    CompressionMeasured,
    CompressionPoint,
    CurvePoint,
    EvaluationDone,
    EvaluationSummary,
    MethodEvaluated,
    MethodFailed,
    MethodResult,
)
from core.events import Done, Event, Progress, Skipped, Summary
from core.records import TruthError
from core.retrieval.offers import Offer

MISSING = "the weights of ViT-B-32 are missing: put them at /models/ViT-B-32.safetensors"


def result(method: str, mean: float, rate: float | None = 100.0) -> MethodResult:
    curve = (CurvePoint(0.1, 1.0, 0.9), CurvePoint(1.0, mean, 0.1))
    return MethodResult(method, f"The {method}", "colour", 9, 20, mean, mean, 0.99, mean, mean, rate, 32.0, 0.5, curve)


RESULTS = (result("gray-histogram", 0.4), result("pdq", 0.6, None), result("vlad", 0.9, 12.0))
POINTS = tuple(
    CompressionPoint(index, f"Index {index}", size, recall, recall, 0.1 * size, 0.5)
    for index, size, recall in (("flat", 1024.0, 1.0), ("pq@8", 8.0, 0.4), ("pq@64", 64.0, 0.97))
)
OFFERS = (
    Offer("gray-histogram", "Gray-level histogram", "Swain 1991", "colour", 1024, "methods"),
    Offer("pdq", "PDQ perceptual hash", "Facebook 2019", "hash", 32, "methods"),
    Offer("clip-vit-b-32", "CLIP ViT-B/32", "Radford 2021", "deep", 2048, "methods", MISSING),
    Offer("vlad+whiten", "PCA whitening", "Jegou 2012", "whitening", None, "steps"),
)


class Bench:
    """Stands in for minutes of measuring."""

    def __init__(self) -> None:
        self.wishes: list[EvaluationWish | CompressionWish] = []
        self.problem: Exception | None = None
        self.endless = False
        self.fetched: list[str] = []
        self.engine = LeaderboardEngine(self.evaluate, self.compress, self.offer, self.find_weights, self.fetch_weights)

    def offer(self) -> Iterator[object]:
        yield Offered(OFFERS, (("VLAD", "vlad"), ("Copy descriptor", "twinsight-copy")))

    def evaluate(self, wish: EvaluationWish) -> Iterator[object]:
        self.wishes.append(wish)
        if self.problem is not None:
            raise self.problem
        yield Progress("Describing", 1, 20, 0.1)
        yield MethodFailed("clip-vit-b-32", MISSING)
        for one in RESULTS:
            yield MethodEvaluated(one)
        while self.endless:
            yield Progress("Ranking", 1, 9, 1.0)
        unread = (Skipped(Path("/a/b.jpg"), "truncated"),)
        yield EvaluationDone(EvaluationSummary(RESULTS[::-1], (), unread, 9, 20, 1.5))

    def find_weights(self, method: str) -> Iterator[object]:
        yield WeightsFound(method, "The weights of ViT-B-32 will be fetched over the network.")

    def fetch_weights(self, method: str) -> Iterator[object]:
        self.fetched.append(method)
        yield WeightsFetched(method, Path("/models/ViT-B-32.safetensors"))

    def compress(self, wish: CompressionWish) -> Iterator[object]:
        self.wishes.append(wish)
        for point in POINTS:
            yield CompressionMeasured(point)
        yield CompressionDone(wish.method, POINTS, 20, 10, (), 1.0)


def index(catalog: Catalog, library: Sequence[Path]) -> Iterator[Event]:
    """Takes no time; nothing here is read from the catalog."""
    catalog.mark_indexed(library)
    yield Done(Summary(2, (), 2, 0.1))


@pytest.fixture
def pictures(tmp_path: Path, make_picture: Callable[..., Path]) -> Path:
    folder = tmp_path / "photos"
    for name, colour in (("a.png", "red"), ("b.png", "green")):
        make_picture(name, colour, folder)
    return folder


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def window(make_workplace: Callable[..., Workplace], pictures: Path, qtbot: QtBot) -> Window:
    workplace = make_workplace(Engine(index=index))
    with qtbot.waitSignal(workplace.jobs.scan.finished):
        workplace.libraries.add([pictures])
    qtbot.waitUntil(lambda: bool(workplace.libraries.scope))
    return workplace.window


@pytest.fixture
def page(window: Window, bench: Bench, settings: Settings, qtbot: QtBot) -> Iterator[MethodsPage]:
    """A page of its own on the window's lanes, with measuring that takes no time."""
    page = MethodsPage(window)
    asking = MethodsChoosers(window, settings)
    presenter = MethodsPresenter(window.session, page, window.status, asking, None, bench.engine)
    presenter.search_requested.connect(window._search_by)
    with qtbot.waitSignal(presenter.leaderboard.offers_listed):
        presenter.show(True)
    page.presenter = presenter  # type: ignore[attr-defined]
    yield page
    presenter.deleteLater()


def session(page: MethodsPage) -> LeaderboardSession:
    found: LeaderboardSession = page.presenter.leaderboard  # type: ignore[attr-defined]
    return found


def ranked(page: MethodsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session(page).evaluation_ended):
        page.leaderboard.form.start.click()


# ---------------------------------------------------------------------- leaderboard


def test_methods_are_ticked_and_ranked_on_copies_of_the_library(
    page: MethodsPage, bench: Bench, pictures: Path, window: Window, qtbot: QtBot
) -> None:
    view = page.leaderboard
    assert view.form.methods.ticked == ("gray-histogram", "pdq")
    ranked(page, qtbot)
    assert bench.wishes == [EvaluationWish((pictures,), (), None, ("gray-histogram", "pdq"), 300)]
    assert [row.method for row in view.table.shown()] == ["vlad", "pdq", "gray-histogram", "clip-vit-b-32"]
    assert view.summary.full_text == "3 methods, 9 queries in 20 pictures"
    assert len(view.plot.series) == 3
    assert window.status.skipped_list.files == [Path("/a/b.jpg")]


def test_the_table_sorts_by_any_column_and_rows_without_a_figure_stay_last(page: MethodsPage, qtbot: QtBot) -> None:
    ranked(page, qtbot)
    table = page.leaderboard.table
    table.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    assert [row.method for row in table.shown()][:2] == ["vlad", "gray-histogram"]
    table.sortByColumn(6, Qt.SortOrder.DescendingOrder)
    assert [row.method for row in table.shown()][:2] == ["gray-histogram", "vlad"]


def test_selected_rows_alone_are_drawn_and_one_of_them_can_search(
    page: MethodsPage, window: Window, qtbot: QtBot
) -> None:
    ranked(page, qtbot)
    view = page.leaderboard
    view.table.selectRow(0)
    assert [one.name for one in view.plot.series] == ["vlad (0.900)"]
    view.search_button.click()
    assert window.page == "search"
    assert window.query.method.method == "vlad"


def test_a_method_without_weights_says_what_to_do_and_cannot_be_ticked(page: MethodsPage) -> None:
    methods = page.leaderboard.form.methods
    methods.all_button.click()
    assert "clip-vit-b-32" not in methods.ticked
    item = methods._known["clip-vit-b-32"]
    methods.tree.setCurrentIndex(item.index())
    assert MISSING in methods.about.text()
    assert not methods.weights_button.isHidden()
    methods.none_button.click()
    assert methods.ticked == ()
    assert "at least one" in page.leaderboard.form.said.text()


def test_weights_are_fetched_only_after_it_was_said_what_and_agreed_to(
    page: MethodsPage, bench: Bench, window: Window, qtbot: QtBot
) -> None:
    methods = page.leaderboard.form.methods
    methods.tree.setCurrentIndex(methods._known["clip-vit-b-32"].index())
    with qtbot.waitSignal(session(page).weights_found):
        methods.fetch_button.click()
    assert bench.fetched == []
    assert "over the network" in methods.about.text()
    assert methods.fetch_button.text() == "Fetch them now"
    with qtbot.waitSignal(session(page).weights_fetched):
        methods.fetch_button.click()
    assert bench.fetched == ["clip-vit-b-32"]


def test_finding_a_method_narrows_the_list(page: MethodsPage) -> None:
    methods = page.leaderboard.form.methods
    methods.filter.setText("perceptual")
    hidden = {
        name: methods.tree.isRowHidden(item.row(), item.parent().index()) for name, item in methods._known.items()
    }
    assert hidden == {"gray-histogram": True, "pdq": False, "clip-vit-b-32": True, "vlad+whiten": True}


def test_a_method_put_together_by_hand_joins_the_list_and_nonsense_is_refused(page: MethodsPage, qtbot: QtBot) -> None:
    methods = page.leaderboard.form.methods
    methods.own.setText("vlad+alpha-qe")
    with qtbot.waitSignal(session(page).specification_read):
        qtbot.keyClick(methods.own, Qt.Key.Key_Return)
    assert "vlad+alpha-qe" in methods.ticked
    methods.own.setText("vlat")
    with qtbot.waitSignal(session(page).specification_refused):
        qtbot.keyClick(methods.own, Qt.Key.Key_Return)
    assert "did you mean" in methods.about.text()


def test_a_benchmark_needs_its_folder_and_its_truth(page: MethodsPage, tmp_path: Path) -> None:
    form = page.leaderboard.form
    form.kind.button(1).click()
    assert not form.start.isEnabled()
    form.dataset.set_path(tmp_path)
    assert "what belongs to what" in form.said.text()
    form.truth.set_path(tmp_path / "truth.csv")
    assert form.start.isEnabled()
    assert form.wish.truth == tmp_path / "truth.csv"
    form.names.setCurrentIndex(form.names.findData("ukbench"))
    assert form.wish.truth == "ukbench"
    assert form.truth.isHidden()


def test_stopping_keeps_the_rows_so_far(page: MethodsPage, bench: Bench, qtbot: QtBot) -> None:
    bench.endless = True
    view = page.leaderboard
    view.form.start.click()
    qtbot.waitUntil(lambda: len(view.model.rows) == 4)
    assert view.form.start.text() == "Stop"
    view.form.start.click()
    assert view.form.start.text() == "Rank the methods"
    assert len(view.model.rows) == 4


def test_what_fails_is_one_sentence_and_the_page_invites_again(
    page: MethodsPage, bench: Bench, window: Window, qtbot: QtBot
) -> None:
    bench.problem = TruthError("truth.csv: fits none of the pictures.")
    window._methods.watch_lanes()
    ranked(page, qtbot)
    assert "fits none" in window.status.text.full_text
    assert page.leaderboard.empty.isVisibleTo(page.leaderboard)


def test_the_leaderboard_is_written_as_on_screen_and_its_curves_as_a_drawing(
    page: MethodsPage, tmp_path: Path, qtbot: QtBot
) -> None:
    ranked(page, qtbot)
    table, drawing = tmp_path / "board.csv", tmp_path / "curves.svg"
    for path in (table, drawing):
        with qtbot.waitSignal(session(page).said):
            session(page).export_results(path, page.leaderboard.results())
    assert [line.split(",")[0] for line in table.read_text().splitlines()] == [
        "method",
        "vlad",
        "pdq",
        "gray-histogram",
    ]
    assert drawing.read_text().startswith("<svg")


def test_a_real_evaluation_runs_in_a_process_of_its_own(library: Path, window: Window, qtbot: QtBot) -> None:
    seen: list[object] = []
    real = LeaderboardSession(window.session.jobs)
    real.evaluated.connect(seen.extend)
    methods = ("gray-histogram", "perceptual-hash")
    with qtbot.waitSignal(real.evaluation_ended, timeout=60_000) as ended:
        real.evaluate(EvaluationWish((library,), (), None, methods, 50))
    assert ended.args is not None
    summary = ended.args[0]
    assert isinstance(summary, EvaluationSummary)
    assert sorted(one.method for one in summary.results) == sorted(methods)
    assert all(isinstance(event, MethodEvaluated) for event in seen)
    assert summary.queries == 6


# ---------------------------------------------------------------------- compression


def test_compression_is_measured_on_the_library_and_drawn_by_kind(
    page: MethodsPage, bench: Bench, pictures: Path, window: Window, qtbot: QtBot
) -> None:
    page.show_section("compression")
    view = page.compression
    with qtbot.waitSignal(session(page).compression_ended):
        view.start.click()
    (wish,) = bench.wishes
    assert isinstance(wish, CompressionWish)
    assert (wish.library, wish.method) == ((pictures,), "twinsight-copy")
    assert [one.name for one in view.by_bytes.series] == ["flat", "pq"]
    assert view.by_bytes.series[1].points == ((8.0, 0.4), (64.0, 0.97))
    view.table.selectRow(2)
    view.search_button.click()
    assert window.query.method.method == "twinsight-copy+pq@64"


# ---------------------------------------------------------------------- the plot


def test_the_plot_says_which_point_the_pointer_is_near(qtbot: QtBot) -> None:
    plot = Plot(Axis("recall", 0.0, 1.0), Axis("precision", 0.0, 1.0))
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.draw([Series("vlad", ((0.5, 0.5),), labels=("half",))])
    middle = plot._frame().center()
    assert plot.point_near(middle) == "half\nrecall: 0.5\nprecision: 0.5"
    assert plot.point_near(middle + QPointF(60, 0)) == ""


@pytest.mark.parametrize("logarithmic", [False, True])
def test_any_curve_can_be_drawn(qtbot: QtBot, logarithmic: bool) -> None:
    axis = Axis("x", logarithmic=logarithmic)
    plot = Plot(axis, replace(axis, title="left"), replace(axis, title="right"))
    qtbot.addWidget(plot)
    plot.show()
    for points in ((), ((1.0, 1.0),), ((1.0, 5.0), (2.0, 5.0)), ((1.0, 1e-3), (1e6, 1e6))):
        plot.draw([Series("curve", points), Series("other", points, 9, right=True, marks=True)], "nothing yet")
        assert not plot.grab().isNull()
