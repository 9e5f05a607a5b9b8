"""A generator in a process of its own: what it yields and raises comes over, and it ends when it is told to."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.methods_process import in_process
from core.events import Progress, Skipped
from core.records import ModelError, TwinsightError


def counting(count: int) -> Iterator[object]:
    """Yields the process it runs in, then what it counts."""
    yield os.getpid()
    for number in range(count):
        yield Progress("Counting", number + 1, count, 0.0)


def failing(sentence: str) -> Iterator[object]:
    """Fails as the engine does."""
    yield Progress("Looking", 0, None, 0.0)
    raise ModelError(sentence)


def crashing() -> Iterator[object]:
    """Fails as a bug does."""
    raise ZeroDivisionError("nobody expected this")
    yield


def reaching_out() -> Iterator[object]:
    """Wants another computer."""
    socket.create_connection(("192.0.2.1", 80), timeout=1)
    yield


def dying() -> Iterator[object]:
    """Ends as a process does that the system takes away."""
    yield Progress("Looking", 0, None, 0.0)
    os._exit(9)


def never_ending(note: Path) -> Iterator[object]:
    """Hangs in the middle of its work."""
    note.write_text(str(os.getpid()))
    yield Skipped(note, "begun")
    time.sleep(600)


def test_events_come_from_another_process_in_their_order() -> None:
    events = [event for event in in_process(counting, 3) if not _is_beat(event)]
    assert events[0] != os.getpid()
    assert events[1:] == [Progress("Counting", number, 3, 0.0) for number in (1, 2, 3)]


def _is_beat(event: object) -> bool:
    """Whether it only says that the work goes on."""
    return isinstance(event, Progress) and (event.stage == "Starting" or event.seconds > 0)


def test_what_the_engine_raises_is_raised_here() -> None:
    with pytest.raises(ModelError, match="no weights"):
        list(in_process(failing, "no weights"))


def test_a_bug_comes_with_its_traceback() -> None:
    with pytest.raises(RuntimeError, match="nobody expected this") as caught:
        list(in_process(crashing))
    assert "in crashing" in str(caught.value)


def test_the_other_process_makes_no_connections_either() -> None:
    with pytest.raises(RuntimeError, match="makes no connections"):
        list(in_process(reaching_out))


def test_a_process_that_is_ended_from_outside_is_one_clear_sentence() -> None:
    with pytest.raises(TwinsightError, match="ended from outside"):
        list(in_process(dying))


def test_while_it_works_its_progress_is_said_again_and_closing_ends_it_at_once(tmp_path: Path) -> None:
    note = tmp_path / "process"
    events = in_process(never_ending, note)
    begun = next(event for event in events if isinstance(event, Skipped))
    assert begun.path == note
    assert isinstance(next(events), Progress)
    events.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
