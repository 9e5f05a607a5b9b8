"""The look: colours for light and dark, spacing, fonts and a small stylesheet, on Qt's Fusion style.

Every view takes its colours from the application's palette; what a palette has no role for is in ``Colours``.
All texts reach a contrast of 4.5:1 on every ground they may stand on, in both schemes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

SPACE = 4
"""The grid in device-independent pixels; every distance is a multiple of it."""
GAP = 8
"""Between controls."""
GROUP = 16
"""Between groups of controls."""
RADIUS = 6
"""Of every rounded corner."""
ICON = 20
"""Side of an icon in a button."""


class Mode(StrEnum):
    """What decides between light and dark."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one scheme, as "#rrggbb".

    Attributes:
        window: Ground of the frame: bars and panels.
        base: Ground of pictures, lists and fields.
        raised: Ground of cards and of every other row.
        control: Ground of buttons.
        hover: Ground of what the pointer is on.
        line: Borders that only separate.
        edge: Borders that tell what a control is; 3:1 on the grounds.
        text: Words.
        quiet: Secondary words.
        faint: Words of what is disabled.
        accent: The one colour: selection, focus, the main button.
        on_accent: Words on it.
        link: Words in the accent colour on a ground.
        danger: Words of errors.
        tooltip: Ground of tooltips.
    """

    window: str
    base: str
    raised: str
    control: str
    hover: str
    line: str
    edge: str
    text: str
    quiet: str
    faint: str
    accent: str
    on_accent: str
    link: str
    danger: str
    tooltip: str


LIGHT = Colours(
    window="#f3f3f4",
    base="#ffffff",
    raised="#f8f8f9",
    control="#fcfcfd",
    hover="#e6e7e9",
    line="#d9dadd",
    edge="#85888e",
    text="#1b1c1e",
    quiet="#5a5d63",
    faint="#9a9da3",
    accent="#1a63d0",
    on_accent="#ffffff",
    link="#1a5cc4",
    danger="#b3261e",
    tooltip="#ffffff",
)

DARK = Colours(
    window="#222326",
    base="#18191b",
    raised="#1e1f22",
    control="#2d2f33",
    hover="#34363b",
    line="#3a3c41",
    edge="#7d8087",
    text="#ececef",
    quiet="#a9acb3",
    faint="#6c6f76",
    accent="#7cb0ff",
    on_accent="#0c1a30",
    link="#8ab8ff",
    danger="#ff9a90",
    tooltip="#34363b",
)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    value = QColor(colour)
    red, green, blue = (_linear(part) for part in (value.redF(), value.greenF(), value.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def palette(colours: Colours) -> QPalette:
    """The palette of one scheme."""
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.base,
        QPalette.ColorRole.AlternateBase: colours.raised,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.quiet,
        QPalette.ColorRole.Button: colours.control,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.danger,
        QPalette.ColorRole.ToolTipBase: colours.tooltip,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Link: colours.link,
        QPalette.ColorRole.LinkVisited: colours.link,
        QPalette.ColorRole.Light: colours.hover,
        QPalette.ColorRole.Midlight: colours.hover,
        QPalette.ColorRole.Mid: colours.line,
        QPalette.ColorRole.Dark: colours.edge,
        QPalette.ColorRole.Shadow: colours.edge,
    }
    result = QPalette()
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.faint))
    result.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(colours.edge))
    return result


def stylesheet(colours: Colours) -> str:
    """What Fusion and a palette cannot say: the bars, quiet buttons, the main button, focus."""
    c = colours
    return f"""
QToolTip {{ color: {c.text}; background: {c.tooltip}; border: 1px solid {c.edge}; padding: 4px; }}
QSplitter::handle {{ background: {c.line}; }}
QSplitter::handle:hover {{ background: {c.accent}; }}
QWidget[bar="top"] {{ border-bottom: 1px solid {c.line}; }}
QWidget[bar="bottom"] {{ border-top: 1px solid {c.line}; }}
QWidget[ground="base"] {{ background: {c.base}; }}
QLabel[tone="quiet"] {{ color: {c.quiet}; }}
QLabel[tone="danger"] {{ color: {c.danger}; }}
QToolButton[look="quiet"], QToolButton[look="page"] {{
    border: 2px solid transparent; border-radius: {RADIUS}px; padding: 4px; }}
QToolButton[look="quiet"]:hover, QToolButton[look="page"]:hover {{ background: {c.hover}; }}
QToolButton[look="quiet"]:pressed {{ background: {c.line}; }}
QToolButton[look="quiet"]:focus, QToolButton[look="page"]:focus {{ border-color: {c.accent}; }}
QToolButton[look="quiet"]::menu-indicator, QToolButton[look="page"]::menu-indicator {{ image: none; }}
QToolButton[look="page"] {{ padding: 4px 4px 4px 8px; }}
QToolButton[look="page"]:checked {{ background: {c.hover}; font-weight: 600; }}
QLineEdit[look="field"] {{
    color: {c.text}; background: {c.base}; border: 1px solid {c.edge};
    border-radius: {RADIUS}px; padding: 3px; }}
QLineEdit[look="field"]:focus {{ border: 2px solid {c.accent}; padding: 2px; }}
QPushButton[look="main"] {{
    color: {c.on_accent}; background: {c.accent}; border: 2px solid {c.accent};
    border-radius: {RADIUS}px; padding: 4px 12px; font-weight: 600; }}
QPushButton[look="main"]:focus {{ border-color: {c.text}; }}
QPushButton[look="main"]:disabled {{ color: {c.quiet}; background: {c.hover}; border-color: {c.hover}; }}
QProgressBar {{ border: none; border-radius: 3px; background: {c.line}; }}
QProgressBar::chunk {{ border-radius: 3px; background: {c.accent}; }}
"""


def scaled_font(font: QFont, factor: float) -> QFont:
    """A font of another size; whichever of points and pixels the system uses."""
    result = QFont(font)
    if font.pointSizeF() > 0:
        result.setPointSizeF(font.pointSizeF() * factor)
    else:
        result.setPixelSize(round(font.pixelSize() * factor))
    return result


def small(font: QFont) -> QFont:
    """The small of the three sizes: facts under a name."""
    return scaled_font(font, 0.88)


def large(font: QFont) -> QFont:
    """The large of the three sizes: titles and empty states."""
    return scaled_font(font, 1.25)


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Give a widget a property that the stylesheet knows, now."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Theme(QObject):
    """Keeps the application's palette and stylesheet in step with the system or with the person's choice.

    Signals:
        changed(): The colours are other ones now.
    """

    changed = Signal()

    def __init__(self, application: QApplication, mode: Mode = Mode.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._mode = mode
        self._colours: Colours | None = None
        application.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self.set_mode(mode)

    @property
    def mode(self) -> Mode:
        """What decides."""
        return self._mode

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in use."""
        return self.colours is DARK

    @property
    def colours(self) -> Colours:
        """The colours in use."""
        return self._colours or LIGHT

    def set_mode(self, mode: Mode) -> None:
        """Follow the system, or stay with one scheme."""
        self._mode = mode
        # Where the platform listens, its frames and dialogs follow; where it does not, ours do all the same.
        asked = {Mode.LIGHT: Qt.ColorScheme.Light, Mode.DARK: Qt.ColorScheme.Dark}
        QGuiApplication.styleHints().setColorScheme(asked.get(mode, Qt.ColorScheme.Unknown))
        self._apply()

    def toggle(self) -> None:
        """From light to dark or back; stays so until the system is asked to decide again."""
        self.set_mode(Mode.LIGHT if self.dark else Mode.DARK)

    @Slot()
    def _apply(self) -> None:
        colours = self._wanted()
        if colours is self._colours:
            return
        self._colours = colours
        self._application.setPalette(palette(colours))
        self._application.setStyleSheet(stylesheet(colours))
        self.changed.emit()

    def _wanted(self) -> Colours:
        if self._mode is Mode.SYSTEM:
            system = QGuiApplication.styleHints().colorScheme()
            return DARK if system is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode is Mode.DARK else LIGHT
