"""What a run trains on: every picture the product reads, large ones kept small, no picture twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.events import Skipped
from core.records import ModelError
from core.training.pictures import gather, listed_pictures
from core.training.samples import read_picture
from core.training.settings import TrainingSettings

MakeSettings = Callable[..., TrainingSettings]


def _listed(settings: TrainingSettings) -> tuple[list[Path], list[Skipped]]:
    settings.run.mkdir(exist_ok=True)
    skipped = [event for event in gather(settings) if isinstance(event, Skipped)]
    return listed_pictures(settings.run), skipped


@pytest.mark.parametrize("workers", [0, 1])
def test_large_odd_and_broken_files(
    make_settings: MakeSettings,
    picture_folder: Path,
    photos: Mapping[str, NDArray[np.uint8]],
    tmp_path: Path,
    workers: int,
) -> None:
    folder = tmp_path / "library"
    shutil.copytree(picture_folder, folder)
    Image.fromarray(photos["china"]).resize((1400, 900)).save(folder / "large.jpg")
    Image.fromarray(photos["cat"]).save(folder / "odd.tiff")
    Image.new("RGB", (20, 20)).save(folder / "tiny.png")
    (folder / "broken.jpg").write_bytes(b"this is no picture")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    settings = make_settings(pictures=(folder,), workers=workers)
    paths, skipped = _listed(settings)
    assert {item.path.name for item in skipped} == {"broken.jpg", "tiny.png"}
    assert len(paths) == 42
    made = [path for path in paths if path.parent != folder]
    assert len(made) == 2, "the large one and the one that training cannot read are kept small"
    assert all(max(read_picture(path).shape) <= 512 for path in made)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_copies_of_one_picture_are_not_pushed_apart(
    make_settings: MakeSettings, picture_folder: Path, photos: Mapping[str, NDArray[np.uint8]], tmp_path: Path
) -> None:
    folder = tmp_path / "library"
    shutil.copytree(picture_folder, folder)
    cat = Image.fromarray(photos["cat"]).resize((300, 200))
    cat.save(folder / "cat.png")
    cat.rotate(90, expand=True).save(folder / "cat turned.png")
    cat.resize((200, 133)).save(folder / "cat small.jpg")
    paths, _ = _listed(make_settings(pictures=(folder,)))
    assert len([path for path in paths if "cat" in path.name]) == 1


def test_a_run_keeps_its_list(make_settings: MakeSettings, picture_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(picture_folder, folder)
    settings = make_settings(pictures=(folder,))
    first, _ = _listed(settings)
    shutil.copy(folder / "00.jpg", folder / "another.jpg")
    assert _listed(settings)[0] == first


def test_a_large_library_is_drawn_from(make_settings: MakeSettings) -> None:
    paths, _ = _listed(make_settings("few", most_pictures=12))
    again, _ = _listed(make_settings("again", most_pictures=12))
    assert len(paths) == 12
    assert [path.name for path in paths] == [path.name for path in again]


def test_a_run_without_a_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no list of its pictures"):
        listed_pictures(tmp_path)
