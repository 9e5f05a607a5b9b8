"""Several edits in a row, as copies gather them on their way through the web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.edits import colour, encoding, frames, geometry, overlays
from core.edits.base import Edit, Edited, EditFunction, then
from core.features.base import Pixels

_TOO_STRONG = frozenset(
    {
        "invert",
        "crop-small",
        "crop-strip",
        "enlarge",
        "blur-strong",
        "noise-strong",
        "stickers",
        "perspective-strong",
    }
)
_STEPS = tuple(
    edit
    for module in (encoding, geometry, colour, overlays, frames)
    for edit in module.EDITS
    if edit.name not in _TOO_STRONG
)
_LEAST_KEPT = 0.15


def _named(edit: Edit, pixels: Pixels, rng: np.random.Generator) -> Edited:
    """One step, its name among its parameters."""
    step = edit.function(pixels, rng, ())
    return replace(step, parameters={"edit": edit.name, **step.parameters})


def chain(pixels: Pixels, rng: np.random.Generator, count: int) -> Edited:
    """``count`` edits in a row, each family at most twice; at least 15% of the picture stay."""
    done: Edited | None = None
    steps: list[object] = []
    used: list[str] = []
    for _ in range(40):
        if len(steps) == count:
            break
        edit = _STEPS[int(rng.integers(len(_STEPS)))]
        if used.count(edit.family) >= 2:
            continue
        step = _named(edit, pixels if done is None else done.pixels, rng)
        joined = step if done is None else then(done, step)
        if joined.kept < _LEAST_KEPT or min(joined.pixels.shape[:2]) < 48 <= min(pixels.shape[:2]):
            continue
        done = joined
        used.append(edit.family)
        steps.append(step.parameters)
    assert done is not None, "forty draws always find a first step"
    return replace(done, parameters={"steps": steps})


def _chain(count: int) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        return chain(pixels, rng, count)

    return edit


EDITS = (
    Edit("chain-2", "chain", 3, 0, _chain(2)),
    Edit("chain-3", "chain", 4, 0, _chain(3)),
    Edit("chain-4", "chain", 5, 0, _chain(4)),
    Edit("chain-5", "chain", 5, 0, _chain(5)),
)
