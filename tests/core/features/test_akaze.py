"""AKAZE finds a turned copy, and is simply absent where OpenCV does not have it."""

from __future__ import annotations

import numpy as np
import pytest

from core._cv import cv2
from core.features import registry
from core.features.akaze import Akaze
from core.features.base import Pixels

needs_akaze = pytest.mark.skipif(not Akaze.available(), reason="this OpenCV has no AKAZE")


@needs_akaze
def test_a_turned_copy_has_the_same_keypoints(photo: Pixels) -> None:
    first = Akaze().detect(photo)
    second = Akaze().detect(np.ascontiguousarray(np.rot90(photo, 2)))
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(first.descriptors, second.descriptors)
    expected = 511 - first.points
    errors = [np.linalg.norm(expected[m.queryIdx] - second.points[m.trainIdx]) for m in matches if m.distance < 60]
    assert len(errors) > 150
    assert np.mean(np.array(errors) < 0.5) > 0.9


@needs_akaze
def test_as_many_keypoints_as_asked_for(photo: Pixels) -> None:
    assert len(Akaze(keypoints=100).detect(photo)) == 100


def test_without_akaze_in_opencv_there_is_no_such_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(cv2, "AKAZE", raising=False)
    assert "akaze" not in registry.methods()
    assert "orb" in registry.methods()
