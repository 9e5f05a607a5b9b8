"""Every way to match keypoints and to fit a map finds the known map between a picture and its copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.arguments import compare as options
from core import geometry
from core._cv import cv2
from core.estimators import SOURCES, Estimator, Model
from core.features.base import Metric
from core.keypoint_matchers import Matcher, two_nearest
from core.matching import MatchingOptions
from core.pair_measuring import match_files, measure_files
from core.records import MethodError

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, small: Mapping[str, Pixels], save: Callable[..., Path]
) -> tuple[Path, Path, NDArray[np.float64]]:
    """A picture, itself turned by 20 degrees at four fifths of its size, and the map between them."""
    folder = tmp_path_factory.mktemp("pair")
    pixels = small["coffee"]
    height, width = pixels.shape[:2]
    map_ = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), 20, 0.8), [0, 0, 1]])
    turned = cv2.warpPerspective(pixels, map_, (width, height))
    return save(pixels, folder / "a.png"), save(np.asarray(turned, np.uint8), folder / "b.png"), map_


def off_by(found: NDArray[np.float64] | None, expected: NDArray[np.float64]) -> float:
    assert found is not None
    points = np.array([[100.0, 100], [300, 100], [300, 200], [100, 200]])
    return float(np.abs(geometry.project(found, points) - geometry.project(expected, points)).max())


@pytest.mark.parametrize("method", ["sift", "orb", "akaze"])
@pytest.mark.parametrize("matcher", [Matcher.BRUTE_FORCE, Matcher.FLANN])
def test_every_matcher(method: str, matcher: Matcher, pair: tuple[Path, Path, NDArray[np.float64]]) -> None:
    found = match_files(pair[0], pair[1], method, MatchingOptions(matcher=matcher))

    assert found.evidence.accepted
    assert found.evidence.inlier_count > 25
    assert off_by(found.evidence.homography, pair[2]) < 2


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize("estimator", list(Estimator))
def test_every_model_and_estimator(
    model: Model, estimator: Estimator, pair: tuple[Path, Path, NDArray[np.float64]]
) -> None:
    found = match_files(pair[0], pair[1], "orb", MatchingOptions(model=model, estimator=estimator))

    assert found.evidence.accepted
    assert off_by(found.evidence.homography, pair[2]) < 3


def test_without_the_mutual_check_there_are_more_correspondences(pair: tuple[Path, Path, NDArray[np.float64]]) -> None:
    mutual, one_way = (
        match_files(pair[0], pair[1], "orb", MatchingOptions(mutual=mutual)).evidence for mutual in (True, False)
    )

    assert len(one_way.points_a) > len(mutual.points_a)


@pytest.mark.parametrize("metric", [Metric.L2, Metric.HAMMING])
def test_flann_finds_most_of_what_brute_force_finds(metric: Metric) -> None:
    rng = np.random.default_rng(7)
    base = rng.integers(0, 256, (400, 32), np.uint8)
    queries = base[:200].copy()
    queries[:, 0] ^= 3

    exact = two_nearest(queries, base, metric)
    found = two_nearest(queries, base, metric, Matcher.FLANN)
    again = two_nearest(queries, base, metric, Matcher.FLANN)

    assert (exact[1][:, 0] == np.arange(200)).all()
    assert (found[1][:, 0] == exact[1][:, 0]).mean() > 0.95
    np.testing.assert_array_equal(found[1], again[1])


def test_pixels_of_files(pair: tuple[Path, Path, NDArray[np.float64]]) -> None:
    homography = match_files(pair[0], pair[1], "sift", MatchingOptions()).evidence.homography

    aligned, stretched = measure_files(*pair[:2], homography), measure_files(*pair[:2], None)

    assert aligned.aligned and not stretched.aligned
    assert aligned.ssim > stretched.ssim + 0.2
    assert aligned.psnr > stretched.psnr + 5


def test_a_method_without_keypoints_is_refused(pair: tuple[Path, Path, NDArray[np.float64]]) -> None:
    with pytest.raises(MethodError, match="vlad has no keypoints; choose one of"):
        match_files(pair[0], pair[1], "vlad", MatchingOptions())


def test_the_command_line_knows_them_all() -> None:
    assert tuple(Matcher) == options.MATCHERS
    assert tuple(Model) == options.MODELS
    assert options.ESTIMATORS == tuple(Estimator) == tuple(SOURCES)
