"""A smaller picture shows everything where it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from picture_files import distance, encode

from core.images import Picture, decode, shrink, to_full_size

Pixels = NDArray[np.uint8]


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("side", [1, 13, 64, 100, 199, 200, 4000])
def test_a_side_gives_an_area_averaged_picture(scene: Pixels, name: str, side: int) -> None:
    picture = decode(encode(scene, name, quality=95), side=side)
    assert (picture.width, picture.height) == (200, 120)
    assert max(picture.pixels.shape[:2]) == min(side, 200)
    assert picture.exact == (side >= 200)
    assert distance(picture.pixels, shrink(scene, side)) < 5.0


@pytest.mark.parametrize("width", [801, 804, 807, 1203])
@pytest.mark.parametrize("side", [90, 100, 150, 230, 401])
def test_a_reduced_jpeg_shows_every_point_where_it_is(width: int, side: int) -> None:
    columns = np.broadcast_to(np.linspace(0, 255, width), (width - 101, width)).astype(np.uint8)
    pixels = np.stack([columns, columns.T[: width - 101, :1] + 0 * columns, columns], axis=2)
    picture = decode(encode(pixels, "JPEG", quality=100, subsampling=0), side=side)
    expected = shrink(pixels, side)
    assert picture.pixels.shape == expected.shape
    # 255 levels over the width: half a level is a six-hundredth of the picture.
    bias = (picture.pixels.astype(float) - expected)[4:-4, 4:-4, 0].mean(axis=0)
    assert abs(bias[-20:].mean() - bias[:20].mean()) < 0.5


def test_thin_pictures_keep_a_pixel(tmp_path: Path) -> None:
    for shape in ((5000, 1, 3), (1, 5000, 3), (1, 1, 3), (4000, 9, 3)):
        pixels = np.full(shape, 200, np.uint8)
        for name in ("PNG", "JPEG"):
            picture = decode(encode(pixels, name), side=100)
            assert min(picture.pixels.shape[:2]) == 1
            assert max(picture.pixels.shape[:2]) == min(100, max(shape[:2]))
            assert abs(int(picture.pixels.mean()) - 200) <= 1


def test_shrinking_averages_and_never_enlarges(scene: Pixels) -> None:
    checks = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    small = shrink(np.repeat(checks[..., None], 3, axis=2), 32)
    assert small.shape == (32, 32, 3)
    assert np.unique(small).tolist() in ([127], [128])
    assert shrink(scene, 200) is scene
    assert shrink(scene, 5000) is scene


def test_points_go_back_by_pixel_centres() -> None:
    picture = Picture(np.zeros((50, 100, 3), np.uint8), 400, 200, "JPEG", 1)
    points = np.array([[0, 0], [99, 49], [49.5, 24.5]], np.float32)
    expected = [[1.5, 1.5], [397.5, 197.5], [199.5, 99.5]]
    mapped = to_full_size(points, picture)
    assert mapped.dtype == np.float32
    assert mapped.tolist() == expected
    assert to_full_size(np.zeros((0, 2), np.float32), picture).shape == (0, 2)


def test_a_side_of_nothing_is_a_mistake_of_the_caller(scene: Pixels) -> None:
    with pytest.raises(ValueError, match="side"):
        decode(encode(scene, "PNG"), side=0)
