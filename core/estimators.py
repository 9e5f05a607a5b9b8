"""Robust estimation of the map between two pictures: which kind of map, and which kind of RANSAC (Fischler 1981)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2

_Points = NDArray[np.float32]
_Matrix = NDArray[np.float64]

_ROUNDS = 1000
_LEAST_FOR_HOMOGRAPHY = 8


class Model(StrEnum):
    """What kind of map is fitted; stable strings."""

    BEST = "best"
    HOMOGRAPHY = "homography"
    AFFINE = "affine"
    SIMILARITY = "similarity"


class Estimator(StrEnum):
    """How outliers are told from inliers; stable strings."""

    MAGSAC = "magsac"
    RANSAC = "ransac"
    LMEDS = "lmeds"
    PROSAC = "prosac"
    LO_RANSAC = "lo-ransac"
    GRAPH_CUT = "graph-cut"
    FAST = "fast"


_METHODS: Mapping[Estimator, int] = {
    Estimator.MAGSAC: cv2.USAC_MAGSAC,
    Estimator.RANSAC: cv2.RANSAC,
    Estimator.LMEDS: cv2.LMEDS,
    Estimator.PROSAC: cv2.USAC_PROSAC,
    Estimator.LO_RANSAC: cv2.USAC_DEFAULT,
    Estimator.GRAPH_CUT: cv2.USAC_ACCURATE,
    Estimator.FAST: cv2.USAC_FAST,
}

SOURCES: Mapping[Estimator, str] = {
    Estimator.MAGSAC: "Barath et al., MAGSAC++, CVPR 2020",
    Estimator.RANSAC: "Fischler and Bolles, Random Sample Consensus, CACM 1981",
    Estimator.LMEDS: "Rousseeuw, Least Median of Squares Regression, JASA 1984",
    Estimator.PROSAC: "Chum and Matas, Matching with PROSAC, CVPR 2005",
    Estimator.LO_RANSAC: "Chum et al., Locally Optimized RANSAC, DAGM 2003",
    Estimator.GRAPH_CUT: "Barath and Matas, Graph-Cut RANSAC, CVPR 2018",
    Estimator.FAST: "Ivashechkin et al., USAC in OpenCV, 2020",
}


def candidates(model: Model) -> tuple[Callable[[_Points, _Points, float, Estimator], _Matrix | None], ...]:
    """What to fit, the simplest first: BEST fits an affine map and a homography."""
    return {
        Model.BEST: (fit_affine, fit_homography),
        Model.HOMOGRAPHY: (fit_homography,),
        Model.AFFINE: (fit_affine,),
        Model.SIMILARITY: (fit_similarity,),
    }[model]


def fit_affine(points_a: _Points, points_b: _Points, tolerance: float, estimator: Estimator) -> _Matrix | None:
    """Fit an affine map, six degrees of freedom.

    Args:
        points_a: (K, 2) float32, the most distinctive correspondences first.
        points_b: (K, 2) float32.
        tolerance: Largest residual of an inlier in pixels.
        estimator: How.

    Returns:
        (3, 3) float64, or None where nothing fits.
    """
    matrix, _ = cv2.estimateAffine2D(
        points_a, points_b, method=_METHODS[estimator], ransacReprojThreshold=tolerance, maxIters=_ROUNDS
    )
    return _squared(matrix)


def fit_similarity(points_a: _Points, points_b: _Points, tolerance: float, estimator: Estimator) -> _Matrix | None:
    """Fit a rotation, a scale and a shift; see ``fit_affine``.

    OpenCV has RANSAC and least median of squares for this; every other estimator means RANSAC here.
    """
    method = cv2.LMEDS if estimator is Estimator.LMEDS else cv2.RANSAC
    matrix, _ = cv2.estimateAffinePartial2D(
        points_a, points_b, method=method, ransacReprojThreshold=tolerance, maxIters=_ROUNDS
    )
    return _squared(matrix)


def fit_homography(points_a: _Points, points_b: _Points, tolerance: float, estimator: Estimator) -> _Matrix | None:
    """Fit a homography, eight degrees of freedom; see ``fit_affine``."""
    if len(points_a) < _LEAST_FOR_HOMOGRAPHY:
        return None
    matrix, _ = cv2.findHomography(points_a, points_b, _METHODS[estimator], tolerance, maxIters=_ROUNDS)
    return None if matrix is None else np.asarray(matrix, np.float64)


def _squared(matrix: Any) -> _Matrix | None:
    """(3, 3) from OpenCV's (2, 3), which is None where nothing fits."""
    return None if matrix is None else np.vstack([np.asarray(matrix, np.float64), [0.0, 0.0, 1.0]])
