"""Who might be a copy of whom: pairs nominated by hashes and by descriptors, generously, for geometry to decide.

Contents are addressed by their place in the given sequence, which is in order of the digests; so the same library
nominates the same pairs, however often its catalog was interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import miniature
from core.catalog import Catalog, Content
from core.describing import feature_key
from core.features import registry
from core.features.base import REGIONS, MethodInfo, Metric
from core.features.pdq import LEAST_QUALITY, ORIENTATIONS
from core.miniature import Miniature
from core.ranking import library_whitening
from core.vectors.neighbours import nearest_by_cosine, within_hamming

_HASHES = len(ORIENTATIONS)
_HASH_BYTES = 32
_REGION_BLOCK = 2048


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A nominated pair, closest first when sorted.

    Attributes:
        distance: [0, 1], 0 for equal.
        first: Place of content A.
        second: Place of content B, larger than ``first``.
        orientation: Quarter turns and mirroring that make A look like B, where hashes say so.
    """

    distance: float
    first: int
    second: int
    orientation: tuple[int, bool] | None = None


def near_hashes(catalog: Catalog, contents: Sequence[Content], radius: int) -> list[Candidate]:
    """Pairs whose PDQ hashes are near in any of the eight orientations, the nearest of these for each pair.

    Flat pictures hash to noise; they nominate nothing.
    """
    places, hashes = load_hashes(catalog, contents)
    if len(places) < 2:
        return []
    found = within_hamming(hashes.reshape(-1, _HASH_BYTES), hashes[:, 0], radius)
    best: dict[tuple[int, int], tuple[float, int]] = {}
    rows, orientations = np.divmod(found.queries, _HASHES)
    # Each pair is found from both sides; from its first picture the orientation reads as A to B.
    chosen = rows < found.found
    for row, orientation, column, distance in zip(
        rows[chosen].tolist(),
        orientations[chosen].tolist(),
        found.found[chosen].tolist(),
        found.values[chosen].tolist(),
        strict=True,
    ):
        pair = (row, column)
        if pair not in best or (distance, orientation) < best[pair]:
            best[pair] = (distance, orientation)
    return sorted(
        Candidate(distance / 256, int(places[row]), int(places[column]), ORIENTATIONS[orientation])
        for (row, column), (distance, orientation) in best.items()
    )


def load_hashes(catalog: Catalog, contents: Sequence[Content]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """The places of the contents whose PDQ can be trusted, and their (N, 8, 32) uint8 hashes."""
    place = {content.id: number for number, content in enumerate(contents)}
    with catalog.reading():
        rows: list[tuple[int, bytes]] = [
            (place[number], data)
            for number, data in catalog.features(registry.methods()["pdq"].key, list(place))
            if data[-1] >= LEAST_QUALITY
        ]
        rows.sort()
        packed = np.frombuffer(b"".join(data[:-1] for _, data in rows), np.uint8)
        return np.array([number for number, _ in rows], np.int64), packed.reshape(len(rows), _HASHES, _HASH_BYTES)


def load_miniatures(catalog: Catalog, contents: Sequence[Content], places: set[int]) -> dict[int, Miniature]:
    """The miniatures of those contents that have one, by place."""
    number = {contents[place].id: place for place in places}
    rows = catalog.features(miniature.KEY, list(number))
    with catalog.reading():
        return {number[key]: Miniature.unpack(data) for key, data in rows}


def similar(
    catalog: Catalog, contents: Sequence[Content], method: str, count: int, threshold: float
) -> list[Candidate]:
    """Pairs whose descriptors are similar: for each content its most similar ones above the threshold."""
    places, descriptors = load_descriptors(catalog, contents, registry.methods()[method])
    if len(places) < 2:
        return []
    found = nearest_by_cosine(descriptors, descriptors, count + 1, threshold)
    best: dict[tuple[int, int], float] = {}
    for row, column, value in zip(found.queries.tolist(), found.found.tolist(), found.values.tolist(), strict=True):
        if row != column:
            pair = (min(row, column), max(row, column))
            best[pair] = max(value, best.get(pair, -1.0))
    return sorted(
        # Rounded, as the last bits of a sum depend on the block in which it was computed.
        Candidate(round(1 - value, 5), int(places[row]), int(places[column]))
        for (row, column), value in best.items()
    )


def similar_regions(
    catalog: Catalog, contents: Sequence[Content], method: str, count: int, threshold: float
) -> list[Candidate]:
    """Pairs in which a region of one picture looks like the whole of the other: pasted, framed, collaged.

    Every region asks for itself, so that the parts of a collage do not compete for one list.
    """
    places, whole = load_descriptors(catalog, contents, registry.methods()[method])
    owners, regions = _load_regions(catalog, contents, method, whole.shape[1])
    if len(places) < 2 or not len(owners):
        return []
    best: dict[tuple[int, int], float] = {}
    per_picture = regions.shape[1]
    for start in range(0, len(owners), _REGION_BLOCK):
        block = regions[start : start + _REGION_BLOCK].reshape(-1, whole.shape[1]).astype(np.float32)
        found = nearest_by_cosine(block, whole, count, threshold)
        rows = owners[start + found.queries // per_picture]
        for row, column, value in zip(rows.tolist(), places[found.found].tolist(), found.values.tolist(), strict=True):
            if row != column:
                pair = (min(row, column), max(row, column))
                best[pair] = max(value, best.get(pair, -1.0))
    return sorted(Candidate(round(1 - value, 5), first, second) for (first, second), value in best.items())


def _load_regions(
    catalog: Catalog, contents: Sequence[Content], method: str, dimension: int
) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    """The places of the contents with regions, and their (N, R, D) float16 descriptors."""
    place = {content.id: number for number, content in enumerate(contents)}
    rows = sorted(
        (place[number], data) for number, data in catalog.features(feature_key(method + REGIONS), list(place))
    )
    with catalog.reading():
        packed = np.frombuffer(b"".join(data for _, data in rows), "<f2")
        count = len(packed) // (dimension * max(1, len(rows)))
        return np.array([number for number, _ in rows], np.int64), packed.reshape(len(rows), count, dimension)


def load_descriptors(
    catalog: Catalog, contents: Sequence[Content], info: MethodInfo
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The places of the described contents and their (N, D) float32 descriptors, ready for cosine similarity.

    Descriptors of a network that was not trained for copies are whitened, on this very library.
    """
    if info.metric is Metric.HAMMING:
        raise ValueError(f"{info.name} has binary descriptors")
    place = {content.id: number for number, content in enumerate(contents)}
    rows = sorted((place[number], data) for number, data in catalog.features(info.key, list(place)))
    if not rows:
        return np.zeros(0, np.int64), np.zeros((0, info.dimension), np.float32)
    with catalog.reading():
        packed = np.frombuffer(b"".join(data for _, data in rows), "<f2")
        descriptors = packed.reshape(len(rows), info.dimension).astype(np.float32)
    places = np.array([number for number, _ in rows], np.int64)
    whitening = library_whitening(catalog, contents, info, descriptors)
    return places, descriptors if whitening is None else whitening.apply(descriptors)
