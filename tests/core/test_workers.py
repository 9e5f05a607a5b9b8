"""Worker processes: what a crash, a hang or an exception in one task costs, and what it does not."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.memory_share import memory_share
from core.records import ImageError, TwinsightError
from core.workers import Outcome, WorkerTeam

Collected = dict[Any, Outcome[Any]]
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def make_team(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., WorkerTeam[Any]]]:
    """Makes teams for the tasks of worker_tasks.py, and closes them."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import worker_tasks

    teams: list[WorkerTeam[Any]] = []

    def make(count: int = 2, **options: Any) -> WorkerTeam[Any]:
        teams.append(WorkerTeam(worker_tasks.perform, count, **options))
        return teams[-1]

    yield make
    for team in teams:
        team.close()


def collect_all(team: WorkerTeam[Any]) -> Collected:
    outcomes: Collected = {}
    while team.pending:
        for outcome in team.collect(timeout=30):
            assert outcome.key not in outcomes
            outcomes[outcome.key] = outcome
    return outcomes


def reason(outcome: Outcome[Any]) -> str:
    assert outcome.value is None
    assert outcome.error is not None
    return outcome.error.reason


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def wait_until_gone(process: int, seconds: float = 10.0) -> bool:
    gone = threading.Event()
    until = time.monotonic() + seconds
    while is_alive(process) and time.monotonic() < until:
        gone.wait(0.01)
    return not is_alive(process)


def test_every_task_comes_back_once_under_its_key(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team()
    for number in range(500):
        team.submit(number, "echo", number * 2)
    assert team.pending == 500
    outcomes = collect_all(team)
    assert {key: outcome.value for key, outcome in outcomes.items()} == {n: n * 2 for n in range(500)}
    assert team.pending == 0
    assert team.collect(timeout=0) == []
    assert team.collect() == []


def test_both_workers_share_the_work(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team(count=2)
    for number in range(200):
        team.submit(number, "process")
    processes = {outcome.value for outcome in collect_all(team).values()}
    assert len(processes) == 2
    assert os.getpid() not in processes


def test_values_of_any_size_pass(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team()
    large = b"x" * 3_000_000
    for number in range(8):
        team.submit(number, "echo", large)
    assert all(outcome.value == large for outcome in collect_all(team).values())


def test_a_crash_costs_one_task(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team()
    for number in range(60):
        team.submit(number, *(("die", 3) if number in (7, 8, 40) else ("echo", number)))
    outcomes = collect_all(team)
    assert len(outcomes) == 60
    assert {key for key, outcome in outcomes.items() if outcome.error} == {7, 8, 40}
    assert reason(outcomes[7]) == "decoder crashed"


def test_a_task_that_hangs_is_ended_at_its_deadline_and_costs_only_itself(
    make_team: Callable[..., WorkerTeam[Any]],
) -> None:
    team = make_team(seconds=0.5)
    team.submit("stuck", "hang")
    for number in range(40):
        team.submit(number, "echo", number)
    began = time.monotonic()
    outcomes = collect_all(team)
    assert reason(outcomes.pop("stuck")) == "took longer than 0.5 s"
    assert [outcome.error for outcome in outcomes.values()] == [None] * 40
    assert 0.4 < time.monotonic() - began < 10


def test_tasks_that_wait_behind_a_slow_one_are_not_late(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team(count=1, seconds=0.5)
    for number in range(3):
        team.submit(f"stuck {number}", "hang")
    team.submit("fine", "echo", 1)
    outcomes = collect_all(team)
    assert outcomes["fine"].value == 1
    assert all(reason(outcomes[f"stuck {number}"]) == "took longer than 0.5 s" for number in range(3))


def test_collect_waits_no_longer_than_asked(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team()
    team.submit("stuck", "hang")
    began = time.monotonic()
    assert team.collect(timeout=0.2) == []
    assert 0.15 < time.monotonic() - began < 5
    assert team.pending == 1


def test_an_image_error_comes_back_whole(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team()
    team.submit("bad", "refuse", "truncated JPEG")
    error = collect_all(team)["bad"].error
    assert isinstance(error, ImageError)
    assert error.reason == "truncated JPEG"
    assert error.path == Path("picture.jpg")


def test_a_bug_in_a_task_is_reported_and_logged(
    make_team: Callable[..., WorkerTeam[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    team = make_team()
    team.submit("bug", "stumble", "size")
    with caplog.at_level(logging.ERROR, "core.workers"):
        assert reason(collect_all(team)["bug"]) == "unexpected KeyError: 'size'"
    assert "Traceback" in caplog.text
    assert "_stumble" in caplog.text


def test_a_value_that_cannot_travel_is_a_bug_of_that_task(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team()
    team.submit("odd", "unpicklable")
    team.submit("fine", "echo", 1)
    outcomes = collect_all(team)
    assert reason(outcomes["odd"]).startswith("unexpected ")
    assert outcomes["fine"].value == 1


def test_running_out_of_memory_costs_one_task(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team(memory=1 << 30)
    team.submit("starved", "starve")
    team.submit("greedy", "allocate", 4 << 30)
    team.submit("modest", "allocate", 1000)
    outcomes = collect_all(team)
    assert reason(outcomes["starved"]) == "needs too much memory"
    if sys.platform == "linux":
        assert reason(outcomes["greedy"]) == "needs too much memory"
    assert outcomes["modest"].value == 1000


@pytest.mark.skipif(sys.platform == "win32", reason="address space has no limit there")
def test_workers_share_the_memory_of_the_computer(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team(count=3)
    team.submit("limit", "address space")
    assert collect_all(team)["limit"].value == memory_share(3)


def test_decoders_cannot_write_to_the_terminal(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team()
    team.submit("noise", "chatter")
    assert collect_all(team)["noise"].value == [True, True]


def test_cancelling_forgets_what_has_not_started(make_team: Callable[..., WorkerTeam[Any]], tmp_path: Path) -> None:
    team = make_team(count=1, seconds=1.0)
    marker = tmp_path / "started"
    team.submit("running", "hang", str(marker))
    for number in range(50):
        team.submit(number, "echo", number)
    while not marker.exists():
        assert team.collect(timeout=0.02) == []
    assert sorted(team.cancel_waiting()) == list(range(50))
    assert team.pending == 1
    team.submit("later", "echo", 5)
    outcomes = collect_all(team)
    assert set(outcomes) == {"running", "later"}
    assert outcomes["later"].value == 5


def test_cancelled_tasks_in_the_pipe_are_not_done(make_team: Callable[..., WorkerTeam[Any]], tmp_path: Path) -> None:
    team = make_team(count=1)
    team.submit("first", "echo")
    for number in range(10):
        team.submit(number, "hang", str(tmp_path / str(number)))
    while not (outcomes := team.collect(timeout=30)):
        pass
    assert [outcome.key for outcome in outcomes] == ["first"]
    cancelled = team.cancel_waiting()
    assert len(cancelled) == 9
    assert team.pending == 1
    assert not any((tmp_path / str(key)).exists() for key in cancelled)


def test_nothing_is_left_after_closing_while_busy(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team()
    for number in range(2):
        team.submit(number, "process")
    processes = {outcome.value for outcome in collect_all(team).values()}
    for number in range(20):
        team.submit(number, "hang")
    began = time.monotonic()
    team.close()
    team.close()
    assert time.monotonic() - began < 2
    assert team.pending == 0
    assert all(wait_until_gone(process) for process in processes)
    with pytest.raises(RuntimeError):
        team.submit("late", "echo")


def test_works_from_another_thread_than_the_first(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    found: Collected = {}

    def run() -> None:
        team = make_team()
        for number in range(20):
            team.submit(number, "echo", number)
        found.update(collect_all(team))
        team.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert sorted(found) == list(range(20))


def test_a_caller_that_was_away_does_not_make_tasks_late(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    team = make_team(count=1, seconds=0.5)
    team.submit("first", "process")
    assert [outcome.key for outcome in team.collect()] == ["first"]
    for number in range(4):
        # Large enough that the worker waits for its result to be read before it goes on.
        team.submit(number, "fill", 2_000_000)
    threading.Event().wait(0.8)
    assert all(outcome.error is None for outcome in collect_all(team).values())


def test_workers_that_cannot_start_are_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("module_of_this_process_only")
    exec("def task(): pass", module.__dict__)  # a function that no other process can import
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with WorkerTeam(module.task, 2) as team:
        team.submit("key")
        with pytest.raises(TwinsightError, match="do not start"):
            team.collect(timeout=30)
        assert team.pending == 0


def test_the_environment_is_left_as_it_was(make_team: Callable[..., WorkerTeam[Any]]) -> None:
    before = dict(os.environ)
    team = make_team()
    team.submit("key", "process")
    collect_all(team)
    assert dict(os.environ) == before


def test_a_team_needs_a_worker() -> None:
    with pytest.raises(ValueError, match="at least one"):
        WorkerTeam(len, 0)


ORPHANS = """
import sys, time
sys.path.insert(0, {tests!r})
import worker_tasks
from core.workers import WorkerTeam

if __name__ == "__main__":
    team = WorkerTeam(worker_tasks.perform, 2)
    for number in range(2):
        team.submit(number, "process")
    found = []
    while team.pending:
        found += [str(outcome.value) for outcome in team.collect()]
    for number in range(2):
        team.submit(number, "hang")
    team.collect(timeout=0.2)
    print(*found, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_workers_that_hang_end_with_their_parent(tmp_path: Path, blow: signal.Signals) -> None:
    script = tmp_path / "parent.py"
    script.write_text(ORPHANS.format(tests=str(Path(__file__).parent)))
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        cwd=tmp_path,
    ) as parent:
        assert parent.stdout is not None
        processes = [int(word) for word in parent.stdout.readline().split()]
        assert processes
        assert all(is_alive(process) for process in processes)
        parent.send_signal(blow)
        assert all(wait_until_gone(process) for process in processes)
