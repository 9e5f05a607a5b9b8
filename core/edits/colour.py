"""Edits that change values and move nothing: light, colour, blur, noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.edits.base import (
    Edit,
    Edited,
    EditFunction,
    chance,
    clipped,
    in_place,
    integer,
    resize,
    size,
    uniform,
)
from core.features.base import Pixels

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def _table(pixels: Pixels, values: NDArray[np.floating]) -> Pixels:
    """Look every channel up in a table of 256 values."""
    return np.asarray(cv2.LUT(pixels, clipped(values)), np.uint8)


def _ramp() -> NDArray[np.float32]:
    return np.arange(256, dtype=np.float32)


def _brightness(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    gain, offset = uniform(rng, 0.4, 1.7), uniform(rng, -25, 25)
    return in_place(_table(pixels, _ramp() * gain + offset), gain=round(gain, 3), offset=round(offset, 1))


def _contrast(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    factor, centre = uniform(rng, 0.35, 2.0), float(pixels.mean())
    return in_place(_table(pixels, (_ramp() - centre) * factor + centre), factor=round(factor, 3))


def _gamma(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    power = float(np.exp(uniform(rng, -0.8, 0.8)))
    return in_place(_table(pixels, 255 * (_ramp() / 255) ** power), power=round(power, 3))


def _grey_of(pixels: Pixels) -> NDArray[np.float32]:
    """(H, W, 1) float32 luma."""
    return np.asarray(pixels.astype(np.float32) @ _LUMA)[..., None]


def _saturation(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    factor, grey = uniform(rng, 0.2, 2.4), _grey_of(pixels)
    return in_place(clipped(grey + (pixels - grey) * factor), factor=round(factor, 3))


def _hue(low: int, high: int) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        degrees = integer(rng, low, high) * (1 if chance(rng) else -1)
        values = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
        values[..., 0] = (values[..., 0].astype(np.int16) + degrees // 2) % 180
        return in_place(np.asarray(cv2.cvtColor(values, cv2.COLOR_HSV2RGB), np.uint8), degrees=degrees)

    return edit


def _grey(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    return in_place(np.repeat(clipped(_grey_of(pixels)), 3, axis=2))


def _duotone(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """Gray between a dark and a light colour; sepia is the usual one."""
    sepia = chance(rng, 0.6)
    dark = np.array([25, 12, 0] if sepia else rng.integers(0, 90, 3), np.float32)
    light = np.array([255, 240, 200] if sepia else rng.integers(160, 256, 3), np.float32)
    share = _grey_of(pixels) / 255
    return in_place(clipped(dark + (light - dark) * share), sepia=sepia)


def _balance(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    gains = np.exp(rng.uniform(-0.35, 0.35, 3)).astype(np.float32)
    return in_place(clipped(pixels * gains), gains=np.round(gains, 3).tolist())


def _filter(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A phone filter: an S curve, lifted blacks, a tint and darker corners."""
    width, height = size(pixels)
    bend, lift = uniform(rng, 0.0, 0.8), uniform(rng, 0, 40)
    curve = _ramp() / 255
    curve = (1 - bend) * curve + bend * curve * curve * (3 - 2 * curve)
    tint = np.exp(rng.uniform(-0.2, 0.2, 3)).astype(np.float32)
    toned = _table(pixels, lift + curve * (255 - lift)) * tint
    across = np.linspace(-1, 1, width, dtype=np.float32) ** 2
    down = np.linspace(-1, 1, height, dtype=np.float32) ** 2
    corners = 1 - uniform(rng, 0.0, 0.3) * (across[None, :] + down[:, None])
    return in_place(clipped(toned * corners[..., None]), bend=round(bend, 3), lift=round(lift, 1))


def _posterize(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    step = int(rng.choice([32, 43, 51, 64, 85]))
    return in_place(_table(pixels, (_ramp() // step) * step + step / 2), step=step)


def _equalize(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """Local contrast, as "auto enhance" does it."""
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    limit = uniform(rng, 1.5, 5.0)
    lab[..., 0] = cv2.createCLAHE(limit, (4, 4)).apply(np.ascontiguousarray(lab[..., 0]))
    return in_place(np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8), limit=round(limit, 2))


def _invert(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    return in_place(255 - pixels)


def _blur(low: float, high: float) -> EditFunction:
    """Gaussian blur; sigma is a share of the short side, so it looks alike at every size."""

    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        sigma = max(0.5, uniform(rng, low, high) * min(size(pixels)))
        return in_place(np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8), sigma=round(sigma, 2))

    return edit


def _motion(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    length = max(3, round(min(size(pixels)) * uniform(rng, 0.02, 0.06))) | 1
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1.0
    centre = ((length - 1) / 2, (length - 1) / 2)
    turn = cv2.getRotationMatrix2D(centre, uniform(rng, 0, 180), 1.0)
    turned = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    return in_place(np.asarray(cv2.filter2D(pixels, -1, turned / turned.sum()), np.uint8), length=length)


def _noise(low: float, high: float) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        deviation, grey = uniform(rng, low, high), chance(rng, 0.3)
        shape = (*pixels.shape[:2], 1) if grey else pixels.shape
        grain = rng.standard_normal(shape, np.float32) * np.float32(deviation)
        return in_place(clipped(pixels + grain), deviation=round(deviation, 1), grey=grey)

    return edit


def _speckle(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    share = uniform(rng, 0.005, 0.06)
    drawn, result = rng.random(pixels.shape[:2], np.float32), pixels.copy()
    result[drawn < share / 2] = 0
    result[drawn > 1 - share / 2] = 255
    return in_place(result, share=round(share, 4))


def _sharpen(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    amount = uniform(rng, 0.6, 2.5)
    soft = cv2.GaussianBlur(pixels, (0, 0), max(0.7, min(size(pixels)) * 0.006))
    return in_place(clipped(pixels + amount * (pixels.astype(np.float32) - soft)), amount=round(amount, 2))


def _pixelate(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    width, height = size(pixels)
    cells = integer(rng, 28, 72)
    scale = cells / min(width, height)
    small, _ = resize(pixels, max(2, round(width * scale)), max(2, round(height * scale)))
    return in_place(
        np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8), cells=cells
    )


def _median(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A painting-like smoothing."""
    radius = int(rng.choice([3, 5]))
    return in_place(np.asarray(cv2.medianBlur(pixels, radius), np.uint8), radius=radius)


EDITS = (
    Edit("brightness", "colour", 1, 0, _brightness),
    Edit("contrast", "colour", 1, 0, _contrast),
    Edit("gamma", "colour", 1, 0, _gamma),
    Edit("saturation", "colour", 1, 0, _saturation),
    Edit("hue", "colour", 2, 0, _hue(5, 45)),
    Edit("hue-strong", "colour", 3, 0, _hue(45, 180)),
    Edit("grey", "colour", 1, 0, _grey),
    Edit("duotone", "colour", 2, 0, _duotone),
    Edit("balance", "colour", 1, 0, _balance),
    Edit("filter", "colour", 2, 0, _filter),
    Edit("posterize", "colour", 3, 0, _posterize),
    Edit("equalize", "colour", 2, 0, _equalize),
    Edit("invert", "colour", 4, 0, _invert),
    Edit("blur", "quality", 2, 0, _blur(0.003, 0.01)),
    Edit("blur-strong", "quality", 4, 0, _blur(0.01, 0.025)),
    Edit("motion", "quality", 3, 0, _motion),
    Edit("noise", "quality", 2, 0, _noise(4, 20)),
    Edit("noise-strong", "quality", 4, 0, _noise(20, 50)),
    Edit("speckle", "quality", 3, 0, _speckle),
    Edit("sharpen", "quality", 1, 0, _sharpen),
    Edit("pixelate", "quality", 4, 0, _pixelate),
    Edit("median", "quality", 2, 0, _median),
)
