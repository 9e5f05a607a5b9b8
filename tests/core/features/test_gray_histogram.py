"""The gray histogram is exactly OpenCV's, and cosine ranks as the plain reference does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Pixels
from core.features.gray_histogram import GrayHistogram


def test_the_descriptor_is_the_normalised_histogram_of_opencv(photos: dict[str, Pixels]) -> None:
    for pixels in photos.values():
        gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        counts = np.bincount(gray.ravel(), minlength=256)
        expected = counts / np.linalg.norm(counts)
        np.testing.assert_allclose(GrayHistogram().describe(pixels), expected, rtol=1e-5)


def test_the_best_match_is_that_of_the_plain_reference(photos: dict[str, Pixels]) -> None:
    library = np.stack([GrayHistogram().describe(pixels) for pixels in photos.values()])
    reference = np.stack([_reference(pixels) for pixels in photos.values()])
    for index, pixels in enumerate(photos.values()):
        part = np.ascontiguousarray(pixels[20:, 30:])
        ours = library @ GrayHistogram().describe(part)
        assert int(ours.argmax()) == int((reference @ _reference(part)).argmax()) == index


def _reference(pixels: Pixels) -> NDArray[np.float32]:
    counts = cv2.calcHist([cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)], [0], None, [256], [0, 256]).ravel()
    return np.asarray(counts / np.linalg.norm(counts), np.float32)


def test_turning_and_mirroring_change_nothing(photo: Pixels) -> None:
    turned = np.rot90(np.fliplr(photo))
    np.testing.assert_array_equal(GrayHistogram().describe(turned), GrayHistogram().describe(photo))
