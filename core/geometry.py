"""What a homography does to points and pictures: the geometry that overlays and the compare page share.

Points are (x, y) in pixels of the upright full-size picture, pixel centres at integers, so the area of
a picture of width w and height h runs from -0.5 to w - 0.5 and from -0.5 to h - 0.5. A homography is
a (3, 3) float64 matrix that takes such points of A to B. Pure NumPy.

A strong homography has a horizon: points of A beyond it have no place in B, though dividing by their
third coordinate would give one. Everything here tells them apart, provided that the matrix was passed
through :func:`facing` once.
"""

from __future__ import annotations

import math

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
    if matrix.shape != (3, 3):
        raise ValueError("the homography is not usable")
    x, y = np.asarray(point, np.float64).tolist()
    # Here and below: plain numbers are several times faster than arrays of three.
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    depth = g * x + h * y + i
    if depth == 0 or not np.isfinite([a, b, c, d, e, f, depth]).all():
        raise ValueError("the homography is not usable")
    if abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)) < 1e-12 * abs(depth * depth * depth):
        raise ValueError("the homography is singular")
    return np.asarray(matrix / depth, np.float64)


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
    rays = flat.reshape(-1, 2) @ homography[:, :2].T + homography[:, 2]
    depth = rays[:, 2]
    depth = np.where(depth > _HORIZON * np.abs(homography[2]).max(), depth, np.nan)
    return np.asarray((rays[:, :2] / depth[:, None]).reshape(flat.shape), np.float64)


def jacobian(homography: Matrix, point: ArrayLike) -> Matrix:
    """How B moves when a point of A moves by one pixel.

    Args:
        homography: (3, 3) float64 from :func:`facing`.
        point: (2,).

    Returns:
        (2, 2) float64, rows x and y of B, columns x and y of A; NaN beyond the horizon.
    """
    return np.array(_step(homography, point), np.float64)


def local_scale(homography: Matrix, point: ArrayLike) -> float:
    """How many pixels of B one pixel of A covers around `point`, as a length.

    Args:
        homography: (3, 3) float64 from :func:`facing`.
        point: (2,) of A.

    Returns:
        The square root of the change of area; NaN beyond the horizon.
    """
    (a, b), (c, d) = _step(homography, point)
    return math.sqrt(abs(a * d - b * c))


def stretch(step: ArrayLike) -> tuple[float, float]:
    """By how much a small circle is stretched, the longer axis first: the singular values of a Jacobian.

    Args:
        step: (2, 2) from :func:`jacobian`.

    Returns:
        Two factors, NaN where the Jacobian is.
    """
    (a, b), (c, d) = np.asarray(step, np.float64).tolist()
    power, determinant = a * a + b * b + c * c + d * d, a * d - b * c
    apart = math.sqrt(max(0.0, power * power - 4 * determinant * determinant))
    longer = math.sqrt((power + apart) / 2)
    return longer, abs(determinant) / longer if longer else 0.0


def _step(homography: Matrix, point: ArrayLike) -> tuple[tuple[float, float], tuple[float, float]]:
    """The Jacobian in plain numbers."""
    x, y = np.asarray(point, np.float64).tolist()
    (a, b, c), (d, e, f), (g, h, i) = homography.tolist()
    depth = g * x + h * y + i
    if not depth > _HORIZON * max(abs(g), abs(h), abs(i)):
        return (math.nan, math.nan), (math.nan, math.nan)
    across, down = (a * x + b * y + c) / depth, (d * x + e * y + f) / depth
    return ((a - across * g) / depth, (b - across * h) / depth), ((d - down * g) / depth, (e - down * h) / depth)


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
    twice = x[:-1] @ y[1:] - x[1:] @ y[:-1] + x[-1] * y[0] - x[0] * y[-1]
    return abs(float(twice)) / 2


def _clip(polygon: Rays, plane: Ray) -> Rays:
    """Keeps the part of a homogeneous polygon on the positive side of a plane."""
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
