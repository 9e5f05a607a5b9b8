"""MSE, PSNR and SSIM, held against scikit-image, and over what two pictures share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

from core._cv import cv2
from core.pixel_measures import measure

Pixels = NDArray[np.uint8]


def noisy(pixels: Pixels) -> Pixels:
    noise = np.random.default_rng(2).normal(0, 12, pixels.shape)
    return np.asarray(np.clip(pixels + noise, 0, 255), np.uint8)


def test_equal_pictures(small: Mapping[str, Pixels]) -> None:
    found = measure(small["coffee"], small["coffee"])

    assert (found.mse, found.psnr) == (0, 100)
    assert found.ssim == pytest.approx(1)
    assert not found.aligned


@pytest.mark.parametrize("name", ["coffee", "cat", "bricks"])
def test_the_numbers_are_those_of_scikit_image(name: str, small: Mapping[str, Pixels]) -> None:
    first, second = noisy(small[name]), small[name]
    gray = [cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in (first, second)]

    found = measure(first, second)

    assert found.mse == pytest.approx(mean_squared_error(first, second))
    assert found.psnr == pytest.approx(peak_signal_noise_ratio(second, first))
    expected = structural_similarity(gray[0], gray[1], gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    assert found.ssim == pytest.approx(expected, abs=0.01)


def test_a_crop_is_measured_where_it_lies(small: Mapping[str, Pixels]) -> None:
    whole = small["coffee"]
    crop = np.ascontiguousarray(whole[40:200, 60:260])
    shift = np.array([[1.0, 0, -60], [0, 1, -40], [0, 0, 1]])

    found = measure(whole, crop, shift)

    assert found.aligned
    assert found.mse < 0.5
    assert found.ssim > 0.99
    assert found.overlap > 0.95
    assert measure(whole, crop).ssim < 0.6


def test_shrunk_pictures_are_laid_over_each_other_by_the_full_size_homography(small: Mapping[str, Pixels]) -> None:
    whole = small["coffee"]
    height, width = whole.shape[:2]
    half = np.asarray(cv2.resize(whole, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)

    found = measure(half, half, np.eye(3), (width, height), (width, height))

    assert found.aligned
    assert found.mse < 1


def test_a_homography_that_leads_nowhere_leaves_them_stretched(small: Mapping[str, Pixels]) -> None:
    away = np.array([[1.0, 0, 9000], [0, 1, 9000], [0, 0, 1]])

    assert not measure(small["coffee"], small["cat"], away).aligned
    assert not measure(small["coffee"], small["cat"], np.zeros((3, 3))).aligned
