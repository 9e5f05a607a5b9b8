"""The surface of the compare page: what of a pair is shown, and how."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.compare_modes import paint
from app.compare_scene import Mode, Scene, lay_out
from app.compare_tasks import as_image
from app.pyramid import Pyramid
from core.difference import Difference
from core.overlay import Proof

STEP = 1.25
"""What one turn of the wheel or one press of a zoom key multiplies the zoom by."""

_BLINK_MILLISECONDS = 700
_SETTLED_MILLISECONDS = 150
# A frame that takes longer than this is painted in a hurry while the view moves.
_FRAME_SECONDS = 0.018

Position = tuple[float, float]


class CompareSurface(QWidget):
    """Two pictures under one zoom.

    Signals:
        view_changed: The zoom or the place has changed.
        full_size_wanted: A side (0 or 1) is zoomed past the copy at hand.
        blinked: Blink mode shows the other picture now; whether it is the second.
    """

    view_changed = Signal()
    full_size_wanted = Signal(int)
    blinked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self._active = 0
        self._paused = False
        self._painting = 0.0
        self._moving = QTimer(self)
        self._moving.setSingleShot(True)
        self._moving.setInterval(_SETTLED_MILLISECONDS)
        self._moving.timeout.connect(self.update)
        self._tabbed_in = False
        self._blinking = QTimer(self)
        self._blinking.setInterval(_BLINK_MILLISECONDS)
        self._blinking.timeout.connect(self.flip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Two pictures compared"))

    @property
    def active_side(self) -> int:
        """The side that the pointer was on last."""
        return self._active

    def sizeHint(self) -> QSize:
        """Large: the pictures are what the page is for."""
        return QSize(960, 640)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a narrow window."""
        return QSize(240, 200)

    # ---- what is shown ----

    def open(self, first: Path, second: Path, letters: str = "AB") -> None:
        """Empties the canvas for another pair; the mode and the options stay.

        Args:
            first: The picture at the left.
            second: The picture at the right.
            letters: What each is called for short.
        """
        scene = self.scene
        scene.pictures, scene.troubles = [None, None], [None, None]
        scene.names, scene.letters = [first.name, second.name], letters
        scene.pointer = scene.picked = None
        scene.state.fitted = True
        self.set_proof(None)
        description = self.tr("{first} and {second}").format(first=first.name, second=second.name)
        self.setAccessibleDescription(description)

    def clear(self) -> None:
        """Empties the canvas."""
        self.open(Path(), Path())
        self.setAccessibleDescription("")

    def set_picture(self, side: int, picture: Pyramid) -> None:
        """Shows a picture; a sharper copy of the same one changes nothing else."""
        scene = self.scene
        scene.pictures[side], scene.troubles[side] = picture, None
        if picture.size != scene.state.size(side):
            scene.state.set_size(side, picture.size)
            self._lay_out()
        if scene.state.fitted:
            scene.state.fit()
        self._changed()

    def set_trouble(self, side: int, reason: str) -> None:
        """Says why a picture cannot be shown."""
        self.scene.troubles[side] = reason
        self.update()

    def set_proof(self, proof: Proof | None) -> None:
        """Shows the evidence; None while it is looked for."""
        self.scene.proof = proof
        self.scene.picked = None
        self.scene.state.set_homography(None if proof is None else proof.homography)
        self.set_difference(None)

    def set_difference(self, result: Difference | None, trouble: str | None = None) -> None:
        """Shows the heat map; None while it is computed, or with the reason why there is none."""
        self.scene.difference, self.scene.heat, self.scene.trouble = result, None, trouble
        if result is not None:
            self.scene.heat = as_image(result.heat)
        self.update()

    def set_notice(self, text: str) -> None:
        """Says something over the pictures; "" takes it away."""
        self.scene.notice = text
        self.update()

    # ---- how it is shown ----

    def set_mode(self, mode: Mode) -> None:
        """Shows the pair in another way; the place in the first picture stays."""
        self.scene.mode = mode
        self.scene.second_shown = False
        self.scene.pointer = self.scene.picked = None
        self._blink()
        self._lay_out()
        self._changed()

    @Slot()
    def flip(self) -> None:
        """Shows the other picture in blink mode."""
        self.scene.second_shown = not self.scene.second_shown
        self.blinked.emit(self.scene.second_shown)
        self.update()

    def set_blink_interval(self, milliseconds: int) -> None:
        """How long blink mode shows each picture."""
        self._blinking.setInterval(milliseconds)

    def pause_blinking(self, paused: bool) -> None:
        """Stops on the picture that is shown, or goes on."""
        self._paused = paused
        self._blink()

    def _blink(self) -> None:
        if self.scene.mode is Mode.BLINK and not self._paused and self.isVisible():
            self._blinking.start()
        else:
            self._blinking.stop()

    def set_lines(self, count: int) -> None:
        """How many matches are drawn."""
        self.scene.line_count = count
        self.update()

    def show_rejected(self, shown: bool) -> None:
        """Whether matches that disagree with the homography are drawn too."""
        self.scene.rejected = shown
        self.update()

    def show_outlines(self, shown: bool) -> None:
        """Whether the footprint of each picture is drawn in the other."""
        self.scene.outlines = shown
        self.update()

    def set_share(self, share: float) -> None:
        """How much of the second picture blend mode shows, in [0, 1]."""
        self.scene.share = share
        self.update()

    def set_divider(self, share: float) -> None:
        """Where the swipe divider is, in [0, 1] of the width."""
        self.scene.divider = min(1.0, max(0.0, share))
        self.update()

    def set_locked(self, locked: bool) -> None:
        """Whether the pictures move together; locking brings the other one opposite the active one."""
        state = self.scene.state
        state.locked = locked
        if locked and not state.fitted:
            state.follow(self._active, state.pane(self._active).middle)
        self._changed()

    @Slot()
    def fit(self) -> None:
        """Shows both pictures whole."""
        self.scene.state.fit()
        self._changed()

    def zoom_by(self, factor: float) -> None:
        """Zooms about the pointer, or about the middle of the active pane when it is elsewhere."""
        self.scene.state.zoom(*self._focus_point(), factor)
        self._changed()

    @Slot()
    def zoom_to_pixels(self) -> None:
        """One pixel of the active picture for each device pixel."""
        self.scene.state.zoom_to(*self._focus_point(), 1.0 / self.devicePixelRatioF())
        self._changed()

    def pan(self, across: float, down: float) -> None:
        """Moves the view by shares of a pane, to the right and down."""
        state = self.scene.state
        pane = state.pane(self._active)
        x, y = pane.middle
        state.drag(self._active, (x, y), (x - across * pane.width, y - down * pane.height))
        # What ends up in the middle is what a person looks at, so the pictures agree there.
        if state.locked:
            state.follow(self._active, pane.middle)
        self._changed()

    def _focus_point(self) -> tuple[int, Position]:
        if self.scene.pointer is not None:
            return self.scene.pointer
        return self._active, self.scene.state.pane(self._active).middle

    def _changed(self) -> None:
        self._moving.start()
        self.view_changed.emit()
        self._ask_for_full_size()
        self.update()

    def _ask_for_full_size(self) -> None:
        for side, picture in enumerate(self.scene.pictures):
            if picture is not None and not picture.exact and self._shown_scale(side) > picture.scale * 1.01:
                self.full_size_wanted.emit(side)

    def _shown_scale(self, side: int) -> float:
        """Device pixels for each pixel of a full-size picture, wherever it is drawn."""
        state = self.scene.state
        scale = state.view(0 if self.scene.mode.overlaid else side).scale * self.devicePixelRatioF()
        if side == 1 and self.scene.mode.overlaid:
            scale *= state.size(0)[0] / state.size(1)[0]
        return scale

    def _lay_out(self) -> None:
        state = self.scene.state
        panes = lay_out(self.width(), self.height(), (state.size(0), state.size(1)), self.scene.mode)
        state.set_panes(panes)

    # ---- Qt's events ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays the panes out again."""
        self._lay_out()
        self._changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the scene, and a frame when the keyboard brought the focus here."""
        began = time.perf_counter()
        self.scene.ratio = self.devicePixelRatioF()
        self.scene.hasty = self._moving.isActive() and self._painting > _FRAME_SECONDS
        painter = QPainter(self)
        paint(painter, self.scene, self.palette())
        if self.hasFocus() and self._tabbed_in:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()
        self._note_time(time.perf_counter() - began)

    def _note_time(self, seconds: float) -> None:
        """Remembers what a careful frame costs; a quick hurried one says that there may be time for care."""
        if not self.scene.hasty:
            self._painting = seconds
        elif seconds < _FRAME_SECONDS / 4:
            self._painting = 0.0

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remembers whether to show the focus: only a person at the keyboard needs it."""
        self._tabbed_in = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Goes on blinking."""
        super().showEvent(event)
        self._blink()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stops blinking where nobody sees it."""
        super().hideEvent(event)
        self._blink()
