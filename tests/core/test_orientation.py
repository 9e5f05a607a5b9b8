"""The eight ways to lay a picture down, and the maps that belong to them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core import geometry
from core.features.pdq import ORIENTATIONS
from core.orientation import mirror_homography, orient, orientation_homography


@pytest.mark.parametrize(("turns", "mirrored"), ORIENTATIONS)
def test_every_pixel_goes_where_the_map_says(turns: int, mirrored: bool, texture: Callable[..., np.ndarray]) -> None:
    picture = texture(1, 37, 24)
    turned = orient(picture, turns, mirrored)
    size_a, size_b = (37, 24), (turned.shape[1], turned.shape[0])
    grid = np.stack(np.meshgrid(np.arange(37), np.arange(24)), axis=-1).reshape(-1, 2)

    there = geometry.project(orientation_homography(turns, mirrored, size_a, size_b), grid)

    places = np.rint(there).astype(int)
    assert np.abs(there - places).max() < 1e-9
    assert np.array_equal(turned[places[:, 1], places[:, 0]], picture[grid[:, 1], grid[:, 0]])


def test_the_eight_ways_are_all_different(texture: Callable[..., np.ndarray]) -> None:
    picture = texture(2, 20, 20)

    assert len({orient(picture, *orientation).tobytes() for orientation in ORIENTATIONS}) == 8


@pytest.mark.parametrize(("turns", "mirrored"), ORIENTATIONS)
def test_a_resized_copy_keeps_its_corners_at_the_corners(turns: int, mirrored: bool) -> None:
    size_a = (300, 200)
    size_b = (81, 55) if turns % 2 == 0 else (55, 81)

    there = geometry.project(orientation_homography(turns, mirrored, size_a, size_b), geometry.corners(size_a))

    assert {tuple(place) for place in np.round(there, 6).tolist()} == {
        tuple(place) for place in geometry.corners(size_b).tolist()
    }


def test_mirroring_twice_changes_nothing() -> None:
    mirror = mirror_homography(101)

    assert np.array_equal(mirror @ mirror, np.eye(3))
    assert np.allclose(mirror, orientation_homography(0, True, (101, 50), (101, 50)))
