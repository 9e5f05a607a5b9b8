"""What opens when Twinsight is started without a command: the window, or a sentence where there is no screen."""

from __future__ import annotations

import csv
import sys
import types
from pathlib import Path

import pytest

from app import demo
from app.__main__ import main, window


@pytest.fixture(autouse=True)
def own_home(home: Path) -> Path:
    """The one home that all tests have; those of the window make another."""
    return home


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[Path], Path]]:
    """The windows that were opened, in place of real ones."""
    windows: list[tuple[list[Path], Path]] = []

    def run_window(library: list[Path], catalog: Path) -> int:
        windows.append((library, catalog))
        return 0

    stand_in = types.ModuleType("app.application")
    stand_in.run_window = run_window  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app.application", stand_in)
    monkeypatch.setenv("DISPLAY", ":7")
    return windows


def test_without_a_command_the_window_opens(opened: list[tuple[list[Path], Path]], home: Path) -> None:
    assert main([]) == 0
    assert main(["--catalog", "other.db"]) == 0

    (_, own), (_, other) = opened
    assert own.is_relative_to(home)
    assert other == Path("other.db")


def test_a_desktop_opens_the_window_on_folders(opened: list[tuple[list[Path], Path]]) -> None:
    assert window(["/pictures", "/more"]) == 0

    assert opened[0][0] == [Path("/pictures"), Path("/more")]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a screen")
def test_without_a_screen_one_sentence_says_what_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)

    assert main([]) == 1

    assert "twinsight scan FOLDER" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a screen")
def test_make_run_without_a_screen_scans_in_the_terminal(
    library: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(out)

    assert demo.main([str(library)]) == 0

    printed = capsys.readouterr().out
    assert printed.startswith("There is no screen")
    assert "Group 1" in printed
    with (out / "duplicates.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 5


def test_make_run_with_a_screen_opens_the_window(library: Path, opened: list[tuple[list[Path], Path]]) -> None:
    assert demo.main([str(library)]) == 0

    assert opened[0][0] == [library]
