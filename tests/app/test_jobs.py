"""Lanes: what a person gets when jobs run, pause, are replaced, fail, and the window closes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs, Lane
from core.catalog import Catalog
from core.events import Done, Event, Progress, Summary
from core.records import CatalogError, LibraryError

EMPTY = Summary(0, (), 0, 0.0)


def counting(count: int, stage: str = "Counting") -> Iterator[Event]:
    for number in range(count):
        yield Progress(stage, number, count, 0.0)
    yield Done(EMPTY)


class Stepper:
    """A job that takes one step whenever the test lets it, and notes what happens to it."""

    def __init__(self, stage: str = "Stepping") -> None:
        self.stage = stage
        self.may_step = threading.Semaphore(0)
        self.closed_in: str | None = None
        self.steps = 0

    def __call__(self, catalog: Catalog) -> Iterator[Event]:
        try:
            while True:
                yield Progress(self.stage, self.steps, None, 0.0)
                assert self.may_step.acquire(timeout=10)
                self.steps += 1
        finally:
            self.closed_in = threading.current_thread().name


class Record:
    """What a lane said, in order."""

    def __init__(self, lane: Lane) -> None:
        self.events: list[Event] = []
        self.batches = 0
        self.ends: list[object] = []
        lane.batch.connect(self._take)
        lane.finished.connect(self.ends.append)
        lane.failed.connect(self.ends.append)

    def _take(self, events: list[Event]) -> None:
        self.batches += 1
        self.events.extend(events)


def test_all_events_arrive_in_their_order_and_the_summary_last(jobs: Jobs, qtbot: QtBot) -> None:
    said = Record(jobs.scan)
    with qtbot.waitSignal(jobs.scan.finished) as end:
        jobs.scan.start(lambda _: counting(1000))
    assert [event.done for event in said.events if isinstance(event, Progress)] == list(range(1000))
    assert end.args == [EMPTY]
    assert not jobs.scan.running


def test_events_come_at_most_20_times_a_second(jobs: Jobs, qtbot: QtBot) -> None:
    said = Record(jobs.scan)

    def busy(catalog: Catalog) -> Iterator[Event]:
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            yield Progress("Working", 0, None, 0.0)
        yield Done(EMPTY)

    started = time.monotonic()
    with qtbot.waitSignal(jobs.scan.finished):
        jobs.scan.start(busy)
    # The first batch comes at once, the others on a beat of 50 ms.
    assert 2 <= said.batches <= 2 + (time.monotonic() - started) * 20


def test_work_runs_in_the_lanes_thread_with_a_catalog_of_its_own(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[object] = []

    def make(catalog: Catalog) -> Iterator[Event]:
        seen.extend((threading.current_thread().name, catalog.path, catalog.libraries()))
        yield Done(EMPTY)

    with qtbot.waitSignal(jobs.query.finished):
        jobs.query.start(make)
    assert seen == ["lane-query", jobs.catalog_path, ()]


def test_a_new_job_replaces_the_old_one_and_nothing_of_the_old_comes_late(jobs: Jobs, qtbot: QtBot) -> None:
    said = Record(jobs.query)
    old = Stepper("Old")
    jobs.query.start(old)
    qtbot.waitUntil(lambda: len(said.events) == 1)
    with qtbot.waitSignal(jobs.query.finished):
        jobs.query.start(lambda _: counting(3, "New"))
        old.may_step.release(5)
    assert [event.stage for event in said.events if isinstance(event, Progress)] == ["Old", *["New"] * 3]
    assert said.ends == [EMPTY]
    assert old.closed_in == "lane-query"


def test_cancelling_tells_at_once_and_closes_the_generator_in_its_thread(jobs: Jobs, qtbot: QtBot) -> None:
    said = Record(jobs.scan)
    job = Stepper()
    jobs.scan.start(job)
    qtbot.waitUntil(lambda: len(said.events) == 1)
    jobs.scan.cancel()
    assert said.ends == [None]
    assert not jobs.scan.running
    job.may_step.release()
    qtbot.waitUntil(lambda: job.closed_in == "lane-scan")
    assert len(said.events) == 1


def test_a_paused_job_is_not_pulled_until_it_is_resumed(jobs: Jobs, qtbot: QtBot) -> None:
    said = Record(jobs.scan)
    job = Stepper()
    jobs.scan.start(job)
    qtbot.waitUntil(lambda: len(said.events) == 1)
    jobs.scan.pause()
    assert jobs.scan.paused
    assert jobs.scan.running
    # What it is doing right now it may finish; then it is held whatever it could do.
    job.may_step.release(5)
    qtbot.waitUntil(lambda: len(said.events) == 2)
    qtbot.wait(120)
    assert job.steps == 1
    jobs.scan.resume()
    qtbot.waitUntil(lambda: job.steps == 5)
    jobs.scan.cancel()
    job.may_step.release()


def test_a_paused_job_can_be_cancelled(jobs: Jobs, qtbot: QtBot) -> None:
    said = Record(jobs.scan)
    job = Stepper()
    jobs.scan.start(job)
    qtbot.waitUntil(lambda: len(said.events) == 1)
    jobs.scan.pause()
    job.may_step.release()
    qtbot.waitUntil(lambda: len(said.events) == 2)
    jobs.scan.cancel()
    qtbot.waitUntil(lambda: job.closed_in is not None)
    assert not jobs.scan.paused


def test_an_error_that_a_person_can_act_on_is_told_in_its_own_words(jobs: Jobs, qtbot: QtBot) -> None:
    def make(catalog: Catalog) -> Iterator[Event]:
        yield Progress("Looking", 0, None, 0.0)
        raise LibraryError("/photos: there is no such folder.")

    with qtbot.waitSignal(jobs.scan.failed) as failed:
        jobs.scan.start(make)
    assert failed.args == ["/photos: there is no such folder."]
    assert "LibraryError" in jobs.scan.details


def test_an_error_of_ours_is_one_sentence_with_the_traceback_logged(
    jobs: Jobs, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def make(catalog: Catalog) -> Iterator[Event]:
        yield Progress("Looking", 0, None, 0.0)
        raise ZeroDivisionError("division by zero")

    with qtbot.waitSignal(jobs.scan.failed) as failed:
        jobs.scan.start(make)
    assert failed.args == ["Something went wrong: division by zero"]
    assert "ZeroDivisionError" in jobs.scan.details
    assert "ZeroDivisionError" in caplog.text
    # The lane is as good as new.
    with qtbot.waitSignal(jobs.scan.finished):
        jobs.scan.start(lambda _: counting(1))


def test_a_catalog_that_cannot_be_opened_fails_the_job_and_not_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    def locked(path: Path) -> Catalog:
        raise CatalogError("The catalog is locked.")

    jobs = Jobs(tmp_path / "catalog.sqlite3", locked)
    with qtbot.waitSignal(jobs.scan.failed) as failed:
        jobs.scan.start(lambda _: counting(1))
    assert failed.args == ["The catalog is locked."]
    assert jobs.shutdown()


def test_all_lanes_may_be_first_to_open_a_new_catalog(jobs: Jobs, qtbot: QtBot) -> None:
    ends = [record.ends for record in map(Record, jobs.lanes)]
    for lane in jobs.lanes:
        lane.start(lambda catalog: iter([Done(EMPTY)] if catalog.libraries() == () else []))
    qtbot.waitUntil(lambda: all(ends))
    assert ends == [[EMPTY]] * len(jobs.lanes)


def test_a_listener_may_start_the_next_job_from_within_a_batch(jobs: Jobs, qtbot: QtBot) -> None:
    said = Record(jobs.query)
    restarted: list[bool] = []

    def restart(events: list[Event]) -> None:
        if not restarted:
            restarted.append(True)
            jobs.query.start(lambda _: counting(2, "Second"))

    jobs.query.batch.connect(restart)
    with qtbot.waitSignal(jobs.query.finished):
        jobs.query.start(lambda _: counting(1, "First"))
    assert said.ends == [EMPTY]


def test_closing_during_work_ends_all_threads_within_a_second(jobs: Jobs, qtbot: QtBot) -> None:
    closed: list[str] = []

    def make(catalog: Catalog) -> Iterator[Event]:
        try:
            while True:
                yield Progress("Working", 0, None, 0.0)
        finally:
            closed.append(threading.current_thread().name)

    for lane in jobs.lanes:
        with qtbot.waitSignal(lane.batch):
            lane.start(make)
        if lane is not jobs.scan:
            # One that never waits is enough; more of them would only keep each other from working.
            lane.pause()
    started = time.monotonic()
    assert jobs.shutdown()
    assert time.monotonic() - started < 1
    assert sorted(closed) == sorted(f"lane-{lane.name}" for lane in jobs.lanes)


def test_nothing_is_said_after_closing(jobs: Jobs, qtbot: QtBot) -> None:
    said = Record(jobs.scan)
    job = Stepper()
    jobs.scan.start(job)
    qtbot.waitUntil(lambda: len(said.events) == 1)
    job.may_step.release(3)
    jobs.scan.close()
    job.may_step.release()
    assert jobs.scan.join(5)
    qtbot.wait(60)
    assert (len(said.events), said.ends) == (1, [])


def test_the_gui_thread_gets_its_turns_while_a_lane_floods_it(jobs: Jobs, qtbot: QtBot) -> None:
    from PySide6.QtCore import QTimer

    ticks: list[bool] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: ticks.append(True))
    timer.start()

    def flood(catalog: Catalog) -> Iterator[Event]:
        end = time.monotonic() + 0.5
        while time.monotonic() < end or len(ticks) < 5:
            yield Progress("Working", 0, None, 0.0)
        yield Done(EMPTY)

    with qtbot.waitSignal(jobs.scan.finished, timeout=20_000):
        jobs.scan.start(flood)
    timer.stop()
    assert len(ticks) >= 5


# ---------------------------------------------------------------------- the desk


def test_errands_are_done_one_after_the_other_and_answered_in_the_gui_thread(jobs: Jobs, qtbot: QtBot) -> None:
    answers: list[tuple[int, str]] = []

    def take(number: int) -> None:
        answers.append((number, threading.current_thread().name))

    for number in range(20):
        jobs.desk.do(lambda number=number: number, take, pytest.fail)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(answers) == 20)
    assert answers == [(number, threading.main_thread().name) for number in range(20)]


def test_an_errand_with_the_catalog_reads_it_and_a_failed_one_says_why(jobs: Jobs, qtbot: QtBot) -> None:
    counts: list[int] = []
    sentences: list[str] = []
    jobs.desk.ask(lambda catalog: len(catalog.libraries()), counts.append, pytest.fail)
    jobs.desk.ask(
        lambda catalog: catalog.remove_library(Path("/nowhere")),
        pytest.fail,
        lambda failure: sentences.append(failure.sentence),
    )
    qtbot.waitUntil(lambda: bool(sentences))
    assert counts == [0]
    assert "/nowhere" in sentences[0]


def test_what_is_prepared_is_never_heard_of(jobs: Jobs, qtbot: QtBot) -> None:
    done: list[str] = []

    def failing(catalog: object) -> Iterator[Event]:
        done.append("prepared")
        yield Progress("Preparing", 0, None, 0.0)
        raise ValueError("nobody asked for this")

    heard: list[object] = []
    for signal in (jobs.query.batch, jobs.query.finished, jobs.query.failed):
        signal.connect(heard.append)
    jobs.query.prepare(failing)
    assert not jobs.query.running
    with qtbot.waitSignal(jobs.query.finished):
        jobs.query.start(lambda catalog: iter([Done(Summary(1, (), 0, 0.0))]))
    assert done == ["prepared"]
    assert len(heard) == 2
