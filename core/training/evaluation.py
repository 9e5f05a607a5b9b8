"""How well copies of held-out pictures are found among other pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.edits import EDITS, apply, families
from core.features.base import Pixels
from core.training.metrics import Recall
from core.training.samples import read_picture, squared

if TYPE_CHECKING:
    from core.training.network import DescriptorNetwork

Describer = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""(N, S, S, 3) uint8 pictures to (N, D) and (N, R, D) unit descriptors; R may be 0."""

_SIDE = 160
_COPIES = 2
# Colour and encoding are left out: every network finds such copies, so the average would say less.
_FAMILIES = ("crop", "turn", "geometry", "overlay", "frame", "composite", "chain", "quality")


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Held-out pictures, copies of them and distractors, ready for the network.

    Attributes:
        gallery: (G, S, S, 3) uint8; the held-out pictures first.
        copies: (Q, S, S, 3) uint8.
        sources: (Q,) int64, which picture of the gallery each copy shows.
        edits: The edit of each copy.
    """

    gallery: NDArray[np.uint8]
    copies: NDArray[np.uint8]
    sources: NDArray[np.int64]
    edits: tuple[str, ...]


def make_held_out(
    held_out: Sequence[Path],
    distractors: Sequence[Path],
    guests: Sequence[Path],
    seed: int,
    copies: int = _COPIES,
    side: int = _SIDE,
) -> HeldOut:
    """Make the copies; every picture gets ``copies`` edits of families drawn in turn.

    Args:
        held_out: The pictures that are copied.
        distractors: Pictures among which they must be found.
        guests: Pictures that composites bring in; not among the distractors, for finding those would be
            right.
        seed: Draws the edits.
        copies: Of each picture.
        side: Of all pictures.
    """
    by_family = families()
    pictures = [read_picture(path) for path in held_out]
    made: list[Pixels] = []
    sources: list[int] = []
    names: list[str] = []
    for index, pixels in enumerate(pictures):
        for number in range(copies):
            rng = np.random.default_rng([seed, 2, index, number])
            family = _FAMILIES[(index * copies + number) % len(_FAMILIES)]
            name = str(rng.choice(by_family[family]))
            invited = [read_picture(guests[int(place)]) for place in rng.choice(len(guests), EDITS[name].needs)]
            made.append(squared(apply(name, pixels, rng, invited).pixels, side))
            sources.append(index)
            names.append(name)
    gallery = [squared(pixels, side) for pixels in pictures]
    gallery += [squared(read_picture(path), side) for path in distractors]
    return HeldOut(np.stack(gallery), np.stack(made), np.array(sources), tuple(names))


def describe(
    network: DescriptorNetwork, pictures: NDArray[np.uint8], device: str, bfloat16: bool, batch: int = 32
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(N, D) descriptors and (N, R, D) descriptors of regions of (N, S, S, 3) pictures."""
    import torch

    wholes, regions = [], []
    with torch.no_grad(), torch.autocast(device, torch.bfloat16, enabled=bfloat16):
        for place in range(0, len(pictures), batch):
            pixels = torch.from_numpy(pictures[place : place + batch]).to(device).permute(0, 3, 1, 2).float()
            whole, region = network(pixels)
            wholes.append(whole.float().cpu().numpy())
            regions.append(region.float().cpu().numpy())
    return np.concatenate(wholes), np.concatenate(regions)


def similarities(
    queries: tuple[NDArray[np.float32], NDArray[np.float32]],
    gallery: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(Q, G) cosine similarity of whole descriptors, and the best of whole against whole or region."""
    whole = queries[0] @ gallery[0].T
    best = whole.copy()
    for region in range(gallery[1].shape[1]):
        np.maximum(best, queries[0] @ gallery[1][:, region].T, out=best)
        np.maximum(best, queries[1][:, region] @ gallery[0].T, out=best)
    return whole, best


def ranks(similarity: NDArray[np.float32], sources: NDArray[np.int64]) -> NDArray[np.int64]:
    """(Q,) places of the sources, from 0; equals count against the source."""
    own = similarity[np.arange(len(sources)), sources]
    places: NDArray[np.int64] = (similarity >= own[:, None]).sum(1) - 1
    return places


def evaluate(network: DescriptorNetwork, held_out: HeldOut, device: str, bfloat16: bool) -> Recall:
    """Recall of the sources of all copies among the gallery, of a network that is being trained."""
    network.eval()
    return recall_of(lambda pictures: describe(network, pictures, device, bfloat16), held_out)


def recall_of(describer: Describer, held_out: HeldOut) -> Recall:
    """Recall of the sources of all copies among the gallery, of anything that describes pictures."""
    whole, best = similarities(describer(held_out.copies), describer(held_out.gallery))
    places, best_places = ranks(whole, held_out.sources), ranks(best, held_out.sources)
    family = np.array([EDITS[name].family for name in held_out.edits])
    by_family = {name: float((best_places[family == name] == 0).mean()) for name in dict.fromkeys(family.tolist())}
    wrong = whole.copy()
    wrong[np.arange(len(whole)), held_out.sources] = -1
    nearest = wrong.max(1)
    return Recall(
        float((places == 0).mean()),
        float((places < 10).mean()),
        float((best_places == 0).mean()),
        float((best_places < 10).mean()),
        by_family,
        float(np.median(nearest)),
        float(np.percentile(nearest, 99)),
    )
