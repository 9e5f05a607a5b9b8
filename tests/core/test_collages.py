"""A collage belongs to each picture that it shows and makes none of them belong together, seam or no seam."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.bonds import Bonds
from core.collages import find_collages
from core.events import Summary
from core.records import Evidence, Relation
from core.verdict import Verdict

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]

WHOLE = (400, 300)


def part(whole: int, other: int, box: Box) -> tuple[Verdict, tuple[int, int]]:
    """The verdict that a picture is a crop of a whole of 400 x 300, and its size."""
    left, top, right, bottom = box
    size = (right - left, bottom - top)
    there = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]])
    share = size[0] * size[1] / (WHOLE[0] * WHOLE[1])
    if whole < other:
        evidence = Evidence(homography=there, coverage_a=share, coverage_b=1.0)
        return Verdict(whole, other, Relation.CROP, 0.9, evidence, "a crop"), size
    evidence = Evidence(homography=np.linalg.inv(there), coverage_a=1.0, coverage_b=share)
    return Verdict(other, whole, Relation.CROP, 0.9, evidence, "shows more"), size


def collages(*boxes: Box, copy: bool = False) -> set[int]:
    """Which of some pictures are collages: number 1 is the whole, 0 and 2 on its parts, the last one its copy."""
    places = [place for place in range(len(boxes) + 1) if place != 1]
    sizes = {1: WHOLE}
    bonds = Bonds(list(range(len(boxes) + 2)))
    for place, box in zip(places, boxes, strict=True):
        verdict, sizes[place] = part(1, place, box)
        bonds.add(verdict)
    last = len(boxes) + 1
    sizes[last] = WHOLE
    if copy:
        evidence = Evidence(homography=np.eye(3), coverage_a=1.0, coverage_b=1.0)
        bonds.add(Verdict(1, last, Relation.RE_ENCODED, 0.9, evidence, "re-encoded"))
    return find_collages(bonds, [sizes[place] for place in range(last + 1)])


def test_cells_of_a_grid_make_a_collage() -> None:
    assert collages((0, 0, 200, 300), (200, 0, 400, 300)) == {1}
    assert collages((0, 0, 200, 150), (0, 150, 200, 300)) == {1}
    assert collages((0, 0, 200, 150), (200, 150, 400, 300)) == {1}
    # Few keypoints place a picture only roughly.
    assert collages((0, 4, 194, 150), (206, 0, 400, 145)) == {1}


def test_crops_of_a_photograph_do_not() -> None:
    assert collages((10, 20, 210, 170)) == set()
    assert collages((0, 0, 250, 200), (100, 50, 400, 300)) == set()
    assert collages((20, 30, 180, 150), (220, 140, 390, 290)) == set()
    assert collages((0, 0, 200, 150), (0, 0, 202, 148)) == set()
    assert collages((0, 0, 200, 300), (200, 60, 400, 240)) == set()


def test_a_copy_of_a_collage_is_one_too() -> None:
    assert collages((0, 0, 200, 300), (200, 0, 400, 300), copy=True) == {1, 3}


def test_pictures_that_fade_into_each_other_stay_in_groups_of_their_own(
    tmp_path: Path, photos: Mapping[str, Pixels], save: Callable[..., Path], scan: Callable[..., Summary]
) -> None:
    names = ("china", "coffee")
    left, right = (cv2.resize(photos[name], (400, 300), interpolation=cv2.INTER_AREA) for name in names)
    fade = np.clip(np.arange(800) - 360, 0, 80)[None, :, None] / 80
    wide = [np.pad(left, ((0, 0), (0, 400), (0, 0)), "edge"), np.pad(right, ((0, 0), (400, 0), (0, 0)), "edge")]
    save(np.rint(wide[0] * (1 - fade) + wide[1] * fade).astype(np.uint8), tmp_path / "both.png")
    for name, pixels in zip(names, (left, right), strict=True):
        save(pixels, tmp_path / f"{name}.png")
        save(pixels, tmp_path / f"{name}.jpg", quality=70)

    groups = [
        {member.record.path.name: member.relation for member in group.members}
        for group in scan(tmp_path, preset="balanced").groups
    ]

    assert sorted(sorted(group) for group in groups) == [
        ["both.png", "china.jpg", "china.png"],
        ["both.png", "coffee.jpg", "coffee.png"],
    ]
    assert {group["both.png"] for group in groups} == {Relation.COMPOSITE}
