"""A photograph is told from what somebody enlarged, whatever it was enlarged with and saved as."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.enlargement import fills, is_enlarged
from core.features.base import Pixels
from core.images import Limits

_METHODS = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "lanczos": cv2.INTER_LANCZOS4}


def enlarged(pixels: Pixels, factor: float, method: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=method), np.uint8)


def saved_again(pixels: Pixels, quality: int) -> Pixels:
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("factor", [1.6, 2.0, 3.0])
@pytest.mark.parametrize("quality", [75, 95])
@pytest.mark.parametrize("method", _METHODS)
def test_an_enlarged_photograph_is_known(
    photos: Mapping[str, Pixels], method: str, quality: int, factor: float
) -> None:
    for pixels in photos.values():
        assert is_enlarged(saved_again(enlarged(pixels, factor, _METHODS[method]), quality), factor)


@pytest.mark.parametrize("factor", [1.3, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("quality", [75, 95])
def test_a_photograph_is_not_taken_for_an_enlargement_of_its_small_copy(
    photos: Mapping[str, Pixels], quality: int, factor: float
) -> None:
    for pixels in photos.values():
        assert not is_enlarged(saved_again(pixels, quality), factor)


def test_a_flat_picture_has_no_detail_to_miss() -> None:
    assert is_enlarged(np.full((300, 400, 3), 120, np.uint8), 2.0)


def test_detail_fills_as_many_pixels_as_the_copy_it_was_enlarged_from(
    photos: Mapping[str, Pixels], tmp_path: Path
) -> None:
    pixels = photos["china"]
    height, width = pixels.shape[:2]
    cv2.imwrite(str(tmp_path / "original.jpg"), pixels)
    cv2.imwrite(str(tmp_path / "enlarged.jpg"), enlarged(pixels, 2, cv2.INTER_CUBIC))
    half = (width // 2, height // 2)

    assert fills(tmp_path / "original.jpg", (half,), Limits()) == width * height
    assert fills(tmp_path / "enlarged.jpg", (half, (width, height)), Limits()) == width * height
