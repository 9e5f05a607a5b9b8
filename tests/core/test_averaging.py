from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from core._cv import cv2
from core.averaging import average_to

Pixels = NDArray[np.uint8]


@pytest.mark.parametrize("size", [(300, 200), (224, 224), (64, 64), (20, 20)])
def test_shrinking_comes_to_the_average_over_areas(photos: Mapping[str, Pixels], size: tuple[int, int]) -> None:
    picture = photos["china"]

    small = average_to(picture, *size)

    exact = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    assert small.shape == (size[1], size[0], 3)
    assert np.sqrt(np.mean((small.astype(float) - exact) ** 2)) < 3


def test_points_keep_their_places(photos: Mapping[str, Pixels]) -> None:
    ramp = np.tile(np.linspace(0, 255, 601).astype(np.uint8), (401, 1))

    small = average_to(ramp, 200, 100)

    centres = (np.arange(200) + 0.5) * 601 / 200 - 0.5
    assert np.abs(small[50].astype(float) - centres * 255 / 600).max() < 1.5


def test_a_picture_of_the_wanted_size_is_returned_as_it_is(photos: Mapping[str, Pixels]) -> None:
    height, width = photos["cat"].shape[:2]

    assert average_to(photos["cat"], width, height) is photos["cat"]


def test_one_side_may_grow_while_the_other_shrinks() -> None:
    assert average_to(np.zeros((9, 900, 3), np.uint8), 100, 100).shape == (100, 100, 3)
