"""A part of a picture becomes a picture of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cropping import Box, cut_out
from core.records import ImageError


def test_a_part_in_pixels_keeps_every_pixel(library: Path, tmp_path: Path) -> None:
    part = cut_out(library / "cat.png", Box(100, 50, 200, 120), tmp_path / "parts")

    with Image.open(library / "cat.png") as whole, Image.open(part) as cut:
        expected = np.asarray(whole.convert("RGB"))[50:170, 100:300]
        assert np.array_equal(np.asarray(cut), expected)


def test_a_part_in_shares_is_of_the_picture_as_it_stands_upright(tmp_path: Path) -> None:
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :40, 0] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "turned.jpg", exif=exif, quality=95)

    part = cut_out(tmp_path / "turned.jpg", Box(0, 0, 1, 0.5, relative=True), tmp_path)

    with Image.open(part) as cut:
        assert cut.size == (40, 40)
        assert np.asarray(cut)[:, :, 0].mean() > 240


def test_the_same_part_makes_one_file(library: Path, tmp_path: Path) -> None:
    box = Box(0, 0, 64, 64)
    assert cut_out(library / "cat.png", box, tmp_path) == cut_out(library / "cat.png", box, tmp_path)


@pytest.mark.parametrize("name", ["broken.jpg", "cat.png"])
def test_what_shows_nothing_is_refused_with_the_file(name: str, library: Path, tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=name):
        cut_out(library / name, Box(5000, 5000, 20, 20), tmp_path)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,four", "-1,0,20,20", "0,0,2,2"])
def test_what_is_no_box_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="left,top,width,height"):
        Box.parse(text)
