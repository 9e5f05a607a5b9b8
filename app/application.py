"""Builds the application around the window, runs it, and ends it cleanly however it is ended."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSocketNotifier,
    Qt,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app import icons
from app.engine import Engine
from app.garbage import GuiGarbage
from app.job_threads import Failure, failure_of
from app.jobs import Jobs
from app.libraries import Libraries
from app.session import Session
from app.settings import Settings, default_settings_path
from app.theme import Theme
from app.thumbnails import ThumbnailService, default_cache_folder
from app.watcher import Watcher
from app.window import Window

logger = logging.getLogger(__name__)

REPAIR = -1
"""In place of an exit code: the catalog is to be repaired, and the window opened again."""

_TURN_SECONDS = 0.0005
"""How long a lane may keep Python's lock while the GUI thread waits for it, as it does after many a call of Qt."""

_QT_OF_OPENCV = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def build_application(arguments: Sequence[str] = ()) -> QApplication:
    """The one QApplication, with our names and icon.

    opencv-python points Qt at plugins of its own when anything imports it directly; a window started with
    them in place may find no platform at all.
    """
    for name in _QT_OF_OPENCV:
        if "cv2" in os.environ.get(name, ""):
            del os.environ[name]
    sys.setswitchinterval(_TURN_SECONDS)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(["twinsight", *arguments])
    application.setApplicationName("twinsight")
    application.setApplicationDisplayName("Twinsight")
    application.setDesktopFileName("twinsight")
    application.setWindowIcon(icons.icon("twinsight"))
    return application


class Workplace(QObject):
    """The window with everything it needs, and the order in which it all ends.

    Args:
        catalog_path: The catalog to work on.
        settings: What is remembered.
        theme: Light or dark.
        cache_folder: Where thumbnails and pasted pictures are kept.
        engine: What the lanes run; for tests.
    """

    def __init__(
        self,
        catalog_path: Path,
        settings: Settings,
        theme: Theme,
        cache_folder: Path,
        engine: Engine | None = None,
    ) -> None:
        super().__init__()
        self._open = True
        self.repair = False
        self.jobs = Jobs(catalog_path)
        self.thumbnails = ThumbnailService(self, cache_folder=cache_folder / "thumbnails")
        self.libraries = Libraries(self.jobs.desk, settings.left_out, self, watched=settings.watched)
        self.session = Session(self.jobs, self.libraries, cache_folder / "pasted", engine, self)
        self.window = Window(self.session, self.thumbnails, settings, theme)
        self.watcher = Watcher(parent=self)
        self.watcher.changed.connect(self.session.look_again)
        self.libraries.changed.connect(self._watch)
        self.window.closing.connect(self.shutdown)
        self.window.care.repair_wanted.connect(self._close_to_repair)
        self.libraries.refresh()
        self.session.tidy()

    @Slot()
    def _watch(self) -> None:
        """Watch the libraries for which that is wanted and whose drive is there."""
        there = (library for library in self.libraries.all if library.watched and not library.missing)
        self.watcher.set_folders([library.info.folder for library in there])

    @Slot()
    def _close_to_repair(self) -> None:
        """End everything that has the catalog open; ``run_window`` does the rest."""
        self.repair = True
        self.window.close()

    @Slot()
    def shutdown(self) -> None:
        """Cancel what runs and wait for the threads; doing it twice is harmless."""
        if self._open:
            self._open = False
            self.watcher.shutdown()
            if self.jobs.shutdown():
                self.session.close()
            self.window.compare.shutdown()
            self.thumbnails.shutdown()

    def report(self, failure: Failure) -> None:
        """Show an error that nobody handled."""
        if self._open:
            self.window.status.fail(failure)


def run_window(library: Sequence[Path], catalog_path: Path) -> int:
    """Open the window and stay until it is closed.

    Args:
        library: Folders to add and index at once; may be empty.
        catalog_path: The catalog to work on.

    Returns:
        The exit code: 0, or 130 when Ctrl-C in the terminal ended it.
    """
    with _qt_messages_logged():
        application = build_application()
        settings = Settings(default_settings_path())
        theme = Theme(application, settings.theme)
        garbage = GuiGarbage(application)
        code = _sit(application, Workplace(catalog_path, settings, theme, default_cache_folder().parent), library)
        while code == REPAIR:
            sentence = _repair(catalog_path)
            workplace = Workplace(catalog_path, settings, theme, default_cache_folder().parent)
            workplace.window.status.say(sentence)
            code = _sit(application, workplace, ())
        garbage.stop()
        return code


def _sit(application: QApplication, workplace: Workplace, library: Sequence[Path]) -> int:
    """Show a window until it is closed; its exit code, or REPAIR."""
    with _errors_shown(workplace.report), _interruptible(application) as was_interrupted:
        workplace.window.show()
        if library:
            workplace.libraries.add(library)
        code = application.exec()
    workplace.window.close()
    workplace.shutdown()
    if was_interrupted():
        return 130
    return REPAIR if workplace.repair else code


def _repair(catalog_path: Path) -> str:
    """Make a new catalog from what can be read of a damaged one; what to say of it."""
    from app.catalog_care import repaired_sentence
    from core import upkeep
    from core.records import TwinsightError
    from core.upkeep import RepairReport

    try:
        report = next(event for event in upkeep.repair(catalog_path) if isinstance(event, RepairReport))
    except TwinsightError as error:
        return str(error)
    return repaired_sentence(report)


@contextmanager
def _qt_messages_logged() -> Iterator[None]:
    """What Qt has to say goes where our own messages go."""

    def log(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", message)

    before = qInstallMessageHandler(log)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


@contextmanager
def _errors_shown(report: Callable[[Failure], None]) -> Iterator[None]:
    """An error in a slot is logged and shown; the window lives on."""

    def on_error(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if isinstance(error, Exception):
            report(failure_of(error))
        else:
            before(kind, error, traceback)

    def on_thread_error(arguments: threading.ExceptHookArgs) -> None:
        logger.error("A thread failed", exc_info=arguments.exc_value)

    before, threads_before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = on_error, on_thread_error
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before, threads_before


@contextmanager
def _interruptible(application: QApplication) -> Iterator[Callable[[], bool]]:
    """Ctrl-C and a polite kill end the window as closing it does.

    Python runs signal handlers between its own instructions only, of which there are none while Qt waits; so
    the signal's number is written into a socket that wakes Qt up.
    """
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)
        application.closeAllWindows()
        application.quit()

    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(64))
    wakeup_before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    handlers_before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: signal.SIGINT in received
    finally:
        for number, handler in handlers_before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakeup_before)
        notifier.setEnabled(False)
        reader.close()
        writer.close()
