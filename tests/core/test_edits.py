"""The edits tell the truth about where every pixel went, and are the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from core._cv import cv2
from core.edits import EDITS, apply, families
from core.edits.base import project, then
from core.features.base import Pixels
from core.records import MethodError, Relation

# Values are changed so much that the warped source cannot be recognised by correlation.
_UNLIKE = {"invert", "meme", "stickers", "hide", "double-exposure", "chain-4", "chain-5"}


def _picture(seed: int, width: int = 180, height: int = 130) -> Pixels:
    """A picture with structure at every scale."""
    rng = np.random.default_rng(seed)
    layers = [
        cv2.resize(
            rng.integers(0, 256, (cells, cells, 3)).astype(np.uint8),
            (width, height),
            interpolation=cv2.INTER_CUBIC,
        )
        for cells in (4, 9, 20)
    ]
    return np.mean(layers, axis=0).astype(np.uint8)


@pytest.fixture(scope="module")
def pictures() -> list[Pixels]:
    return [_picture(seed, 150 + 10 * seed, 190 - 12 * seed) for seed in range(9)]


def _agreement(source: Pixels, edited: Pixels, homography: np.ndarray) -> float:
    """Correlation of the warped source with the edited picture where the source lies, both smoothed."""
    frame = (edited.shape[1], edited.shape[0])
    warped = cv2.warpPerspective(source, homography, frame)
    inside = cv2.warpPerspective(np.full(source.shape[:2], 255, np.uint8), homography, frame)
    inside = cv2.erode(np.uint8(inside == 255), np.ones((5, 5))) > 0
    first, second = (cv2.GaussianBlur(each, (0, 0), 1.5).mean(2)[inside] for each in (warped, edited))
    return float(np.corrcoef(first, second)[0, 1])


@pytest.mark.parametrize("name", sorted(set(EDITS) - _UNLIKE))
def test_the_homography_leads_to_where_the_picture_is(name: str, pictures: list[Pixels]) -> None:
    values = []
    for seed in range(5):
        edited = apply(name, pictures[0], np.random.default_rng([seed, 7]), pictures[1:])
        assert edited.homography is not None
        values.append(_agreement(pictures[0], edited.pixels, edited.homography))
    # Cells of a collage cut their picture off, so part of the source lies under its neighbours or a caption.
    least = 0.3 if EDITS[name].family in ("composite", "overlay") else 0.8
    assert np.median(values) > least


@pytest.mark.parametrize(
    "name", ["crop-half", "turn-90", "turn-180", "turn-270", "mirror", "flip", "turn-mirror", "border"]
)
def test_moves_by_whole_pixels_are_exact(name: str, pictures: list[Pixels]) -> None:
    source = pictures[0]
    edited = apply(name, source, np.random.default_rng(3))
    assert edited.homography is not None
    height, width = edited.pixels.shape[:2]
    grid = np.stack(np.meshgrid(np.arange(source.shape[1]), np.arange(source.shape[0])), -1).reshape(-1, 2)
    target = np.rint(project(edited.homography, grid.astype(float))).astype(int)
    seen = np.all((target >= 0) & (target < [width, height]), axis=1)
    assert seen.any()
    moved = edited.pixels[target[seen, 1], target[seen, 0]]
    assert np.array_equal(moved, source[grid[seen, 1], grid[seen, 0]])


@pytest.mark.parametrize("name", sorted(EDITS))
def test_the_same_seed_makes_the_same_copy_and_leaves_the_source_alone(name: str, pictures: list[Pixels]) -> None:
    before = pictures[0].copy()
    first, second = (apply(name, pictures[0], np.random.default_rng(11), pictures[1:]) for _ in range(2))
    assert np.array_equal(first.pixels, second.pixels)
    assert first.parameters == second.parameters
    assert np.array_equal(pictures[0], before)
    assert first.pixels.dtype == np.uint8
    assert first.pixels.ndim == 3
    assert first.pixels.shape[2] == 3
    assert 0 < first.kept <= 1
    assert first.relation.is_copy


def test_mirrors_are_told_apart_from_turns(pictures: list[Pixels]) -> None:
    for name in ("mirror", "flip", "turn-mirror"):
        assert apply(name, pictures[0], np.random.default_rng(0)).mirrored
    for name in ("turn-90", "turn-180", "rotate-large"):
        assert not apply(name, pictures[0], np.random.default_rng(0)).mirrored


def test_mirrored_says_what_the_homography_says(pictures: list[Pixels]) -> None:
    for seed in range(60):
        edited = apply("chain-3", pictures[0], np.random.default_rng(seed))
        assert edited.homography is not None
        centre = project(edited.homography, np.array([[60.0, 50.0], [61.0, 50.0], [60.0, 51.0]]))
        turning = np.linalg.det(np.stack([centre[1] - centre[0], centre[2] - centre[0]]))
        assert (turning < 0) == edited.mirrored


def test_a_crop_says_how_much_is_left(pictures: list[Pixels]) -> None:
    source = pictures[0]
    for seed in range(20):
        edited = apply("crop-small", source, np.random.default_rng(seed))
        share = edited.pixels.shape[0] * edited.pixels.shape[1] / (source.shape[0] * source.shape[1])
        assert edited.kept == pytest.approx(share)
        assert 0.1 < share < 0.4
        assert edited.relation is Relation.CROP


def test_a_collage_says_where_every_picture_lies(pictures: list[Pixels]) -> None:
    edited = apply("side-by-side", pictures[0], np.random.default_rng(5), pictures[1:])
    assert edited.relation is Relation.COMPOSITE
    assert len(edited.others) == 1
    guest = edited.others[0]
    assert _agreement(pictures[1:][guest.index], edited.pixels, guest.homography) > 0.95


def test_composites_work_without_other_pictures(pictures: list[Pixels]) -> None:
    edited = apply("collage-2x2", pictures[0], np.random.default_rng(1))
    assert edited.others == ()
    assert edited.homography is not None


def test_small_and_narrow_pictures_can_be_edited() -> None:
    for shape in ((16, 16), (20, 300), (300, 20)):
        source = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
        for name in EDITS:
            assert apply(name, source, np.random.default_rng(2), [source]).pixels.size > 0


def test_two_edits_in_a_row_are_one(pictures: list[Pixels]) -> None:
    first = apply("crop-half", pictures[0], np.random.default_rng(1))
    second = apply("mirror", first.pixels, np.random.default_rng(1))
    both = then(first, second)
    assert both.mirrored
    assert both.relation is Relation.CROP
    assert both.homography is not None
    assert _agreement(pictures[0], both.pixels, both.homography) > 0.99


def test_families_name_every_edit_once() -> None:
    named = [name for names in families().values() for name in names]
    assert sorted(named) == sorted(EDITS)


def test_an_unknown_edit_is_refused_by_name(pictures: list[Pixels]) -> None:
    with pytest.raises(MethodError, match="no edit called 'melt'"):
        apply("melt", pictures[0], np.random.default_rng(0))
