"""Homographies of cameras and editors, held against what linear algebra and small steps say of them."""

from __future__ import annotations

import numpy as np
import pytest

from core import geometry

TILTED = np.array([[0.9, 0.2, 30.0], [-0.1, 1.1, 12.0], [4e-4, -2e-4, 1.0]])


def test_the_jacobian_is_what_a_small_step_does() -> None:
    point, step = np.array([120.0, 80.0]), 1e-4
    there = geometry.project(TILTED, point + step * np.array([(0, 0), (1, 0), (0, 1)]))
    expected = np.stack([there[1] - there[0], there[2] - there[0]], axis=1) / step

    np.testing.assert_allclose(geometry.jacobian(TILTED, point), expected, rtol=1e-5)
    assert geometry.local_scale(TILTED, point) == pytest.approx(np.sqrt(np.linalg.det(expected)), rel=1e-5)


def test_a_circle_is_stretched_by_the_singular_values() -> None:
    for step in np.random.default_rng(3).normal(size=(50, 2, 2)):
        assert geometry.stretch(step) == pytest.approx(np.linalg.svd(step, compute_uv=False), abs=1e-9)
    assert geometry.stretch(np.zeros((2, 2))) == (0.0, 0.0)


def test_beyond_the_horizon_nothing_has_a_place() -> None:
    far = np.array([-2600.0, 0.0])

    assert np.isnan(geometry.project(TILTED, far)).all()
    assert np.isnan(geometry.jacobian(TILTED, far)).all()
    assert np.isnan(geometry.local_scale(TILTED, far))


def test_facing_chooses_the_sign_and_keeps_the_map() -> None:
    point = np.array([40.0, 50.0])
    facing = geometry.facing(-3 * TILTED, point)

    assert facing[2] @ [*point, 1.0] == pytest.approx(1.0)
    np.testing.assert_allclose(geometry.project(facing, point), geometry.project(TILTED, point))


@pytest.mark.parametrize(
    "matrix",
    [
        np.ones((3, 3)),
        np.zeros((3, 3)),
        np.full((3, 3), np.nan),
        np.eye(2),
        np.diag([1.0, np.inf, 1.0]),
        np.diag([1.0, 1.0, 1e200]),
    ],
)
def test_what_is_no_homography_is_refused(matrix: np.ndarray) -> None:
    with pytest.raises(ValueError, match="the homography is"):
        geometry.facing(matrix, (10.0, 10.0))


def test_the_area_of_a_polygon() -> None:
    assert geometry.area([(0, 0), (4, 0), (4, 3), (0, 3)]) == pytest.approx(12)
    assert geometry.area([(0, 3), (4, 0), (0, 0)]) == pytest.approx(6)
    assert geometry.area([(0, 0), (1, 1)]) == 0
