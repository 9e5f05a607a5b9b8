"""A watched library is brought up to date by itself, from the window and from the command line."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import cli
from app.commands import watch as watch_command
from app.watcher import Watcher
from core.catalog import Catalog
from core.watching import WatchOptions

QUICK = WatchOptions(quiet=0.0, poll=1000.0)


@pytest.fixture
def watcher(qapp: object) -> Iterator[Watcher]:
    watcher = Watcher(QUICK)
    yield watcher
    watcher.shutdown()


def test_a_change_is_told_in_the_thread_of_the_window(qtbot: QtBot, watcher: Watcher, tmp_path: Path) -> None:
    watcher.set_folders([tmp_path])
    number = iter(range(10_000))

    def change() -> None:
        # The thread may not have begun to watch yet: one of these it will see.
        (tmp_path / f"{next(number)}.jpg").write_bytes(b"1")

    from PySide6.QtCore import QTimer

    timer = QTimer(interval=200)
    timer.timeout.connect(change)
    timer.start()
    with qtbot.waitSignal(watcher.changed, timeout=15_000) as told:
        pass
    timer.stop()
    assert told.args == [[tmp_path]]


def test_what_is_not_watched_any_more_is_silent(qtbot: QtBot, watcher: Watcher, tmp_path: Path) -> None:
    watcher.set_folders([tmp_path])
    watcher.set_folders([])
    with qtbot.assertNotEmitted(watcher.changed, wait=1200):
        (tmp_path / "new.jpg").write_bytes(b"1")


def test_the_command_line_watches_until_it_is_stopped(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    catalog = tmp_path / "catalog.db"

    def watch(folders: tuple[Path, ...], stopped: threading.Event) -> Iterator[tuple[Path, ...]]:
        shutil.copy(library / "flower.jpg", library / "flower too.jpg")
        yield ()
        yield folders
        shutil.rmtree(library)
        yield folders

    monkeypatch.setattr(watch_command, "watch", watch)
    arguments = cli.parse(["--catalog", str(catalog), "watch", str(library), "--preset", "fast", "--workers", "1"])
    assert watch_command.run(arguments, stop) == 0
    out = capsys.readouterr().out
    assert "Watching; Ctrl-C ends it." in out
    assert "7 pictures (+1)" in out
    assert "there is no such folder" in out
    with Catalog(catalog) as opened:
        assert len(opened.records([library])) == 7
