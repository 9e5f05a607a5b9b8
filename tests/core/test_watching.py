"""Changes below a library are noticed, gathered and told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.watching import WatchOptions, watch

QUICK = WatchOptions(quiet=0.0, poll=1000.0)


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def after(change: object, told: Iterator[tuple[Path, ...]], turns: int = 40) -> tuple[Path, ...]:
    """Make a change when the watching has begun, and return what is told of it."""
    next(told)
    change()  # type: ignore[operator]
    return next((found for found, _ in zip(told, range(turns), strict=False) if found), ())


def test_a_new_a_changed_a_moved_and_a_deleted_picture_are_noticed(tmp_path: Path, stop: threading.Event) -> None:
    (tmp_path / "old.jpg").write_bytes(b"1")
    told = watch([tmp_path], stop, QUICK)
    assert after(lambda: (tmp_path / "new.jpg").write_bytes(b"2"), told) == (tmp_path,)
    for change in (
        lambda: (tmp_path / "old.jpg").write_bytes(b"3"),
        lambda: (tmp_path / "old.jpg").rename(tmp_path / "moved.jpg"),
        lambda: (tmp_path / "moved.jpg").unlink(),
    ):
        assert after(change, told) == (tmp_path,)


def test_a_new_folder_is_noticed_and_what_is_no_picture_is_not(tmp_path: Path, stop: threading.Event) -> None:
    told = watch([tmp_path], stop, QUICK)
    assert after(lambda: (tmp_path / "notes.txt").write_text("x"), told, turns=3) == ()
    assert after(lambda: (tmp_path / ".hidden.jpg").write_text("x"), told, turns=3) == ()
    assert after(lambda: (tmp_path / "trip").mkdir(), told) == (tmp_path,)


def test_only_the_library_that_changed_is_told(tmp_path: Path, stop: threading.Event) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    assert after(lambda: (two / "a.jpg").write_bytes(b"1"), watch([one, two], stop, QUICK)) == (two,)


def test_many_changes_are_told_once(tmp_path: Path, stop: threading.Event) -> None:
    told = watch([tmp_path], stop, WatchOptions(quiet=1.5, poll=1000.0))

    def copy_many() -> None:
        for number in range(300):
            (tmp_path / f"{number}.jpg").write_bytes(b"1")

    assert after(copy_many, told) == (tmp_path,)
    assert not any(found for found, _ in zip(told, range(4), strict=False))


def test_network_drives_are_looked_at_from_time_to_time(tmp_path: Path, stop: threading.Event) -> None:
    told = watch([tmp_path], stop, WatchOptions(quiet=0.0, poll=0.0, network=True))
    assert next(told) == (tmp_path,)
    assert next(told) == (tmp_path,)


def test_where_no_more_can_be_watched_folders_are_polled(
    tmp_path: Path, stop: threading.Event, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> Iterator[set[tuple[int, str]]]:
        raise OSError("OS file watch limit reached")
        yield set()

    monkeypatch.setattr("watchfiles.watch", refuse)
    told = watch([tmp_path], stop, WatchOptions(quiet=0.0, poll=0.0))
    assert next(found for found in told if found) == (tmp_path,)
    assert "watch limit reached" in caplog.text


def test_it_ends_when_it_is_told_to(tmp_path: Path, stop: threading.Event) -> None:
    told = watch([tmp_path], stop, QUICK)
    next(told)
    stop.set()
    assert list(told) == []
