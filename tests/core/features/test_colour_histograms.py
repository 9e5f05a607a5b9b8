"""Colour histograms count colours, and nothing but colours."""

from __future__ import annotations

import numpy as np
import pytest

from core.features import registry
from core.features.base import Pixels
from core.features.hsv_histogram import HsvHistogram
from core.features.lab_histogram import LabHistogram
from core.features.rgb_histogram import RgbHistogram
from core.vectors.distances import similarities

METHODS = (RgbHistogram, HsvHistogram, LabHistogram)


@pytest.mark.parametrize("method", METHODS)
def test_squares_are_shares(method: type[RgbHistogram], photo: Pixels) -> None:
    shares = method().describe(photo) ** 2
    assert shares.sum() == pytest.approx(1, abs=1e-5)


def test_one_colour_fills_one_bin() -> None:
    pixels = np.full((4, 6, 3), (200, 40, 100), np.uint8)
    descriptor = RgbHistogram().describe(pixels)
    assert descriptor[(200 // 32) * 64 + (40 // 32) * 8 + 100 // 32] == 1
    assert np.count_nonzero(descriptor) == 1


def test_the_hue_bins_go_round_the_wheel() -> None:
    colours = [(255, 0, 0), (255, 255, 0), (0, 255, 0), (0, 255, 255), (0, 0, 255), (255, 0, 255)]
    found = [HsvHistogram().describe(np.full((2, 2, 3), colour, np.uint8)).argmax() // 16 for colour in colours]
    assert found == [0, 3, 6, 9, 12, 15]


@pytest.mark.parametrize("method", METHODS)
def test_a_part_of_a_photo_is_closest_to_its_photo(method: type[RgbHistogram], photos: dict[str, Pixels]) -> None:
    library = np.stack([method().describe(pixels) for pixels in photos.values()])
    for index, pixels in enumerate(photos.values()):
        part = np.rot90(pixels[pixels.shape[0] // 8 :, pixels.shape[1] // 8 :])
        query = method().describe(np.ascontiguousarray(part))
        assert similarities(method.info.metric, query[None], library).argmax() == index


def test_each_colour_space_has_a_method() -> None:
    assert {"rgb-histogram", "hsv-histogram", "lab-histogram"} <= set(registry.methods())
