"""The library that Twinsight is tried on: real pictures with copies, made here, the same each time."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest

from core import images
from core.records import ImageError, LibraryError
from core.samples import MARKER, default_sample_folder, make_sample_library


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "Sample library"
    make_sample_library(folder)
    return folder


def pictures_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in images.EXTENSIONS)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in pictures_in(folder)
    }


def test_it_holds_a_few_dozen_files_in_folders_like_a_persons(samples: Path) -> None:
    assert 40 <= len(pictures_in(samples)) <= 80
    assert {"Downloads", "Holidays", "Old computer", "Phone"} <= {path.name for path in samples.iterdir()}


def test_all_but_two_files_can_be_read(samples: Path) -> None:
    broken = []
    for path in pictures_in(samples):
        try:
            assert min(images.load(path).pixels.shape[:2]) > 100
        except ImageError as error:
            broken.append(error.path)

    assert len(broken) == 2


def test_there_are_exact_copies_and_one_with_the_same_pixels(samples: Path) -> None:
    by_name = digests(samples)
    assert len(by_name) - len(set(by_name.values())) == 3

    original = images.load(samples / "Holidays/China/IMG_0415.jpg").pixels
    copy = images.load(samples / "Old computer/Backup 2019/IMG_0415.png").pixels
    assert (original == copy).all()


def test_the_picture_that_is_stored_turned_stands_upright(samples: Path) -> None:
    picture = images.load(samples / "Phone/Camera/IMG_2042.jpg")
    assert picture.width > picture.height


def test_the_same_bytes_come_out_each_time(samples: Path, tmp_path: Path) -> None:
    make_sample_library(tmp_path / "again")
    assert digests(tmp_path / "again") == digests(samples)


def test_a_complete_library_is_left_as_the_person_made_it(tmp_path: Path, samples: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(samples, folder)
    (folder / "Downloads/moon.png").unlink()

    count = make_sample_library(folder)

    assert count == len(pictures_in(samples))
    assert not (folder / "Downloads/moon.png").exists()


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(LibraryError, match="is not empty"):
        make_sample_library(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_missing_package_leaves_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(LibraryError, match="install sk"):
        make_sample_library(tmp_path / "samples")

    assert list(tmp_path.iterdir()) == []


def test_it_asks_no_downloader(samples: Path) -> None:
    assert (samples / MARKER).exists()
    assert "pooch" not in sys.modules


def test_it_lies_in_the_users_own_data_folder(home: Path) -> None:
    assert default_sample_folder().is_relative_to(home)
