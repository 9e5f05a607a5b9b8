"""What is remembered from one start to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import DEFAULT_TOP, Settings, default_settings_path
from app.theme import Mode


def test_what_is_written_is_read_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    first = Settings(path)
    first.theme = Mode.DARK
    first.library_shown = False
    first.top = 50
    first.preset = "thorough"
    first.page = "duplicates"
    first.results_side = 240
    first.left_out = {Path("/photos/ä b"), Path("/other, place")}
    first.watched = {Path("/photos/ä b")}
    first.set_folder("export", Path("/photos"))
    first.save()
    second = Settings(path)
    assert second.theme is Mode.DARK
    assert not second.library_shown
    assert second.inspector_shown
    assert second.top == 50
    assert second.preset == "thorough"
    assert second.page == "duplicates"
    assert second.results_side == 240
    assert second.left_out == {Path("/photos/ä b"), Path("/other, place")}
    assert second.watched == {Path("/photos/ä b")}
    assert second.folder("export") == "/photos"


def test_one_folder_left_out_is_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    first = Settings(path)
    first.left_out = [Path("/only")]
    first.save()
    assert Settings(path).left_out == {Path("/only")}


@pytest.mark.parametrize("nonsense", ["", "12x", "-5", "999999999999999999999"])
def test_nonsense_in_the_file_reads_as_the_default(tmp_path: Path, nonsense: str) -> None:
    path = tmp_path / "window.ini"
    path.write_text(f"[General]\ntop={nonsense}\ntheme=purple\ngeometry=5\nleft_out=@Invalid()\n", encoding="utf-8")
    settings = Settings(path)
    assert settings.top == DEFAULT_TOP
    assert settings.theme is Mode.SYSTEM
    assert settings.geometry.isEmpty()
    assert settings.left_out == frozenset()


def test_the_first_start_has_defaults_and_writes_nothing_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "none" / "window.ini"
    settings = Settings(path)
    assert (settings.theme, settings.top, settings.page, settings.folder("library")) == (
        Mode.SYSTEM,
        DEFAULT_TOP,
        "",
        "",
    )
    assert not path.exists()


def test_the_file_is_in_the_persons_own_settings(own_home: Path) -> None:
    assert default_settings_path().is_relative_to(own_home)
