"""The proof of a pair: geometry, colours, the picture that shows it, and the difference of two copies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core import colormap, geometry, overlay
from core._cv import cv2
from core.difference import difference
from core.records import Evidence, ImageRecord, Match, Relation

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]

SIZE = (400, 300)
MIRROR = np.array([(-1.0, 0, 399), (0, 1, 0), (0, 0, 1)])
PERSPECTIVE = np.array([(0.9, 0.1, 20), (-0.05, 0.95, 30), (2e-4, 1e-4, 1.0)])
# The line x = 200 of A goes to infinity: what is right of it has no place in B.
HORIZON = np.array([(1.0, 0, 0), (0, 1, 0), (-1 / 200, 0, 1)])


def turn(degrees: float, scale: float = 1.0) -> Matrix:
    angle = math.radians(degrees)
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    return np.array([(c, -s, 200), (s, c, 100), (0, 0, 1)])


def evidence(matrix: Matrix | None, count: int = 200, wrong: int = 20) -> Evidence:
    rng = np.random.default_rng(7)
    points_a = rng.uniform((0, 0), SIZE, (count, 2))
    exact = points_a if matrix is None else geometry.project(geometry.facing(matrix, (100, 100)), points_a)
    points_b = exact + rng.normal(0, 0.5, exact.shape)
    inliers = np.arange(count) >= wrong
    points_b[~inliers] += 60
    return Evidence(
        points_a.astype(np.float32),
        points_b.astype(np.float32),
        inliers,
        count - wrong,
        matrix,
        coverage_a=0.7,
    )


def match(proof: Evidence, size: tuple[int, int] = SIZE, words: str = "turned 30°") -> Match:
    record = ImageRecord(Path("b.jpg"), "00", *size, 1000, 0.0, "JPEG")
    return Match(record, 0.9, Relation.EDITED, proof, words)


def resized(pixels: Pixels, size: tuple[int, int] = SIZE) -> Pixels:
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("matrix", [turn(30, 0.5), MIRROR, PERSPECTIVE])
def test_a_point_goes_there_and_back(matrix: Matrix) -> None:
    there = geometry.facing(matrix, (200, 150))
    points = np.array([(0, 0), (399, 299), (120.5, 7.25)])
    back = geometry.project(geometry.inverse(there), geometry.project(there, points))
    np.testing.assert_allclose(back, points, atol=1e-6)


@pytest.mark.parametrize("sign", [1, -1])
def test_points_beyond_the_horizon_have_no_place(sign: int) -> None:
    there = geometry.facing(sign * HORIZON, (10, 10))
    places = geometry.project(there, [(100, 50), (300, 50)])
    np.testing.assert_allclose(places[0], (200, 100))
    assert np.isnan(places[1]).all()
    assert math.isnan(geometry.local_scale(there, (300, 50)))


@pytest.mark.parametrize("scale", [0.25, 1.0, 3.0])
def test_local_scale_is_that_of_a_zoom(scale: float) -> None:
    assert geometry.local_scale(geometry.facing(turn(40, scale), (0, 0)), (33, 44)) == pytest.approx(scale)


def test_a_singular_homography_is_refused() -> None:
    with pytest.raises(ValueError, match="singular"):
        geometry.facing(np.array([(1.0, 0, 0), (1, 0, 0), (0, 0, 1)]), (0, 0))
    with pytest.raises(ValueError, match="usable"):
        geometry.facing(np.full((3, 3), np.nan), (0, 0))


def test_the_footprint_of_a_crop_is_its_box() -> None:
    box = np.array([(1.0, 0, -50), (0, 1, -40), (0, 0, 1)])
    back = geometry.inverse(geometry.facing(box, (100, 100)))
    polygon = geometry.footprint(back, (200, 100), SIZE)
    np.testing.assert_allclose(polygon.min(axis=0), (49.5, 39.5))
    np.testing.assert_allclose(polygon.max(axis=0), (249.5, 139.5))


def test_the_footprint_stops_at_the_horizon_and_at_the_frame() -> None:
    polygon = geometry.footprint(geometry.facing(HORIZON, (10, 10)), SIZE, SIZE)
    assert len(polygon) >= 3
    assert (polygon >= -0.5 - 1e-9).all()
    assert (polygon <= np.array(SIZE) - 0.5 + 1e-9).all()


def test_pictures_that_share_nothing_have_no_footprint() -> None:
    away = geometry.facing(np.array([(1.0, 0, 5000), (0, 1, 0), (0, 0, 1)]), (0, 0))
    assert geometry.footprint(away, SIZE, SIZE).shape == (0, 2)


@given(st.floats(-180, 180), st.floats(0.2, 4.0), st.floats(-4e-3, 4e-3), st.floats(-4e-3, 4e-3))
def test_every_footprint_lies_in_the_frame(degrees: float, scale: float, tilt: float, lean: float) -> None:
    matrix = turn(degrees, scale)
    matrix[2, :2] = tilt, lean
    try:
        there = geometry.facing(matrix, geometry.centre(SIZE))
    except ValueError:
        return
    polygon = geometry.footprint(there, SIZE, SIZE)
    assert np.isfinite(polygon).all()
    assert (polygon >= -0.51).all() and (polygon <= np.array(SIZE) - 0.49).all()


def test_few_lines_are_spread_over_the_picture() -> None:
    crowd = np.random.default_rng(1).normal((50, 50), 2, (500, 2))
    lonely = np.array([(390, 10), (10, 290), (390, 290)])
    picked = geometry.spread(np.concatenate([crowd, lonely]), 5)
    assert {500, 501, 502} <= set(picked.tolist())


def test_asking_for_more_lines_keeps_those_shown() -> None:
    points = np.random.default_rng(2).uniform(0, 400, (300, 2))
    many = geometry.spread(points, 100)
    np.testing.assert_array_equal(geometry.spread(points, 20), many[:20])
    assert len(set(many.tolist())) == 100
    assert len(geometry.spread(points, 1000)) == 300
    assert len(geometry.spread(np.zeros((0, 2)), 10)) == 0
    assert len(set(geometry.spread(np.zeros((5, 2)), 5).tolist())) == 5


def test_the_residual_is_the_distance_in_b() -> None:
    there = geometry.facing(turn(0, 2.0), (0, 0))
    places = geometry.project(there, [(10, 10), (20, 20)]) + np.array([(3, 4), (0, 0)])
    np.testing.assert_allclose(geometry.residuals(there, [(10, 10), (20, 20)], places), (5, 0), atol=1e-9)
    assert np.isnan(geometry.residuals(None, [(1, 1)], [(1, 1)])).all()


def test_the_scales_stay_ordered_in_gray() -> None:
    for scale in (colormap.viridis, colormap.inferno):
        gray = scale(np.linspace(0, 1, 64)) @ np.array([0.299, 0.587, 0.114])
        assert (np.diff(gray) > 0).all()
    assert colormap.viridis([np.nan]).tolist() == colormap.viridis([1.0]).tolist()


@pytest.mark.parametrize(("worst", "top"), [(0.2, 1), (1.4, 2), (3.3, 5), (7, 10), (12, 20)])
def test_the_scale_ends_at_a_round_number(worst: float, top: float) -> None:
    assert colormap.round_top(np.full(100, worst)) == top


def test_the_proof_tells_inliers_from_rejected_matches() -> None:
    proof = overlay.prepare(evidence(turn(30)), SIZE, SIZE)
    assert len(proof.agreeing) == 180 and len(proof.rejected) == 20
    assert proof.distances[proof.agreeing].max() < 3 < proof.distances[proof.rejected].min()
    assert len(proof.footprint_a) >= 3 and len(proof.footprint_b) >= 3


@pytest.mark.parametrize("matrix", [None, np.zeros((3, 3)), np.full((3, 3), np.nan)])
def test_evidence_without_a_usable_homography_keeps_its_points(matrix: Matrix | None) -> None:
    kept = evidence(None)
    proof = overlay.prepare(Evidence(kept.points_a, kept.points_b, kept.inliers, 180, matrix), SIZE, SIZE)
    assert proof.homography is None
    assert len(proof.agreeing) == 180
    assert not len(proof.footprint_a) and not len(proof.footprint_b)


def test_evidence_whose_points_were_dropped_still_has_footprints() -> None:
    proof = overlay.prepare(Evidence(inlier_count=50, homography=turn(30)), SIZE, SIZE)
    assert not len(proof.agreeing)
    assert len(proof.footprint_b) >= 3


def test_evidence_told_from_b_to_a_maps_back() -> None:
    proof = evidence(PERSPECTIVE)
    back = overlay.turned_round(proof)
    assert back.homography is not None
    there = geometry.project(geometry.facing(PERSPECTIVE, (0, 0)), (120, 80))
    np.testing.assert_allclose(geometry.project(geometry.facing(back.homography, there), there), (120, 80), atol=1e-6)
    np.testing.assert_array_equal(back.points_a, proof.points_b)
    assert back.coverage_b == proof.coverage_a


def test_lines_are_drawn_between_the_pictures(photos: Mapping[str, Pixels]) -> None:
    first = resized(photos["coffee"])
    second = np.asarray(cv2.warpPerspective(first, turn(30), SIZE), np.uint8)
    plain = overlay.draw_matches(first, second, match(evidence(turn(30))), limit=0)
    drawn = overlay.draw_matches(first, second, match(evidence(turn(30))), limit=80)
    assert drawn.dtype == np.uint8 and drawn.shape == plain.shape
    middle = drawn.shape[1] // 2
    assert (drawn[:900, middle] != plain[:900, middle]).any(axis=1).sum() > 40
    assert not np.array_equal(plain, overlay.draw_matches(first, second, match(Evidence()), limit=0))


def test_a_smaller_copy_of_the_pictures_gives_the_same_drawing(photos: Mapping[str, Pixels]) -> None:
    first = resized(photos["coffee"], (1600, 1200))
    half = resized(photos["coffee"], (800, 600))
    proof = match(evidence(MIRROR), (1600, 1200))
    whole = overlay.draw_matches(first, first, proof)
    small = overlay.draw_matches(half, half, proof, first_size=(1600, 1200))
    assert whole.shape == small.shape
    assert np.abs(whole.astype(int) - small).mean() < 4


@pytest.mark.parametrize("sizes", [((1, 1), (3, 900)), ((900, 3), (1, 1))])
def test_pictures_of_any_shape_can_be_drawn(sizes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    first, second = (np.full((height, width, 3), 128, np.uint8) for width, height in sizes)
    drawn = overlay.draw_matches(first, second, match(Evidence(reason="too few matches"), sizes[1]))
    assert drawn.ndim == 3 and drawn.shape[2] == 3


def test_the_sentence_says_why_a_pair_was_rejected() -> None:
    rejected = Match(match(Evidence()).record, 0.2, None, Evidence(reason="too few matches"))
    assert overlay.sentence(rejected) == "Too few matches"
    assert "180 of 200 matched keypoints agree" in overlay.sentence(match(evidence(MIRROR)))


def test_png_bytes_hold_the_same_pixels(photos: Mapping[str, Pixels]) -> None:
    data = np.frombuffer(overlay.as_png(photos["cat"]), np.uint8)
    again = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(again, photos["cat"])


@pytest.mark.parametrize("matrix", [turn(20, 0.8), MIRROR, PERSPECTIVE])
def test_a_warped_copy_hardly_differs(photos: Mapping[str, Pixels], matrix: Matrix) -> None:
    first = cv2.GaussianBlur(resized(photos["cat"]), (0, 0), 1)
    second = np.asarray(cv2.warpPerspective(first, matrix, (500, 450)), np.uint8)
    result = difference(first, second, geometry.facing(matrix, (200, 150)), SIZE, (500, 450))
    assert result is not None
    assert result.mean < 4 and result.similarity > 0.93


def test_brightness_is_matched_and_a_sticker_is_found(photos: Mapping[str, Pixels]) -> None:
    first = resized(photos["coffee"])
    darker = np.asarray(np.clip(first * 0.8 + 10, 0, 255), np.uint8)
    same = difference(first, darker, np.eye(3), SIZE, SIZE)
    darker[100:160, 200:280] = (255, 0, 255)
    stuck = difference(first, darker, np.eye(3), SIZE, SIZE)
    assert same is not None and stuck is not None
    assert same.mean < 1 and same.similarity > 0.97
    assert stuck.mean > 2 and stuck.similarity < same.similarity
    glow = stuck.heat.astype(int).sum(axis=2)
    assert glow[110:150, 210:270].mean() > 3 * glow[200:280, 20:100].mean()


def test_a_small_copy_is_not_blamed_for_its_missing_detail(photos: Mapping[str, Pixels]) -> None:
    first = resized(photos["astronaut"])
    small = resized(photos["astronaut"], (100, 75))
    shrink = np.array([(0.25, 0, -0.375), (0, 0.25, -0.375), (0, 0, 1.0)])
    result = difference(first, small, shrink, SIZE, (100, 75))
    assert result is not None
    assert result.similarity > 0.9 and result.shared > 0.9


def test_pictures_that_share_nothing_have_no_difference() -> None:
    plain = np.full((300, 400, 3), 99, np.uint8)
    away = np.array([(1.0, 0, 5000), (0, 1, 0), (0, 0, 1)])
    assert difference(plain, plain, away, SIZE, SIZE) is None


def test_two_plain_pictures_are_equal() -> None:
    plain = np.full((300, 400, 3), 99, np.uint8)
    result = difference(plain, plain + 40, np.eye(3), SIZE, SIZE)
    assert result is not None and result.mean == pytest.approx(0, abs=1e-4)
