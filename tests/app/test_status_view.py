"""The line at the bottom: honest about what is done, how far it is, and what became of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.job_threads import Failure
from app.jobs import Jobs
from app.pace import Pace
from app.status_view import StatusView, time_left
from core.catalog import Catalog
from core.events import Done, Event, Progress, Skipped, Summary
from core.records import LibraryError

LEFT = Qt.MouseButton.LeftButton
EMPTY = Summary(0, (), 0, 0.0)


@pytest.fixture
def view(qtbot: QtBot, jobs: Jobs) -> StatusView:
    view = StatusView()
    qtbot.addWidget(view)
    view.resize(1000, 40)
    view.watch(jobs.query)
    view.watch(jobs.scan)
    view.show()
    return view


class Held:
    """A job that reports once and then waits for the test."""

    def __init__(self, *reports: Progress) -> None:
        self.reports = reports
        self.go = threading.Event()

    def __call__(self, catalog: Catalog) -> Iterator[Event]:
        yield from self.reports
        assert self.go.wait(10)
        yield Done(EMPTY)


def test_with_nothing_to_do_it_is_ready(view: StatusView) -> None:
    assert view.text.full_text == "Ready"
    assert not view.bar.isVisible()
    assert not view.cancel_button.isVisible()


def test_a_running_job_says_its_stage_and_how_far_it_is(view: StatusView, jobs: Jobs, qtbot: QtBot) -> None:
    job = Held(Progress("Describing", 4210, 12431, 10.0))
    jobs.scan.start(job)
    assert view.text.full_text == "Starting"
    qtbot.waitUntil(lambda: view.text.full_text == "Describing 4,210 of 12,431")
    assert view.bar.isVisible()
    assert view.bar.value() / view.bar.maximum() == pytest.approx(4210 / 12431, abs=0.002)
    job.go.set()
    qtbot.waitUntil(lambda: not view.bar.isVisible())
    assert view.text.full_text == "Ready"


def test_a_stage_of_unknown_length_has_a_bar_without_an_end(view: StatusView, jobs: Jobs, qtbot: QtBot) -> None:
    job = Held(Progress("Looking for pictures", 300, None, 1.0))
    jobs.scan.start(job)
    qtbot.waitUntil(lambda: view.text.full_text == "Looking for pictures 300")
    assert view.bar.maximum() == 0
    jobs.scan.pause()
    assert view.bar.maximum() == 1
    job.go.set()
    jobs.scan.cancel()


def test_more_items_than_32_bits_do_not_break_the_bar(view: StatusView, jobs: Jobs, qtbot: QtBot) -> None:
    job = Held(Progress("Reading", 3 << 31, 6 << 31, 1.0))
    jobs.scan.start(job)
    qtbot.waitUntil(lambda: view.bar.value() == view.bar.maximum() // 2)
    job.go.set()


def test_pause_and_cancel_do_what_they_say(view: StatusView, jobs: Jobs, qtbot: QtBot) -> None:
    job = Held(Progress("Describing", 1, 10, 1.0))
    jobs.scan.start(job)
    qtbot.waitUntil(lambda: view.pause_button.isVisible())
    qtbot.mouseClick(view.pause_button, LEFT)
    assert jobs.scan.paused
    assert view.pause_button.text() == "Resume"
    assert view.left.text() == "Paused"
    qtbot.mouseClick(view.pause_button, LEFT)
    assert not jobs.scan.paused
    assert view.pause_button.text() == "Pause"
    qtbot.mouseClick(view.cancel_button, LEFT)
    assert not jobs.scan.running
    assert not view.cancel_button.isVisible()
    job.go.set()


def test_a_search_is_shown_before_a_scan_that_runs_too(view: StatusView, jobs: Jobs, qtbot: QtBot) -> None:
    scan, query = Held(Progress("Scanning", 1, 10, 1.0)), Held(Progress("Ranking", 2, 10, 1.0))
    jobs.scan.start(scan)
    jobs.query.start(query)
    qtbot.waitUntil(lambda: view.text.full_text == "Ranking 2 of 10")
    query.go.set()
    qtbot.waitUntil(lambda: view.text.full_text == "Scanning 1 of 10")
    scan.go.set()
    qtbot.waitUntil(lambda: not jobs.scan.running)


def test_an_error_is_one_sentence_with_its_details_a_click_away(view: StatusView, jobs: Jobs, qtbot: QtBot) -> None:
    def make(catalog: Catalog) -> Iterator[Event]:
        yield Progress("Looking", 0, None, 0.0)
        raise LibraryError("/photos: there is no such folder.")

    jobs.scan.start(make)
    qtbot.waitUntil(lambda: view.text.full_text == "/photos: there is no such folder.")
    assert view.icon.isVisible()
    qtbot.mouseClick(view.details_button, LEFT)
    assert view.error_details.isVisible()
    assert not view.error_details.isModal()
    qtbot.mouseClick(view.error_details.copy_button, LEFT)
    assert "LibraryError" in QApplication.clipboard().text()
    view.error_details.close()
    view.say("All is well")
    assert not view.icon.isVisible()
    assert not view.details_button.isVisible()


def test_what_can_be_undone_has_a_button_that_works_once(view: StatusView, qtbot: QtBot) -> None:
    undone: list[bool] = []
    view.say("Removed Camera", "Undo", lambda: undone.append(True))
    assert view.act_button.text() == "Undo"
    qtbot.mouseClick(view.act_button, LEFT)
    assert undone == [True]
    assert not view.act_button.isVisible()


def test_an_error_without_details_has_no_button(view: StatusView) -> None:
    view.fail(Failure("There is no such folder.", ""))
    assert not view.details_button.isVisible()


def test_skipped_files_are_counted_and_listed_with_their_reasons(view: StatusView, qtbot: QtBot) -> None:
    assert not view.skipped_button.isVisible()
    view.set_skipped([Skipped(Path(f"/photos/{n}.jpg"), "truncated JPEG") for n in range(1200)])
    assert view.skipped_button.text() == "1,200 skipped …"
    qtbot.mouseClick(view.skipped_button, LEFT)
    assert view.skipped_list.isVisible()
    assert not view.skipped_list.isModal()
    assert len(view.skipped_list.files) == 1200
    qtbot.mouseClick(view.skipped_list.copy_button, LEFT)
    assert QApplication.clipboard().text().startswith("/photos/0.jpg\ttruncated JPEG\n")
    view.skipped_list.close()
    view.set_skipped([])
    assert not view.skipped_button.isVisible()


def test_a_long_sentence_neither_widens_the_window_nor_is_lost(view: StatusView) -> None:
    sentence = "x" * 5000 + "\nsecond line"
    view.say(sentence)
    assert view.text.full_text == sentence.replace("\n", " ")
    assert view.text.toolTip() == view.text.full_text
    assert view.minimumSizeHint().width() < 600


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s left"),
        (26, "26 s left"),
        (59.4, "59 s left"),
        (240, "4 min left"),
        (4200, "1 h 10 min left"),
    ],
)
def test_time_left_is_no_more_exact_than_it_can_be(seconds: float, text: str) -> None:
    assert time_left(seconds) == text


# ---------------------------------------------------------------------- the pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def report(pace: Pace, clock: Clock, done: int, seconds: float, total: int | None = 1000) -> Progress:
    clock.now += seconds
    progress = Progress("Describing", done, total, clock.now)
    pace.note(progress)
    return progress


def test_the_rate_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    pace = Pace(clock)
    report(pace, clock, 0, 0)
    assert pace.rate is None
    for step in range(1, 6):
        report(pace, clock, step * 10, 1)
    assert pace.rate == pytest.approx(10)
    for step in range(1, 30):
        progress = report(pace, clock, 50 + step * 20, 1)
    assert pace.rate == pytest.approx(20)
    assert pace.seconds_left(progress) == pytest.approx((1000 - 630) / 20)


def test_a_pause_does_not_count() -> None:
    clock = Clock()
    pace = Pace(clock)
    report(pace, clock, 0, 0)
    report(pace, clock, 20, 2)
    pace.hold(True)
    clock.now += 3600
    pace.hold(False)
    report(pace, clock, 40, 2)
    assert pace.rate == pytest.approx(10)


def test_without_a_total_or_progress_nothing_is_promised() -> None:
    clock = Clock()
    pace = Pace(clock)
    report(pace, clock, 5, 0, None)
    progress = report(pace, clock, 5, 5, None)
    assert pace.rate is None
    assert pace.seconds_left(progress) is None
    assert pace.seconds_left(report(pace, clock, 50, 5, None)) is None
