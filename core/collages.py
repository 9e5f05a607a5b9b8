"""Collages that pass for originals: pictures of which others seem to be crops, but whose parts are the cells of a grid.

Where two pictures meet in a collage there is mostly a seam, and the judge names it. Some seams are too faint for that.
But two crops of one picture hardly ever fit together to a pixel, and the cells of a collage always do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from core import geometry, relations
from core.bonds import Bonds
from core.geometry import Size
from core.records import Relation
from core.verdict import Verdict

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of a picture's width and height."""

_ROUNDING = 0.04
"""How far two sides may lie apart that are one, in shares of the picture: few keypoints place them that roughly."""
_UPRIGHT = 0.95
"""Least share of its bounding box that an upright rectangle fills."""


def find_collages(bonds: Bonds, sizes: Sequence[Size]) -> set[int]:
    """The pictures among those bound together of which two others are cells of one grid, and their whole copies.

    Args:
        bonds: What is known to belong together.
        sizes: Width and height of each content.
    """
    found = {place for group in bonds.sets() for place in group if _is_collage(place, bonds, sizes)}
    waiting = sorted(found)
    while waiting:
        place = waiting.pop()
        for neighbour in bonds.neighbours(place):
            edge = bonds.edge(place, neighbour)
            if neighbour not in found and edge is not None and _is_whole(edge):
                found.add(neighbour)
                waiting.append(neighbour)
    return found


def as_composite(verdict: Verdict, size_a: Size) -> Verdict:
    """The verdict on a collage and what it shows, with the name that this deserves."""
    words = relations.words_for(Relation.COMPOSITE, verdict.evidence, size_a, verdict.tone)
    return replace(verdict, relation=Relation.COMPOSITE, words=words)


def shown_by(place: int, bonds: Bonds) -> Iterator[Verdict]:
    """The verdicts that call others crops of a picture."""
    for neighbour in bonds.neighbours(place):
        edge = bonds.edge(place, neighbour)
        if edge is not None and edge.relation is Relation.CROP:
            own, other = edge.evidence.coverage_a, edge.evidence.coverage_b
            if edge.second == place:
                own, other = other, own
            if own < relations.WHOLE and own < other:
                yield edge


def _is_collage(place: int, bonds: Bonds, sizes: Sequence[Size]) -> bool:
    boxes = [box for edge in shown_by(place, bonds) if (box := _box(place, edge, sizes)) is not None]
    return any(_are_cells(first, second) for first, second in combinations(boxes, 2))


def _is_whole(edge: Verdict) -> bool:
    return min(edge.evidence.coverage_a, edge.evidence.coverage_b) >= relations.WHOLE


def _box(place: int, edge: Verdict, sizes: Sequence[Size]) -> Box | None:
    """Where a picture shows the other one, which has to be an upright rectangle."""
    homography = edge.evidence.homography
    if homography is None:
        return None
    try:
        forward = geometry.facing(homography, geometry.centre(sizes[edge.first]))
        if place == edge.first:
            forward = geometry.inverse(forward)
    except (ValueError, np.linalg.LinAlgError):
        return None
    other = edge.second if place == edge.first else edge.first
    polygon = (geometry.footprint(forward, sizes[other], sizes[place]) + 0.5) / np.array(sizes[place])
    if len(polygon) < 3:
        return None
    (left, top), (right, bottom) = polygon.min(axis=0).tolist(), polygon.max(axis=0).tolist()
    if geometry.area(polygon) < _UPRIGHT * (right - left) * (bottom - top):
        return None
    return left, top, right, bottom


def _are_cells(first: Box, second: Box) -> bool:
    """Whether two boxes are cells of one grid: level or next to each other on each axis, and not the same cell."""
    level = 0
    for low, high in ((0, 2), (1, 3)):
        one, other = (first[low], first[high]), (second[low], second[high])
        if _same(one[0], other[0]) and _same(one[1], other[1]):
            level += 1
        elif not (_same(one[1], other[0]) or _same(other[1], one[0])):
            return False
    return level < 2


def _same(first: float, second: float) -> bool:
    return abs(first - second) <= _ROUNDING
