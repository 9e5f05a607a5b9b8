"""ORB finds keypoints all over the picture and finds them again in a turned copy."""

from __future__ import annotations

import numpy as np
import pytest

from core._cv import cv2
from core.features._keypoints import spread
from core.features.base import Pixels
from core.features.orb import Orb


def test_a_photo_has_as_many_keypoints_as_asked_for(photo: Pixels) -> None:
    assert len(Orb().detect(photo)) == 500
    assert len(Orb(keypoints=120).detect(photo)) == 120


def test_keypoints_lie_inside_the_picture(photos: dict[str, Pixels]) -> None:
    for pixels in photos.values():
        found = Orb().detect(pixels)
        height, width = pixels.shape[:2]
        assert found.points.min() >= 0
        assert (found.points <= (width - 1, height - 1)).all()
        assert (found.sizes > 0).all()
        assert ((found.angles >= 0) & (found.angles < 360)).all()


def test_a_textured_corner_does_not_take_all_keypoints(photo: Pixels) -> None:
    pixels = (photo // 4 + 96).astype(np.uint8)
    rng = np.random.default_rng(0)
    pixels[:128, :128] = rng.integers(0, 256, (128, 128, 3))
    crowded = Orb(surplus=1).detect(pixels).points
    found = Orb().detect(pixels).points
    assert (found < 128).all(axis=1).mean() < (crowded < 128).all(axis=1).mean() - 0.1


def test_a_turned_copy_has_the_same_keypoints(photo: Pixels) -> None:
    first = Orb().detect(photo)
    second = Orb().detect(np.ascontiguousarray(np.rot90(photo)))
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(first.descriptors, second.descriptors)
    expected = np.stack([first.points[:, 1], photo.shape[1] - 1 - first.points[:, 0]], axis=1)
    errors = [np.linalg.norm(expected[m.queryIdx] - second.points[m.trainIdx]) for m in matches if m.distance < 40]
    assert len(errors) > 150
    assert np.mean(np.array(errors) < 0.5) > 0.9


def test_spread_takes_the_strongest_of_every_cell_first() -> None:
    points = np.array([[1, 1], [2, 2], [3, 3], [90, 90]], np.float32)
    responses = np.array([9, 8, 7, 1], np.float32)
    assert spread(points, responses, (100, 100), count=2, cells=4).tolist() == [0, 3]
    assert spread(points, responses, (100, 100), count=3, cells=4).tolist() == [0, 1, 3]


def test_spread_keeps_everything_when_there_is_room() -> None:
    points = np.zeros((3, 2), np.float32)
    responses = np.array([1, 3, 2], np.float32)
    assert spread(points, responses, (10, 10), count=5, cells=4).tolist() == [1, 2, 0]


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_flat_picture_has_no_keypoints(value: int) -> None:
    found = Orb().detect(np.full((200, 300, 3), value, np.uint8))
    assert len(found) == 0
    assert found.descriptors.shape == (0, 32)


def test_the_mirrored_picture_need_not_be_searched_again(photos: dict[str, Pixels]) -> None:
    orb = Orb()
    for pixels in photos.values():
        found = orb.detect(pixels)
        if not len(found):
            continue
        derived = orb.detect_mirrored(pixels, found)
        searched = orb.detect(np.ascontiguousarray(pixels[:, ::-1]))
        distances = np.unpackbits(derived.descriptors[:, None] ^ searched.descriptors[None], axis=2).sum(axis=2)
        nearest = distances.argmin(axis=1)
        same = distances.min(axis=1) == 0
        # Where responses are equal, another corner may have been kept.
        assert same.mean() > 0.9
        apart = np.linalg.norm(derived.points - searched.points[nearest], axis=1)[same]
        assert np.median(apart) < 0.01
        assert (derived.angles >= 0).all()
        assert (derived.angles < 360).all()
