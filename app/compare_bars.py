"""The bars round the compare canvas: the evidence over it, the ways to look, and what belongs to each way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import icons, theme, words
from app.compare_scene import Mode
from app.controls import quiet_button
from app.segmented import Segment, SegmentedControl

MOST_LINES = 400
"""Lines drawn at most; more would hide the pictures."""

USUAL_LINES = 60
"""Lines drawn unless a person asks for more or fewer."""

_SLIDER_WIDTH = 140
_BLINK_RANGE = (300, 2000)


def tool_button(parent: QWidget, icon: str, text: str, tip: str) -> QToolButton:
    """A quiet button with an icon; `text` is its accessible name."""
    button = quiet_button(icon, text, tip)
    button.setParent(parent)
    button.setText(text)
    # A click must not take the arrow keys away from the canvas.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def switch(parent: QWidget, text: str, tip: str) -> QToolButton:
    """A quiet button with words that stays down."""
    button = QToolButton(parent)
    button.setText(text)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setCheckable(True)
    button.setProperty("look", "page")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def slider(parent: QWidget, name: str, low: int, high: int, value: int) -> QSlider:
    """A horizontal slider with a name for screen readers, which is its tooltip too."""
    result = QSlider(Qt.Orientation.Horizontal, parent)
    result.setRange(low, high)
    result.setValue(value)
    result.setAccessibleName(name)
    result.setToolTip(name)
    result.setMinimumWidth(64)
    result.setMaximumWidth(_SLIDER_WIDTH)
    result.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return result


def quiet_label(parent: QWidget, text: str = "") -> QLabel:
    """A label of secondary words."""
    label = QLabel(text, parent)
    label.setProperty("tone", "quiet")
    return label


class EvidenceHeader(QWidget):
    """Back, the evidence in words, and the way to the neighbouring pairs."""

    back = Signal()
    previous = Signal()
    following = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        back = tool_button(self, "back", self.tr("Back"), self.tr("Back (Esc)"))
        previous = tool_button(self, "left", self.tr("Previous pair"), self.tr("Previous pair (Page Up)"))
        following = tool_button(self, "right", self.tr("Next pair"), self.tr("Next pair (Page Down)"))
        back.clicked.connect(self.back)
        previous.clicked.connect(self.previous)
        following.clicked.connect(self.following)
        self.buttons = {"back": back, "previous": previous, "next": following}
        self._icon = QLabel(self)
        self.title = QLabel(self)
        self.detail = quiet_label(self)
        self._name = ""
        self._role = QPalette.ColorRole.WindowText
        self._arrange()

    def _arrange(self) -> None:
        font = self.font()
        font.setBold(True)
        self.title.setFont(font)
        text = QVBoxLayout()
        text.setSpacing(0)
        for label in (self.title, self.detail):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self.buttons["back"], 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(text, 1)
        row.addWidget(self.buttons["previous"], 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.buttons["next"], 0, Qt.AlignmentFlag.AlignVCenter)

    def say(self, icon: str, title: str, detail: str = "", tone: str = "") -> None:
        """Shows the evidence.

        Args:
            icon: Name of the icon in front, or "".
            title: One line.
            detail: Facts under it, or "".
            tone: "danger" for errors.
        """
        self.title.setText(title)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        theme.set_property(self.title, "tone", tone)
        self._name = icon
        self._role = QPalette.ColorRole.BrightText if tone == "danger" else QPalette.ColorRole.WindowText
        self._icon.setVisible(bool(icon))
        self._paint_icon()

    @property
    def icon(self) -> QImage:
        """The icon in front, as it is painted."""
        return self._icon.pixmap().toImage()

    def _paint_icon(self) -> None:
        if self._name:
            colour = self.palette().color(self._role)
            ratio = self.devicePixelRatioF()
            self._icon.setPixmap(icons.pixmap(self._name, theme.ICON, colour, ratio))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the icon as sharp as the screen it is on."""
        super().resizeEvent(event)
        self._paint_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Keeps the icon in the colour of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icon()


class ModeBar(QWidget):
    """The segmented control of the modes, and what can be done with the pair."""

    mode_chosen = Signal(Mode)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.modes = SegmentedControl(self._segments(), self)
        self.modes.setAccessibleName(self.tr("How to look at the pair"))
        self.modes.chosen.connect(lambda index: self.mode_chosen.emit(list(Mode)[index]))
        self.lock = tool_button(self, "lock", self.tr("Move both together"), "")
        self.lock.setCheckable(True)
        self.lock.setChecked(True)
        self.lock.toggled.connect(self._show_lock)
        self._show_lock(True)
        self.swap = tool_button(self, "swap", self.tr("Swap sides"), self.tr("Swap sides (S)"))
        self.save = tool_button(self, "save", self.tr("Save as picture"), self.tr("Save as picture (Ctrl+S)"))
        self.copy = tool_button(self, "copy", self.tr("Copy as picture"), self.tr("Copy as picture (Ctrl+C)"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.SPACE)
        self._row.addWidget(self.modes)
        self._row.addStretch(1)
        for button in self._buttons():
            self._row.addWidget(button)

    def _segments(self) -> list[Segment]:
        return [
            Segment(self.tr("Lines"), "lines", self.tr("Side by side, joined by matched keypoints (1)")),
            Segment(self.tr("Swipe"), "swipe", self.tr("One over the other, with a divider to drag (2)")),
            Segment(self.tr("Blink"), "blink", self.tr("One after the other in the same place (3)")),
            Segment(self.tr("Blend"), "blend", self.tr("One shining through the other (4)")),
            Segment(self.tr("Difference"), "difference", self.tr("What differs, as a heat map (5)")),
            Segment(self.tr("Side by side"), "beside", self.tr("Side by side, with nothing drawn over them (6)")),
            Segment(self.tr("Inspect"), "inspect", self.tr("Both files compared, and which is better (7)")),
        ]

    def _buttons(self) -> tuple[QToolButton, ...]:
        return self.lock, self.swap, self.save, self.copy

    @Slot(bool)
    def _show_lock(self, locked: bool) -> None:
        self.lock.setIcon(icons.icon("lock" if locked else "unlock"))
        on = self.tr("The pictures move together; press to move each alone (L)")
        off = self.tr("Each picture moves alone; press to move them together (L)")
        self.lock.setToolTip(on if locked else off)

    def allow_overlaid(self, allowed: bool, why_not: str) -> None:
        """Switches the modes that lay one picture over the other."""
        for index, mode in enumerate(Mode):
            if mode.overlaid:
                self.modes.set_enabled(index, allowed, why_not)

    def minimumSizeHint(self) -> QSize:
        """Room for the icons alone."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), 380), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves the words away where there is no room for them."""
        super().resizeEvent(event)
        others = sum(button.sizeHint().width() + theme.SPACE for button in self._buttons())
        self.modes.show_text(self.width() >= self.modes.width_with_text() + others + theme.GAP)


class ZoomBar(QWidget):
    """Zoom out, the zoom, zoom in, whole pictures, single pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.out = tool_button(self, "zoom-out", self.tr("Zoom out"), self.tr("Zoom out (-)"))
        self.into = tool_button(self, "zoom-in", self.tr("Zoom in"), self.tr("Zoom in (+)"))
        self.fit = tool_button(self, "fit", self.tr("Whole pictures"), self.tr("Show the whole pictures (0)"))
        tip = self.tr("One picture pixel for each screen pixel (Z)")
        self.pixels = tool_button(self, "zoom-in", self.tr("1:1"), tip)
        self.pixels.setIcon(icons.icon("picture"))
        self.pixels.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        for button in (self.out, self.into, self.fit, self.pixels):
            row.addWidget(button)


class OptionsBar(QWidget):
    """What belongs to the mode that is on; at the right the zoom.

    Signals:
        lines_wanted(int), rejected_wanted(bool), outlines_wanted(bool): Of the lines.
        pause_wanted(bool), interval_wanted(int): Of blinking, in milliseconds.
        share_wanted(float): Of blending, in [0, 1].
    """

    lines_wanted = Signal(int)
    rejected_wanted = Signal(bool)
    outlines_wanted = Signal(bool)
    pause_wanted = Signal(bool)
    interval_wanted = Signal(int)
    share_wanted = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zoom = ZoomBar(self)
        self._pages = QStackedWidget(self)
        self._agreeing = 0
        self._wanted_lines = USUAL_LINES
        for page in (
            self._lines(),
            self._swipe(),
            self._blink(),
            self._blend(),
            self._difference(),
            self._beside(),
            self._inspect(),
        ):
            self._pages.addWidget(page)
        self._pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GROUP)
        row.addWidget(self._pages, 1)
        row.addWidget(self.zoom)
        self.set_counts(0, 0)

    def _page(self, *widgets: QWidget) -> QWidget:
        page = QWidget(self)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        for widget in widgets:
            row.addWidget(widget)
        row.addStretch(1)
        return page

    def _lines(self) -> QWidget:
        self.line_slider = slider(self, self.tr("How many lines"), 0, MOST_LINES, USUAL_LINES)
        self.line_slider.setPageStep(20)
        self._line_count = quiet_label(self)
        self.rejected = switch(self, self.tr("Rejected"), self.tr("Show rejected matches too, dashed (R)"))
        tip = self.tr("Outline where one picture lies in the other (O)")
        self.outlines = switch(self, self.tr("Outlines"), tip)
        self.outlines.setChecked(True)
        self.line_slider.valueChanged.connect(self._want_lines)
        self.rejected.toggled.connect(self.rejected_wanted)
        self.outlines.toggled.connect(self.outlines_wanted)
        return self._page(self.line_slider, self._line_count, self.rejected, self.outlines)

    def _swipe(self) -> QWidget:
        return self._page(quiet_label(self, self.tr("Drag the divider, or press the left and right keys")))

    def _blink(self) -> QWidget:
        self.pause = tool_button(self, "pause", self.tr("Pause"), self.tr("Stop blinking, or go on (P)"))
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self.pause_wanted)
        self.pause.toggled.connect(self._show_pause)
        self.interval = slider(self, self.tr("How long each picture is shown"), *_BLINK_RANGE, 700)
        self._seconds = quiet_label(self)
        self.interval.valueChanged.connect(self.interval_wanted)
        self.interval.valueChanged.connect(self._show_interval)
        self._show_interval(self.interval.value())
        return self._page(self.pause, self.interval, self._seconds)

    def _blend(self) -> QWidget:
        self.share = slider(self, self.tr("How much of the second picture shows"), 0, 100, 50)
        self.ends = (quiet_label(self, "A"), quiet_label(self, "B"))
        self.share.valueChanged.connect(lambda value: self.share_wanted.emit(value / 100))
        return self._page(self.ends[0], self.share, self.ends[1])

    def _difference(self) -> QWidget:
        return self._page(quiet_label(self, self.tr("Brightness is matched before subtracting")))

    def _beside(self) -> QWidget:
        return self._page(quiet_label(self, self.tr("The same detail stays opposite while you zoom and drag")))

    def _inspect(self) -> QWidget:
        return self._page(quiet_label(self, self.tr("Sharpness is measured where both show the same")))

    def show_mode(self, mode: Mode) -> None:
        """Shows what belongs to a mode."""
        self._pages.setCurrentIndex(list(Mode).index(mode))
        self.zoom.setVisible(mode is not Mode.INSPECT)
        self.pause.setChecked(False)

    def set_counts(self, agreeing: int, rejected: int) -> None:
        """How many matches there are to show."""
        self._agreeing = agreeing
        most = min(MOST_LINES, agreeing) if agreeing else MOST_LINES
        # A pair with few matches must not lower what the person asked for.
        with QSignalBlocker(self.line_slider):
            self.line_slider.setEnabled(agreeing > 0)
            self.line_slider.setMaximum(most)
            self.line_slider.setValue(min(self._wanted_lines, most))
        self.rejected.setEnabled(rejected > 0)
        self.rejected.setText(self.tr("Rejected {count}").format(count=words.number(rejected)))
        self._count_lines(self.line_slider.value())

    @Slot(int)
    def _want_lines(self, count: int) -> None:
        self._wanted_lines = count
        self._count_lines(count)
        self.lines_wanted.emit(count)

    def _count_lines(self, count: int) -> None:
        text = self.tr("{count} of {all}").format(
            count=words.number(min(count, self._agreeing)), all=words.number(self._agreeing)
        )
        self._line_count.setText(text if self._agreeing else self.tr("no lines"))

    @Slot(bool)
    def _show_pause(self, paused: bool) -> None:
        self.pause.setIcon(icons.icon("play" if paused else "pause"))

    @Slot(int)
    def _show_interval(self, milliseconds: int) -> None:
        self._seconds.setText(self.tr("{seconds} s each").format(seconds=words.decimal(milliseconds / 1000)))
