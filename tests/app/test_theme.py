"""The look: contrast in both schemes, following the system, icons that follow the palette."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import icons
from app.controls import main_button, quiet_button
from app.theme import DARK, LIGHT, Colours, Mode, Theme, contrast, palette, scaled_font

GROUNDS = ("window", "base", "raised", "control", "hover", "tooltip")


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("words", ["text", "quiet", "link", "danger"])
def test_words_are_readable_on_every_ground(colours: Colours, words: str) -> None:
    for ground in GROUNDS:
        assert contrast(getattr(colours, words), getattr(colours, ground)) >= 4.5, ground


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_accent_is_readable_and_seen(colours: Colours) -> None:
    assert contrast(colours.accent, colours.on_accent) >= 4.5
    for ground in ("window", "base", "raised", "control"):
        assert contrast(colours.accent, getattr(colours, ground)) >= 3
        assert contrast(colours.edge, getattr(colours, ground)) >= 3


def test_contrast_is_the_known_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_is_one(colours: Colours) -> None:
    assert all(QColor(getattr(colours, field.name)).isValid() for field in fields(colours))


def test_disabled_words_are_fainter(qapp: QApplication) -> None:
    made = palette(LIGHT)
    role = QPalette.ColorRole.ButtonText
    assert made.color(QPalette.ColorGroup.Disabled, role) != made.color(QPalette.ColorGroup.Active, role)


def test_choosing_dark_changes_the_palette_and_says_so(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode(Mode.DARK)
    assert theme.dark
    assert QApplication.palette().color(QPalette.ColorRole.Base) == QColor(DARK.base)
    with qtbot.waitSignal(theme.changed):
        theme.toggle()
    assert not theme.dark
    assert theme.mode is Mode.LIGHT
    assert QApplication.palette().color(QPalette.ColorRole.Base) == QColor(LIGHT.base)


def test_the_system_decides_unless_the_person_does(theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QStyleHints

    system = [Qt.ColorScheme.Dark]
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda hints: system[0])
    theme.set_mode(Mode.SYSTEM)
    assert theme.dark
    system[0] = Qt.ColorScheme.Light
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not theme.dark
    theme.set_mode(Mode.DARK)
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.dark


def test_fonts_come_in_sizes_whatever_unit_the_system_uses(qapp: QApplication) -> None:
    font = QApplication.font()
    font.setPointSizeF(10)
    assert scaled_font(font, 1.25).pointSizeF() == 12.5
    font.setPixelSize(20)
    assert scaled_font(font, 1.25).pixelSize() == 25


# ---------------------------------------------------------------------- icons


def inks(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal, ratio: float = 1.0) -> set[str]:
    """The colours of what is drawn solid."""
    image = icon.pixmap(QSize(24, 24), ratio, mode).toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_draws_something(name: str, theme: Theme) -> None:
    assert inks(icons.icon(name), ratio=3.0)


def test_an_icon_follows_the_theme_without_being_made_anew(theme: Theme) -> None:
    icon = icons.icon("check")
    assert inks(icon, ratio=3.0) == {LIGHT.text}
    theme.set_mode(Mode.DARK)
    assert inks(icon, ratio=3.0) == {DARK.text}


def test_a_disabled_icon_is_faint(theme: Theme) -> None:
    assert inks(icons.icon("check"), QIcon.Mode.Disabled, ratio=3.0) == {LIGHT.faint}


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 3.0])
def test_an_icon_has_the_pixels_of_the_screen(ratio: float, theme: Theme) -> None:
    pixmap = icons.icon("search").pixmap(QSize(24, 24), ratio)
    assert pixmap.size() == QSize(24, 24) * ratio
    assert icons.pixmap("search", 24, QColor("red"), ratio).deviceIndependentSize().toSize() == QSize(24, 24)


def test_an_icon_that_does_not_exist_fails_when_it_is_made(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")


def test_buttons_without_words_speak_to_screen_readers(qtbot: QtBot) -> None:
    quiet = quiet_button("add", "Add folder", "Add a folder (Ctrl+O)")
    main = main_button("Scan", "Look for copies")
    for button in (quiet, main):
        qtbot.addWidget(button)
        assert button.accessibleName()
        assert button.toolTip()
