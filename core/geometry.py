"""What a homography does to points and pictures: the geometry that overlays and the compare page share.

Points are (x, y) in pixels of the upright full-size picture, pixel centres at integers, so the area of
a picture of width w and height h runs from -0.5 to w - 0.5 and from -0.5 to h - 0.5. A homography is
a (3, 3) float64 matrix that takes such points of A to B. Pure NumPy.

A strong homography has a horizon: points of A beyond it have no place in B, though dividing by their
third coordinate would give one. Everything here tells them apart, provided that the matrix was passed
through :func:`facing` once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]
Ray = tuple[float, float, float]
Rays = list[Ray]
Size = tuple[int, int]

# Share of the third coordinate's magnitude below which a point counts as being on the horizon.
_HORIZON = 1e-6


def centre(size: Size) -> Points:
    """The middle of a picture.

    Args:
        size: Width and height in pixels.

    Returns:
        (2,) float64.
    """
    return np.array([(size[0] - 1) / 2, (size[1] - 1) / 2])


def corners(size: Size) -> Points:
    """The four outer corners of a picture, clockwise from the top left.

    Args:
        size: Width and height in pixels.

    Returns:
        (4, 2) float64.
    """
    right, bottom = size[0] - 0.5, size[1] - 0.5
    return np.array([(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)])


def facing(homography: ArrayLike, point: ArrayLike) -> Matrix:
    """The same homography with its sign chosen so that `point` lies on this side of the horizon.

    Args:
        homography: (3, 3).
        point: (2,), a point that certainly has a place in the other picture, such as an inlier.

    Returns:
        (3, 3) float64, scaled so that the third coordinate of `point` is 1.

    Raises:
        ValueError: The matrix is singular or not finite, or `point` is on the horizon.
    """
    matrix = np.asarray(homography, np.float64)
    depth = float(matrix[2] @ np.append(np.asarray(point, np.float64), 1.0))
    if matrix.shape != (3, 3) or not np.isfinite(matrix).all() or not np.isfinite(depth) or depth == 0:
        raise ValueError("the homography is not usable")
    matrix = matrix / depth
    if abs(float(np.linalg.det(matrix))) < 1e-12:
        raise ValueError("the homography is singular")
    return matrix


def inverse(homography: Matrix) -> Matrix:
    """The way back, facing the right way whenever `homography` does.

    Args:
        homography: (3, 3) float64 from :func:`facing`.

    Returns:
        (3, 3) float64, not normalised: dividing by the last element could flip its sign.
    """
    return np.asarray(np.linalg.inv(homography), np.float64)


def project(homography: Matrix, points: ArrayLike) -> Points:
    """Where points of A fall in B.

    Args:
        homography: (3, 3) float64 from :func:`facing` or :func:`inverse`.
        points: (N, 2) or (2,).

    Returns:
        float64 of the shape of `points`; NaN for points on or beyond the horizon.
    """
    flat = np.asarray(points, np.float64)
    rays = np.column_stack([np.atleast_2d(flat), np.ones(flat.size // 2)]) @ homography.T
    depth = rays[:, 2]
    depth = np.where(depth > _HORIZON * np.abs(homography[2]).max(initial=1e-300), depth, np.nan)
    return np.asarray((rays[:, :2] / depth[:, None]).reshape(flat.shape), np.float64)


def jacobian(homography: Matrix, point: ArrayLike) -> Matrix:
    """How B moves when a point of A moves by one pixel.

    Args:
        homography: (3, 3) float64 from :func:`facing`.
        point: (2,).

    Returns:
        (2, 2) float64, rows x and y of B, columns x and y of A; NaN beyond the horizon.
    """
    x, y = np.asarray(point, np.float64)
    there = project(homography, (x, y))
    depth = float(homography[2] @ np.array([x, y, 1.0]))
    return np.asarray((homography[:2, :2] - np.outer(there, homography[2, :2])) / depth, np.float64)


def local_scale(homography: Matrix, point: ArrayLike) -> float:
    """How many pixels of B one pixel of A covers around `point`, as a length.

    Args:
        homography: (3, 3) float64 from :func:`facing`.
        point: (2,) of A.

    Returns:
        The square root of the change of area; NaN beyond the horizon.
    """
    (a, b), (c, d) = jacobian(homography, point)
    return float(np.sqrt(abs(a * d - b * c)))


def residuals(homography: Matrix | None, points_a: ArrayLike, points_b: ArrayLike) -> NDArray[np.float64]:
    """How far each correspondence is from agreeing with the homography.

    Args:
        homography: (3, 3) float64 from :func:`facing`, or None.
        points_a: (N, 2) of A.
        points_b: (N, 2) of B.

    Returns:
        (N,) float64, Euclidean distance in pixels of B; NaN without a homography or beyond its horizon.
    """
    second = np.asarray(points_b, np.float64).reshape(-1, 2)
    if homography is None:
        return np.full(len(second), np.nan)
    first = project(homography, np.asarray(points_a, np.float64).reshape(-1, 2))
    return np.asarray(np.hypot(*(first - second).T), np.float64)


def footprint(homography: Matrix, source: Size, target: Size) -> Points:
    """The part of picture B that picture A reaches, as a polygon.

    A's outline is clipped against the horizon and against B's frame while still homogeneous
    (Sutherland and Hodgman, 1974), so that nothing wraps around.

    Args:
        homography: (3, 3) float64 from :func:`facing`, A to B.
        source: Width and height of A.
        target: Width and height of B.

    Returns:
        (M, 2) float64 in B, M at least 3; (0, 2) where A reaches nothing of B.
    """
    width, height = target
    planes = (
        (0.0, 0.0, 1.0),
        (1.0, 0.0, 0.5),
        (-1.0, 0.0, width - 0.5),
        (0.0, 1.0, 0.5),
        (0.0, -1.0, height - 0.5),
    )
    polygon: Rays = (np.column_stack([corners(source), np.ones(4)]) @ homography.T).tolist()
    for plane in planes:
        polygon = _clip(polygon, plane)
    if len(polygon) < 3 or not all(depth > 0 for _, _, depth in polygon):
        return np.zeros((0, 2))
    return np.array([(x / depth, y / depth) for x, y, depth in polygon], np.float64)


def area(polygon: ArrayLike) -> float:
    """The area of a simple polygon.

    Args:
        polygon: (M, 2), corners in order.

    Returns:
        Square pixels; 0 for fewer than three corners.
    """
    places = np.asarray(polygon, np.float64).reshape(-1, 2)
    if len(places) < 3:
        return 0.0
    x, y = places.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _clip(polygon: Rays, plane: Ray) -> Rays:
    """Keeps the part of a homogeneous polygon on the positive side of a plane."""
    # A handful of corners: plain numbers are several times faster here than arrays of three.
    sides = [x * plane[0] + y * plane[1] + w * plane[2] for x, y, w in polygon]
    kept: Rays = []
    for index, side in enumerate(sides):
        before = sides[index - 1]
        if (side >= 0) != (before >= 0):
            share = before / (before - side)
            (x0, y0, w0), (x1, y1, w1) = polygon[index - 1], polygon[index]
            kept.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0), w0 + share * (w1 - w0)))
        if side >= 0:
            kept.append(polygon[index])
    return kept


def spread(points: ArrayLike, limit: int, first: int = 0) -> NDArray[np.intp]:
    """Picks points that lie well apart, by farthest-point sampling (Gonzalez, 1985).

    Every beginning of the answer is itself a good spread, so a person can ask for more or fewer of
    them without those shown jumping about.

    Args:
        points: (N, 2).
        limit: How many to pick at most.
        first: The point to begin with.

    Returns:
        (min(limit, N),) indices into `points`, in the order they were picked.
    """
    places = np.asarray(points, np.float64).reshape(-1, 2)
    count = max(0, min(limit, len(places)))
    picked = np.zeros(count, np.intp)
    nearest = np.full(len(places), np.inf)
    chosen = first
    for step in range(count):
        picked[step] = chosen
        nearest = np.minimum(nearest, ((places - places[chosen]) ** 2).sum(axis=1))
        nearest[chosen] = -1.0
        chosen = int(nearest.argmax())
    return picked
