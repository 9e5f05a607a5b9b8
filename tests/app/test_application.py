"""Starting and ending: what is imported, Ctrl-C, errors that nobody handled."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.application import Workplace, _errors_shown
from app.engine import Engine
from app.garbage import GuiGarbage

ROOT = Path(__file__).parents[2]


def run(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_window_opens_without_the_heavy_libraries(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from app.application import Workplace, build_application
from app.settings import Settings
from app.theme import Theme
application = build_application()
folder = Path(sys.argv[1])
workplace = Workplace(folder / "c.sqlite3", Settings(folder / "s.ini"), Theme(application), folder / "cache")
workplace.window.show()
application.processEvents()
heavy = ("torch", "torchvision", "open_clip", "faiss", "onnxruntime", "scipy", "sklearn", "skimage", "timm")
print([name for name in heavy if name in sys.modules], workplace.window.isVisible())
workplace.window.close()
"""
    process = run(code, str(tmp_path))
    out, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    assert out.strip() == "[] True"


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_closes_the_window_cleanly(number: signal.Signals, code: int, tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from app import application
build = application.build_application
def built(arguments=()):
    made = build(arguments)
    QTimer.singleShot(0, lambda: print("open", flush=True))
    return made
application.build_application = built
if __name__ == "__main__":
    sys.exit(application.run_window([Path(sys.argv[1])], Path(sys.argv[1]) / "catalog.sqlite3"))
"""
    process = run(script, str(tmp_path))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "open"
    process.send_signal(number)
    _, error = process.communicate(timeout=30)
    assert process.returncode == code, error
    assert "Traceback" not in error


def test_an_error_in_a_slot_is_shown_and_the_window_lives_on(
    make_workplace: Callable[..., Workplace], caplog: pytest.LogCaptureFixture
) -> None:
    window_hook = sys.excepthook
    workplace = make_workplace(Engine())
    with _errors_shown(workplace.report):
        try:
            raise RuntimeError("odd")
        except RuntimeError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
    assert sys.excepthook is window_hook
    assert workplace.window.status.text.full_text == "Something went wrong: odd"
    assert workplace.window.status.details_button.isVisible()
    assert "RuntimeError: odd" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_shutting_down_twice_is_harmless(make_workplace: Callable[..., Workplace]) -> None:
    workplace = make_workplace(Engine())
    workplace.window.close()
    workplace.shutdown()
    workplace.libraries.refresh()


class Node:
    """A cycle that notes in which thread it is collected."""

    def __init__(self, threads: list[str]) -> None:
        self.itself = self
        self._threads = threads

    def __del__(self) -> None:
        self._threads.append(threading.current_thread().name)


@pytest.fixture
def garbage(qapp: QApplication) -> Iterator[GuiGarbage]:
    gc.enable()
    garbage = GuiGarbage(qapp)
    yield garbage
    garbage.stop()
    gc.disable()


def test_cycles_are_collected_in_the_gui_thread_only(garbage: GuiGarbage) -> None:
    threads: list[str] = []

    def litter() -> None:
        for _ in range(5_000):
            Node(threads)

    thread = threading.Thread(target=litter)
    thread.start()
    thread.join()
    assert threads == []
    garbage.check()
    assert len(threads) == 5_000
    assert set(threads) == {threading.main_thread().name}
    garbage.stop()
    assert gc.isenabled()


def test_what_has_lived_long_is_looked_at_when_the_person_turns_to_another_program(
    garbage: GuiGarbage, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    Node(threads)
    gc.collect()
    kept = Node(threads)
    gc.freeze()
    del kept
    gc.collect()
    assert threads == [threading.main_thread().name], "the young one is gone, what is set aside is not looked at"
    monkeypatch.setattr("app.garbage._SECONDS_BETWEEN_FULL", -1.0)
    garbage.look_at_all()
    assert len(threads) == 2
    assert gc.get_freeze_count() > 0
