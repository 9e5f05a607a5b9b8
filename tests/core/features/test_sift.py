"""SIFT descriptors are RootSIFT in bytes, and those of the mirrored picture follow from them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Keypoints, Pixels
from core.features.sift import Sift, mirror, root_sift


def same_spots(photo: Pixels, first: Keypoints, second: Keypoints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of ``first`` and the rows of ``second``, found in the mirrored photo, at the mirrored keypoint."""
    where = np.stack([photo.shape[1] - 1 - first.points[:, 0], first.points[:, 1]], axis=1)
    apart = np.linalg.norm(where[:, None] - second.points[None], axis=2)
    turned = (180 - first.angles[:, None] - second.angles[None] + 180) % 360 - 180
    grown = np.abs(np.log2(first.sizes[:, None] / second.sizes[None]))
    apart[(np.abs(turned) > 2) | (grown > 0.02)] = np.inf
    nearest = apart.argmin(axis=1)
    rows = np.flatnonzero(apart.min(axis=1) < 0.3)
    return rows, nearest[rows]


def test_mirrored_descriptors_are_those_of_the_mirrored_photo(photo: Pixels) -> None:
    first = Sift().detect(photo)
    second = Sift().detect(np.ascontiguousarray(photo[:, ::-1]))
    rows, partners = same_spots(photo, first, second)
    assert len(rows) > 400
    ours = mirror(first.descriptors)[rows].astype(np.float32)
    theirs = second.descriptors[partners].astype(np.float32)
    assert np.median(np.linalg.norm(ours - theirs, axis=1)) < 3
    assert np.median(np.linalg.norm(first.descriptors[rows] - theirs, axis=1)) > 60


def test_mirroring_twice_changes_nothing(photo: Pixels) -> None:
    descriptors = Sift(keypoints=50).detect(photo).descriptors
    np.testing.assert_array_equal(mirror(mirror(descriptors)), descriptors)


def test_root_sift_is_the_square_root_of_the_normalised_histogram() -> None:
    histogram = np.zeros((1, 128), np.float32)
    histogram[0, :4] = (16, 9, 0, 75)
    root = root_sift(histogram)
    assert root.dtype == np.uint8
    assert root[0, :4].tolist() == [102, 76, 0, 221]  # 255 x (0.4, 0.3, 0, 0.866), rounded
    assert not root_sift(np.zeros((1, 128), np.float32)).any()


def test_all_descriptors_have_the_same_length(photo: Pixels) -> None:
    lengths = np.linalg.norm(Sift().detect(photo).descriptors.astype(np.float32), axis=1)
    assert np.abs(lengths - 255).max() < 4


def test_a_shrunk_and_turned_copy_is_matched(photo: Pixels) -> None:
    copy = np.asarray(cv2.resize(np.rot90(photo, 2), (400, 400), interpolation=cv2.INTER_AREA), np.uint8)
    first, second = Sift().detect(photo), Sift().detect(copy)
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(
        first.descriptors.astype(np.float32), second.descriptors.astype(np.float32), k=2
    )
    good = [m for m, n in pairs if m.distance < 0.8 * n.distance]
    expected = (511 - first.points + 0.5) * (400 / 512) - 0.5
    errors = [np.linalg.norm(expected[m.queryIdx] - second.points[m.trainIdx]) for m in good]
    assert len(good) > 200
    assert np.mean(np.array(errors) < 2) > 0.95


@pytest.mark.parametrize("keypoints", [60, 800])
def test_the_strongest_keypoints_are_kept(photo: Pixels, keypoints: int) -> None:
    assert len(Sift(keypoints=keypoints).detect(photo)) == keypoints


def test_fewer_keypoints_are_the_first_of_more(photo: Pixels) -> None:
    few, many = Sift(keypoints=60).detect(photo), Sift().detect(photo)
    assert {tuple(point) for point in few.points.tolist()} <= {tuple(point) for point in many.points[:80].tolist()}
