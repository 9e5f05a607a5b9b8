"""What the tests of the window share: no screen, no home folder of the person, no thread left behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Before anything imports Qt: it reads this when the application is made.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from app.application import Workplace
    from app.engine import Engine
    from app.jobs import Jobs
    from app.settings import Settings
    from app.theme import Theme

_JOIN_SECONDS = 5.0


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder that is empty and goes away."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (("CONFIG", "config"), ("CACHE", "cache"), ("DATA", "data"), ("STATE", "state")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    return home


@pytest.fixture(scope="session", autouse=True)
def empty_clipboard() -> Iterator[None]:
    """Qt keeps the clipboard until the process ends, when Python objects on it cannot be destroyed any more."""
    yield
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


@pytest.fixture(autouse=True)
def collect_in_this_thread() -> Iterator[None]:
    """Qt objects that a test dropped are destroyed here and not in whatever thread allocates next."""
    gc.disable()
    yield
    gc.collect(1)
    gc.enable()


@pytest.fixture(autouse=True)
def no_thread_left_behind(own_home: Path, collect_in_this_thread: None) -> Iterator[None]:
    """Fails a test whose threads outlive it."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(_JOIN_SECONDS)
    assert [thread.name for thread in left if thread.is_alive()] == []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings in a file of this test's own."""
    from app.settings import Settings

    return Settings(tmp_path / "window.ini")


@pytest.fixture
def theme(qapp: object) -> Iterator[Theme]:
    """The theme, light to begin with."""
    from PySide6.QtWidgets import QApplication

    from app.theme import Mode, Theme

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme = Theme(application, Mode.LIGHT)
    yield theme
    theme.set_mode(Mode.LIGHT)
    theme.deleteLater()


@pytest.fixture
def jobs(tmp_path: Path, qapp: object) -> Iterator[Jobs]:
    """Lanes on an empty catalog."""
    from app.jobs import Jobs

    jobs = Jobs(tmp_path / "catalog.sqlite3")
    yield jobs
    jobs.shutdown()


@pytest.fixture
def make_picture(tmp_path: Path) -> Callable[..., Path]:
    """Makes real picture files: ``make_picture("a.png", colour="red", folder=somewhere)``."""
    from PySide6.QtGui import QColor, QImage

    def make(name: str, colour: str = "red", folder: Path | None = None, side: int = 48) -> Path:
        path = (folder or tmp_path) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image = QImage(side, side, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        assert image.save(str(path))
        return path

    return make


@pytest.fixture
def make_workplace(
    tmp_path: Path, settings: Settings, theme: Theme, qtbot: object
) -> Iterator[Callable[..., Workplace]]:
    """Builds the whole window, on an engine of the test's own if it has one."""
    from app.application import Workplace

    made: list[Workplace] = []

    def make(engine: Engine | None = None) -> Workplace:
        workplace = Workplace(tmp_path / "catalog.sqlite3", settings, theme, tmp_path / "cache", engine)
        made.append(workplace)
        workplace.window.show()
        return workplace

    yield make
    for workplace in made:
        workplace.window.close()
        workplace.shutdown()
        workplace.window.deleteLater()
