"""Dropping and pasting: files, folders, lists of paths, pixels of a browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from app import intake
from app.intake import HandOver

pytestmark = pytest.mark.usefixtures("qapp")


def urls(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def pixels(colour: str = "blue") -> QImage:
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def test_files_and_folders_are_told_apart(tmp_path: Path, make_picture: Callable[..., Path]) -> None:
    picture = make_picture("ü ñ #1.png")
    folder = tmp_path / "folder"
    folder.mkdir()
    gone = tmp_path / "gone.png"
    found = intake.sort_out(intake.read(urls(picture, folder, gone, picture)), tmp_path)
    assert (found.files, found.folders, found.missing) == ((picture,), (folder,), (gone,))


def test_a_picture_of_a_browser_comes_as_pixels_and_is_kept_as_a_file(tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/cat.jpg")])
    data.setImageData(pixels())
    found = intake.sort_out(intake.read(data), tmp_path / "pasted")
    assert len(found.files) == 1
    kept = QImage(str(found.files[0]))
    assert kept.size() == pixels().size()
    assert kept.pixelColor(5, 5) == QColor("blue")


def test_a_file_wins_over_its_pixels(tmp_path: Path, make_picture: Callable[..., Path]) -> None:
    picture = make_picture("a.png")
    data = urls(picture)
    data.setImageData(pixels())
    assert intake.sort_out(intake.read(data), tmp_path / "pasted").files == (picture,)
    assert not (tmp_path / "pasted").exists()


def test_a_web_address_alone_is_nothing(tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/cat.jpg")])
    data.setText("https://example.org/cat.jpg")
    assert not intake.read(data)


def test_pasting_the_same_picture_twice_makes_one_file(tmp_path: Path) -> None:
    first = intake.save_image(pixels(), tmp_path)
    second = intake.save_image(pixels(), tmp_path)
    other = intake.save_image(pixels("green"), tmp_path)
    assert first == second != other
    assert sorted(tmp_path.iterdir()) == sorted([first, other])


def test_pasted_pictures_of_long_ago_are_deleted(tmp_path: Path) -> None:
    old, new = intake.save_image(pixels(), tmp_path), intake.save_image(pixels("green"), tmp_path)
    other = tmp_path / "other.png"
    other.write_bytes(b"")
    for path in (old, other):
        os.utime(path, (0, 0))
    assert intake.forget_old_images(tmp_path) == 1
    assert sorted(tmp_path.iterdir()) == sorted([new, other])
    assert intake.forget_old_images(tmp_path / "none") == 0


def test_paths_in_a_text_are_found_however_they_are_written(own_home: Path) -> None:
    text = "\n".join(
        [
            "/plain path/a.jpg",
            "  '/quoted/b c.jpg'  ",
            '"/double/d.jpg"',
            "file:///with%20space/e.jpg",
            "~/f.jpg",
            "",
            "https://example.org/g.jpg",
            "data:image/png;base64,AAAA",
        ]
    )
    assert [str(path) for path in intake.paths_in_text(text)] == [
        "/plain path/a.jpg",
        "/quoted/b c.jpg",
        "/double/d.jpg",
        "/with space/e.jpg",
        str(own_home / "f.jpg"),
    ]


def test_text_on_the_clipboard_is_a_list_of_paths(tmp_path: Path, make_picture: Callable[..., Path]) -> None:
    first, second = make_picture("a.png"), make_picture("b.png", "green")
    clipboard = QApplication.clipboard()
    clipboard.setText(f"{first}\n{second}\n")
    assert intake.sort_out(intake.read(clipboard.mimeData()), tmp_path).files == (first, second)


def test_absurd_text_neither_fails_nor_hangs(tmp_path: Path) -> None:
    data = QMimeData()
    data.setText("a\0b\n" + "x" * 5_000_000 + "\n" * 100_000)
    intake.sort_out(intake.read(data), tmp_path)
    assert intake.sort_paths([Path("x" * 300)]).missing


def test_a_folder_of_queries_gives_its_pictures(tmp_path: Path, make_picture: Callable[..., Path]) -> None:
    folder = tmp_path / "queries"
    pictures = [make_picture(f"{name}.png", folder=folder) for name in "cab"]
    (folder / "notes.txt").write_text("no picture", encoding="utf-8")
    assert intake.pictures_below([folder]) == sorted(pictures)
    assert intake.pictures_below([]) == []


def test_nothing_is_empty() -> None:
    assert not HandOver()
    assert HandOver((Path("/a"),))
    assert not intake.could_take(QMimeData())
