"""What a plot is made of: its axes, its curves, and the round numbers along them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from app import words

_TICKS = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        title: What it counts.
        low: Its first value, or None for the least there is.
        high: Its last value, or None for the greatest there is.
        text: Writes a value.
        logarithmic: Whether equal steps multiply; for values above 0.
        whole: Whether only whole numbers are written at it.
    """

    title: str
    low: float | None = None
    high: float | None = None
    text: Callable[[float], str] = field(default=lambda value: words.locale().toString(float(value), "g", 3))
    logarithmic: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One curve.

    Attributes:
        name: In the legend.
        points: (x, y) in order of x.
        colour: Its place among the colours; the dash changes where they are used up.
        right: Whether it belongs to the axis on the right.
        marks: Whether every point is marked.
        joined: Whether a line leads from point to point.
        labels: What a point is called when the pointer is near, one for each, or none.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    colour: int = 0
    right: bool = False
    marks: bool = False
    joined: bool = True
    labels: tuple[str, ...] = ()


def round_values(low: float, high: float, whole: bool) -> list[float]:
    """Round numbers from low to high, some five of them."""
    raw = (high - low) / _TICKS
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    step = max(1.0, step) if whole else step
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def decades(low: float, high: float) -> list[float]:
    """1, 2 and 5 times every power of ten between low and high; powers alone where those are many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = (1, 2, 5) if len(powers) <= 4 else (1,)
    return [value for power in powers for factor in factors if low <= (value := factor * 10.0**power) <= high]
