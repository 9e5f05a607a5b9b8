"""The one honest line at the bottom: what is being done, how far it is, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QSize, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QWidget

from app import icons, words
from app.details_view import ErrorDetails, SkippedList
from app.elided_label import ElidedLabel
from app.job_threads import Failure
from app.jobs import Lane
from app.pace import Pace
from app.theme import GAP, GROUP, SPACE, set_property
from core.events import Event, Progress, Skipped

_HEIGHT = 40
_BAR_WIDTH = 160


@dataclass(slots=True)
class _Watched:
    """A lane and what it last said."""

    lane: Lane
    progress: Progress | None = None
    pace: Pace = field(default_factory=Pace)


class StatusView(QWidget):
    """Shows the running job of the most urgent lane; with none running, the last sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._watched: list[_Watched] = []
        self._shown: _Watched | None = None
        self._preferred: Lane | None = None
        self._sentence = ""
        self._failure: Failure | None = None
        self._act: Callable[[], None] | None = None
        self._offers: list[tuple[str, str, Callable[[], None]]] = []
        self.error_details = ErrorDetails(self)
        self.skipped_list = SkippedList(self)
        self._build()
        self._refresh()

    def _build(self) -> None:
        self.setProperty("bar", "bottom")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self.icon = QLabel()
        self.text = ElidedLabel()
        self.text.setAccessibleName(self.tr("Status"))
        self.rate = QLabel()
        self.left = QLabel()
        for label in (self.rate, self.left):
            set_property(label, "tone", "quiet")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedSize(_BAR_WIDTH, 6)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.pause_button = _button("pause", self.tr("Pause"))
        self.cancel_button = _button("close", self.tr("Cancel"))
        self.details_button = _button("info", self.tr("Details"))
        self.act_button = _button("", "")
        self.skipped_button = _button("warning", "")
        self.pause_button.clicked.connect(self._toggle_pause)
        self.cancel_button.clicked.connect(self._cancel)
        self.details_button.clicked.connect(self._open_details)
        self.act_button.clicked.connect(self._do_act)
        self.skipped_button.clicked.connect(self.skipped_list.present)
        self.cancel_button.setToolTip(self.tr("End this job; what is done is kept"))
        self.details_button.setToolTip(self.tr("What exactly went wrong"))
        self.skipped_button.setToolTip(self.tr("Files that could not be read, with the reason of each"))
        self.skipped_button.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(GROUP, 0, GAP, 0)
        row.setSpacing(GAP)
        row.addWidget(self.icon)
        row.addWidget(self.text, 1)
        for widget in (self.details_button, self.act_button):
            row.addWidget(widget)
        row.addWidget(self.rate)
        row.addSpacing(SPACE)
        row.addWidget(self.left)
        row.addSpacing(SPACE)
        row.addWidget(self.bar)
        for button in (self.pause_button, self.cancel_button, self.skipped_button):
            row.addWidget(button)

    # ------------------------------------------------------------------ what it is told

    def watch(self, lane: Lane) -> None:
        """Show what a lane does; of several that run, the one watched first."""
        watched = _Watched(lane)
        self._watched.append(watched)
        lane.started.connect(lambda: self._on_started(watched))
        lane.batch.connect(lambda events: self._on_batch(watched, events))
        lane.paused_changed.connect(lambda held: self._on_paused(watched, held))
        lane.finished.connect(lambda _: self._refresh())
        lane.failed.connect(lambda sentence: self.fail(Failure(sentence, lane.details)))

    @Slot(str)
    def say(self, sentence: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """A sentence that stays until the next one, with a button beside it where something can be done."""
        self._sentence, self._failure, self._act = sentence, None, act
        self.act_button.setText(action)
        self.act_button.setAccessibleName(action)
        self.act_button.setToolTip(action)
        self._refresh()

    @Slot(object)
    def fail(self, failure: Failure) -> None:
        """An error in one sentence, with its details a click away."""
        offers = [(action, act) for mark, action, act in self._offers if mark in failure.sentence]
        action, act = offers[0] if offers else ("", None)
        self.say(failure.sentence, action, act)
        self._failure = failure
        self._refresh()

    def offer(self, mark: str, action: str, act: Callable[[], None]) -> None:
        """Put a button beside the errors whose sentence holds ``mark``."""
        self._offers.append((mark, action, act))

    @Slot(list)
    def set_skipped(self, skipped: Sequence[Skipped]) -> None:
        """The files that were skipped, as known by now."""
        self.skipped_list.set_skipped(skipped)
        count = len(skipped)
        text = self.tr("{count} skipped").format(count=words.number(count))
        self.skipped_button.setText(f"{text} …")
        self.skipped_button.setAccessibleName(text)
        self.skipped_button.setVisible(count > 0)

    def prefer(self, lane: Lane | None) -> None:
        """Of several lanes that run, show this one: what the open page is about."""
        self._preferred = lane
        self._refresh()

    def _on_started(self, watched: _Watched) -> None:
        watched.progress = None
        watched.pace.restart()
        self._sentence, self._failure, self._act = "", None, None
        self._refresh()

    def _on_batch(self, watched: _Watched, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Progress):
                if watched.progress is None or watched.progress.stage != event.stage:
                    watched.pace.restart()
                watched.pace.note(event)
                watched.progress = event
        self._refresh()

    def _on_paused(self, watched: _Watched, held: bool) -> None:
        watched.pace.hold(held)
        self._refresh()

    # ------------------------------------------------------------------ what it shows

    @Slot()
    def _refresh(self) -> None:
        running_now = [watched for watched in self._watched if watched.lane.running]
        preferred = [watched for watched in running_now if watched.lane is self._preferred]
        self._shown = next(iter(preferred or running_now), None)
        running = self._shown is not None
        for widget in (self.rate, self.left, self.bar, self.pause_button, self.cancel_button):
            widget.setVisible(running)
        self.details_button.setVisible(bool(self._failure and self._failure.details))
        self.act_button.setVisible(self._act is not None)
        self._set_icon()
        if self._shown is None:
            self.text.set_text(self._sentence or self.tr("Ready"))
        else:
            self._show_job(self._shown)

    def _show_job(self, watched: _Watched) -> None:
        progress, paused = watched.progress, watched.lane.paused
        # A sentence about something else must not vanish because a job is running.
        said = f"{self._sentence} · " if self._sentence else ""
        self.text.set_text(said + (_doing(progress) if progress else self.tr("Starting")))
        self.pause_button.setText(self.tr("Resume") if paused else self.tr("Pause"))
        self.pause_button.setIcon(icons.icon("play" if paused else "pause"))
        self.pause_button.setToolTip(self.tr("Go on with this job") if paused else self.tr("Hold this job"))
        rate = None if paused else watched.pace.rate
        self.rate.setText("" if rate is None else self.tr("{rate}/s").format(rate=_rate(rate)))
        seconds = watched.pace.seconds_left(progress) if progress and not paused else None
        self.left.setText(self.tr("Paused") if paused else "" if seconds is None else time_left(seconds))
        self._show_bar(progress, paused)

    def _show_bar(self, progress: Progress | None, paused: bool) -> None:
        if progress is None or not progress.total:
            # Qt animates a bar without an end; one that is held must not look as if it moved.
            self.bar.setRange(0, 1 if paused else 0)
            self.bar.setValue(0)
            return
        # Qt counts in 32 bits; a thousand steps are more than the bar has pixels.
        self.bar.setRange(0, 1000)
        self.bar.setValue(min(1000, progress.done * 1000 // progress.total))

    def _set_icon(self) -> None:
        self.icon.setVisible(self._failure is not None)
        if self._failure is not None:
            colour = self.palette().color(QPalette.ColorRole.BrightText)
            self.icon.setPixmap(icons.pixmap("warning", 20, colour, self.devicePixelRatioF()))
        set_property(self.text, "tone", "danger" if self._failure is not None else "")

    # ------------------------------------------------------------------ what it does

    @Slot()
    def _toggle_pause(self) -> None:
        if self._shown is not None:
            lane = self._shown.lane
            lane.resume() if lane.paused else lane.pause()

    @Slot()
    def _cancel(self) -> None:
        if self._shown is not None:
            self._shown.lane.cancel()

    @Slot()
    def _open_details(self) -> None:
        if self._failure is not None:
            self.error_details.show_error(self._failure.sentence, self._failure.details)

    @Slot()
    def _do_act(self) -> None:
        act, self._act = self._act, None
        self._refresh()
        if act is not None:
            act()


def _button(icon: str, text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setProperty("look", "quiet")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(QSize(16, 16))
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(text)
    if icon:
        button.setIcon(icons.icon(icon))
    return button


def _doing(progress: Progress) -> str:
    """What a job does, as far as it is known ("Describing 4,210 of 12,431")."""
    if progress.total is None:
        return f"{progress.stage} {words.number(progress.done)}" if progress.done else progress.stage
    return _text("{stage} {done} of {total}").format(
        stage=progress.stage, done=words.number(progress.done), total=words.number(progress.total)
    )


def _rate(rate: float) -> str:
    return words.number(round(rate)) if rate >= 10 else words.decimal(rate)


def time_left(seconds: float) -> str:
    """Seconds in words, no more exact than they can be known ("26 s left", "4 min left")."""
    if seconds < 60:
        return _text("{seconds} s left").format(seconds=words.number(max(1, round(seconds))))
    minutes = round(seconds / 60)
    if minutes < 60:
        return _text("{minutes} min left").format(minutes=words.number(minutes))
    hours, minutes = divmod(minutes, 60)
    return _text("{hours} h {minutes} min left").format(hours=words.number(hours), minutes=words.number(minutes))


def _text(source: str) -> str:
    return QCoreApplication.translate("StatusView", source)
