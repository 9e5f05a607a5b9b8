"""The edits that people make to pictures, seeded and with the truth about each.

Used by the training of descriptors, by benchmarks, by the sample library and by tests. Every edit works
on (H, W, 3) uint8 RGB and says exactly where each pixel of the source went.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from core.edits import chains, colour, composites, encoding, frames, geometry, overlays
from core.edits.base import Edit, Edited, Homography, Placed
from core.features.base import Pixels
from core.records import MethodError

EDITS: Mapping[str, Edit] = MappingProxyType(
    {
        edit.name: edit
        for module in (encoding, geometry, colour, overlays, frames, composites, chains)
        for edit in module.EDITS
    }
)

__all__ = ["EDITS", "Edit", "Edited", "Homography", "Placed", "apply", "families"]


def families() -> dict[str, tuple[str, ...]]:
    """The names of all edits by family, in the order of the registry."""
    result: dict[str, tuple[str, ...]] = {}
    for edit in EDITS.values():
        result[edit.family] = (*result.get(edit.family, ()), edit.name)
    return result


def apply(name: str, pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels] = ()) -> Edited:
    """Edit a picture.

    Args:
        name: Which edit, a key of ``EDITS``.
        pixels: (H, W, 3) uint8 RGB, at least 16 x 16; not changed.
        rng: Draws all parameters; the same generator state gives the same result.
        others: Pictures for composites; made-up backdrops take their place when there are none.

    Returns:
        The picture and the truth about it.

    Raises:
        MethodError: There is no edit of that name.
    """
    edit = EDITS.get(name)
    if edit is None:
        raise MethodError(f"There is no edit called {name!r}; known are {', '.join(sorted(EDITS))}")
    return edit.function(pixels, rng, others)
