"""Two picture files measured by one's own choice of means: keypoints, matcher and model by name, and their pixels."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.describing import detect_full_size, instance
from core.features import registry
from core.features.base import Kind, LocalMethod
from core.images import Limits, Picture, load
from core.matching import MatchingOptions, View, verify
from core.pixel_measures import PixelMeasures, measure
from core.records import Evidence, MethodError

_PIXELS_SIDE = 1024


@dataclass(frozen=True, slots=True)
class PairMatching:
    """What keypoints of one kind, matched in one way, say of a pair.

    Attributes:
        evidence: Points, inliers and homography, A to B; or the reason of the rejection.
        keypoints: How many each picture has.
        detecting: Seconds to find and describe them in both.
        matching: Seconds to match and fit.
    """

    evidence: Evidence
    keypoints: tuple[int, int]
    detecting: float
    matching: float


def match_files(
    first: Path, second: Path, method: str, options: MatchingOptions, limits: Limits | None = None
) -> PairMatching:
    """Match two pictures as they stand; mirrored ones are not tried.

    Args:
        first: Picture A.
        second: Picture B.
        method: A local method.
        options: How to match and what to fit.
        limits: What is too large to decode.

    Raises:
        ImageError: A picture cannot be read.
        MethodError: The method has no keypoints.
        ModelError: Its weights, or those of the matcher, are missing.
    """
    local = _local(method)
    pictures = [load(path, local.info.side, limits or Limits()) for path in (first, second)]
    started = time.perf_counter()
    views = [_view(local, picture) for picture in pictures]
    detected = time.perf_counter()
    evidence = verify(views[0], views[1], options)
    done = time.perf_counter()
    counts = (len(views[0].keypoints), len(views[1].keypoints))
    return PairMatching(evidence, counts, detected - started, done - detected)


def _local(method: str) -> LocalMethod:
    known = registry.methods()
    made = instance(method)
    if not isinstance(made, LocalMethod):
        names = ", ".join(info.name for info in known.values() if info.kind is Kind.LOCAL)
        raise MethodError(f"{method} has no keypoints; choose one of {names}.")
    return made


def _view(method: LocalMethod, picture: Picture) -> View:
    return View(picture.width, picture.height, detect_full_size(method, picture), method.info.metric, method.info.name)


def measure_files(
    first: Path, second: Path, homography: NDArray[np.float64] | None, limits: Limits | None = None
) -> PixelMeasures:
    """MSE, PSNR and SSIM of two pictures, at a long side of at most 1024 pixels.

    Args:
        first: Picture A.
        second: Picture B.
        homography: (3, 3) float64 from A to B in full-size pixels, or None to stretch A to the size of B.
        limits: What is too large to decode.

    Raises:
        ImageError: A picture cannot be read.
    """
    a, b = (load(path, _PIXELS_SIDE, limits or Limits()) for path in (first, second))
    return measure(a.pixels, b.pixels, homography, (a.width, a.height), (b.width, b.height))
