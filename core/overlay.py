"""The proof of a pair as a picture: both pictures side by side, joined by lines at matched keypoints.

:func:`prepare` turns an :class:`~core.records.Evidence` into what there is to draw; the compare page
draws the same thing with Qt. :func:`draw_matches` draws it with OpenCV for the command line and for
saving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core import colormap, geometry
from core._cv import cv2
from core.features.base import Pixels
from core.geometry import Matrix, Points, Size
from core.records import Evidence, ExportError, Match

SIDE = 1200
"""Long side in pixels at which :func:`draw_matches` shows each picture."""

_MARGIN = 24
_CAPTION = 92
_GROUND = (30, 31, 33)
_INK = (232, 232, 234)
_FAINT = (160, 162, 166)
_GRAY = (150, 150, 150)
_DARK = (0, 0, 0)
_FOOTPRINT = (255, 255, 255)

# OpenCV draws at fractions of a pixel when coordinates are shifted by this many bits.
_SHIFT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What there is to draw of a pair's evidence.

    Attributes:
        points_a: (N, 2) float64, keypoints in A, full-size pixels.
        points_b: (N, 2) float64, their partners in B.
        distances: (N,) float64, residuals in pixels of B; NaN without a homography.
        colors: (N, 3) uint8 RGB, the colour of each residual.
        top: The residual at the dark end of the scale, in pixels.
        agreeing: Indices of the inliers, each beginning of them spread over the picture.
        rejected: Indices of the other matches, spread alike.
        homography: (3, 3) float64, A to B, facing the right way; or None.
        footprint_a: (M, 2) float64, the part of A that B shows; empty without a homography.
        footprint_b: (M, 2) float64, the part of B that A reaches.
    """

    points_a: Points
    points_b: Points
    distances: NDArray[np.float64]
    colors: NDArray[np.uint8]
    top: float
    agreeing: NDArray[np.intp]
    rejected: NDArray[np.intp]
    homography: Matrix | None
    footprint_a: Points
    footprint_b: Points


def prepare(evidence: Evidence, size_a: Size, size_b: Size) -> Proof:
    """Works out everything that an overlay shows.

    Args:
        evidence: Of the pair; its points and its homography may be missing.
        size_a: Width and height of the full-size picture A.
        size_b: Width and height of the full-size picture B.

    Returns:
        The proof; with an unusable homography it is as if there were none.
    """
    count = min(len(evidence.points_a), len(evidence.points_b), len(evidence.inliers))
    points_a = np.asarray(evidence.points_a[:count], np.float64).reshape(-1, 2)
    points_b = np.asarray(evidence.points_b[:count], np.float64).reshape(-1, 2)
    inliers = np.asarray(evidence.inliers[:count], np.bool_)
    homography = usable_homography(evidence, size_a)
    distances = geometry.residuals(homography, points_a, points_b)
    top = colormap.round_top(distances[inliers])
    nothing = np.zeros((0, 2))
    back = None if homography is None else geometry.inverse(homography)
    return Proof(
        points_a=points_a,
        points_b=points_b,
        distances=distances,
        colors=colormap.of_residuals(distances, top),
        top=top,
        agreeing=_spread_out(points_a, np.flatnonzero(inliers)),
        rejected=_spread_out(points_a, np.flatnonzero(~inliers)),
        homography=homography,
        footprint_a=nothing if back is None else geometry.footprint(back, size_b, size_a),
        footprint_b=nothing if homography is None else geometry.footprint(homography, size_a, size_b),
    )


def usable_homography(evidence: Evidence, size_a: Size) -> Matrix | None:
    """The homography of A to B with the right sign, or None when there is none that could be drawn.

    Args:
        evidence: Of the pair.
        size_a: Width and height of the full-size picture A.

    Returns:
        (3, 3) float64, with the inliers (or else the middle of A) on this side of the horizon.
    """
    if evidence.homography is None:
        return None
    count = min(len(evidence.points_a), len(evidence.inliers))
    inliers = evidence.points_a[:count][evidence.inliers[:count]]
    anchor = np.median(inliers, axis=0) if len(inliers) else geometry.centre(size_a)
    try:
        return geometry.facing(evidence.homography, anchor)
    except ValueError:
        return None


def _spread_out(points: Points, indices: NDArray[np.intp]) -> NDArray[np.intp]:
    """The indices, reordered so that each beginning of them is spread; at most 2,000 of them."""
    if not len(indices):
        return indices
    places = points[indices]
    first = int(((places - np.median(places, axis=0)) ** 2).sum(axis=1).argmin())
    return np.asarray(indices[geometry.spread(places, 2000, first)], np.intp)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a picture stands on the sheet: full-size pixels to pixels of the sheet."""

    left: float
    top: float
    scale: tuple[float, float]

    def place(self, points: Points) -> Points:
        return np.asarray((points + 0.5) * self.scale - 0.5 + (self.left, self.top), np.float64)


def draw_matches(
    first: Pixels, second: Pixels, match: Match, limit: int = 80, first_size: Size | None = None
) -> Pixels:
    """Draws two pictures side by side with the matches that tie them together.

    Inliers are joined by lines in the colour of their residual, bright where exact; the outline of
    each picture is drawn where it falls in the other. A pair without evidence is shown plain, with
    the reason under it.

    Args:
        first: (H, W, 3) uint8 RGB, picture A, at full size or smaller.
        second: (H, W, 3) uint8 RGB, picture B, at full size or smaller.
        match: B as an answer to A; its record tells the full size of B.
        limit: Lines at most; those shown are spread over the picture.
        first_size: Width and height of the full-size A where `first` is smaller.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    size_a = first_size or (first.shape[1], first.shape[0])
    size_b = (match.record.width, match.record.height)
    if min(size_b) < 1:
        size_b = (second.shape[1], second.shape[0])
    proof = prepare(match.evidence, size_a, size_b)
    sheet, frame_a, frame_b = _lay_out(first, second, size_a, size_b)
    _draw_footprint(sheet, frame_a.place(proof.footprint_a))
    _draw_footprint(sheet, frame_b.place(proof.footprint_b))
    _draw_lines(sheet, proof, frame_a, frame_b, limit)
    _write_caption(sheet, match, proof, limit)
    return sheet


def _lay_out(first: Pixels, second: Pixels, size_a: Size, size_b: Size) -> tuple[Pixels, _Frame, _Frame]:
    """Puts both pictures on one sheet, each as large as fits a square of SIDE pixels."""
    shown = [_fitted(first), _fitted(second)]
    height = max(picture.shape[0] for picture in shown)
    width = sum(picture.shape[1] for picture in shown) + 3 * _MARGIN
    sheet = np.empty((height + 2 * _MARGIN + _CAPTION, max(width, 640), 3), np.uint8)
    sheet[:] = _GROUND
    frames = []
    left = (sheet.shape[1] - width) // 2 + _MARGIN
    for picture, size in zip(shown, (size_a, size_b), strict=True):
        rows, columns = picture.shape[:2]
        top = _MARGIN + (height - rows) // 2
        sheet[top : top + rows, left : left + columns] = picture
        frames.append(_Frame(left, top, (columns / size[0], rows / size[1])))
        left += columns + _MARGIN
    return sheet, frames[0], frames[1]


def _fitted(pixels: Pixels) -> Pixels:
    """The picture with a long side of SIDE pixels; small ones are enlarged to keep lines apart."""
    scale = SIDE / max(pixels.shape[:2])
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)


def _fixed(points: Points) -> NDArray[np.int32]:
    """Points in OpenCV's fixed-point coordinates."""
    return np.asarray(np.round(points * (1 << _SHIFT)), np.int32)


def _draw_footprint(sheet: Pixels, polygon: Points) -> None:
    """A dark stroke under a light one, which shows on any photo."""
    if not len(polygon):
        return
    outline = [_fixed(polygon)]
    cv2.polylines(sheet, outline, True, _DARK, 5, cv2.LINE_AA, _SHIFT)
    cv2.polylines(sheet, outline, True, _FOOTPRINT, 2, cv2.LINE_AA, _SHIFT)


def _draw_lines(sheet: Pixels, proof: Proof, frame_a: _Frame, frame_b: _Frame, limit: int) -> None:
    chosen = proof.agreeing[: max(0, limit)]
    starts = _fixed(frame_a.place(proof.points_a[chosen]))
    ends = _fixed(frame_b.place(proof.points_b[chosen]))
    colors = [_GRAY if proof.homography is None else tuple(map(int, proof.colors[index])) for index in chosen]
    for start, end in zip(starts, ends, strict=True):
        cv2.line(sheet, start.tolist(), end.tolist(), _DARK, 4, cv2.LINE_AA, _SHIFT)
    for start, end, color in zip(starts, ends, colors, strict=True):
        cv2.line(sheet, start.tolist(), end.tolist(), color, 2, cv2.LINE_AA, _SHIFT)
        for point in (start.tolist(), end.tolist()):
            cv2.circle(sheet, point, 6 << _SHIFT, _DARK, -1, cv2.LINE_AA, _SHIFT)
            cv2.circle(sheet, point, 5 << _SHIFT, color, -1, cv2.LINE_AA, _SHIFT)


def turned_round(evidence: Evidence) -> Evidence:
    """The same evidence told from B to A.

    Args:
        evidence: A to B.

    Returns:
        B to A; without a homography where it cannot be inverted.
    """
    back = None
    if evidence.homography is not None and abs(float(np.linalg.det(evidence.homography))) > 1e-12:
        back = np.asarray(np.linalg.inv(evidence.homography), np.float64)
        back = back / back[2, 2] if back[2, 2] else back
    return replace(
        evidence,
        points_a=evidence.points_b,
        points_b=evidence.points_a,
        homography=back,
        coverage_a=evidence.coverage_b,
        coverage_b=evidence.coverage_a,
    )


def as_png(pixels: Pixels) -> bytes:
    """A picture as the bytes of a PNG file.

    Args:
        pixels: (H, W, 3) uint8 RGB.
    """
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not done:
        raise ExportError("The picture cannot be written as PNG.")
    return data.tobytes()


def sentence(match: Match) -> str:
    """What the evidence of a match amounts to, in one line.

    Args:
        match: Any match.

    Returns:
        Its words with the count of agreeing keypoints, or the reason why it was rejected.
    """
    evidence = match.evidence
    total = max(len(evidence.inliers), evidence.inlier_count)
    parts = [match.words] if match.words else []
    if not evidence.accepted:
        parts.append(evidence.reason)
    if evidence.basis == "keypoints" and total:
        known = len(evidence.inliers) > 0
        agree = f"{evidence.inlier_count:,} of {total:,}" if known else f"{evidence.inlier_count:,}"
        parts.append(f"{agree} matched keypoints agree")
    text = " \N{MIDDLE DOT} ".join(parts) or "No evidence is kept for this pair"
    return text[:1].upper() + text[1:]


def _write_caption(sheet: Pixels, match: Match, proof: Proof, limit: int) -> None:
    """The sentence at the left under the pictures, the scale of the lines under it."""
    from PIL import Image, ImageDraw, ImageFont

    top = sheet.shape[0] - _CAPTION
    strip = Image.fromarray(sheet[top:])
    pen = ImageDraw.Draw(strip)
    pen.text((_MARGIN, -4), sentence(match), fill=_INK, font=ImageFont.load_default(32))
    small = ImageFont.load_default(22)
    shown = min(len(proof.agreeing), max(0, limit))
    if shown and proof.homography is not None:
        ramp = np.arange(160) / 160 * proof.top
        bar = np.broadcast_to(colormap.of_residuals(ramp, proof.top), (14, 160, 3))
        strip.paste(Image.fromarray(np.ascontiguousarray(bar)), (_MARGIN, 53))
        text = f"0 to {proof.top:g} px off, {shown} lines shown"
        pen.text((_MARGIN + 174, 46), text, fill=_FAINT, font=small)
    sheet[top:] = np.asarray(strip)
