"""Compressed and accelerated search over unit descriptors, through faiss behind one small interface.

Product quantisers have 4 bits for a part here: 16 centroids learn in no time and from few pictures, where the
256 of the usual 8 bits take minutes and want ten thousand.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.records import MethodError

_Floats = NDArray[np.float32]

_SEED = 20_110_101
_ROUNDS = 10
_LEAST_SAMPLES, _MOST_SAMPLES = 1024, 10_000
_BEAM = 64
"""Nodes that a search in a graph keeps in view."""


class VectorIndex(Protocol):
    """Descriptors of a library, ready to be searched."""

    bytes_per_vector: float
    """Size of the index by the number of descriptors, what all of them share not counted."""

    def search(self, queries: _Floats, count: int) -> tuple[_Floats, NDArray[np.int64]]:
        """Find the most similar descriptors.

        Args:
            queries: (Q, D) float32 of unit norm.
            count: How many for each.

        Returns:
            (Q, count) float32 similarities, larger is closer, and (Q, count) int64 rows; -1 where there are no
            more.
        """
        ...


def build_index(name: str, parameter: int, base: _Floats) -> VectorIndex:
    """Train and fill an index.

    Args:
        name: "flat", "pq", "opq", "sq", "ivf", "ivf-pq", "hnsw" or "binary".
        parameter: Bytes for a picture, lists looked into, links or bits, as the index has it; no matter for others.
        base: (N, D) float32 of unit norm, N at least 1.

    Raises:
        MethodError: There is no such index, or the number does not fit.
    """
    if name not in _MAKERS:
        raise MethodError(f"There is no index {name!r}; there are {', '.join(_MAKERS)}.")
    return _MAKERS[name](np.ascontiguousarray(base, np.float32), parameter)


class _FaissIndex:
    """An index of faiss over float descriptors by inner product.

    Args:
        index: Trained and filled.
        width: Length of its descriptors; shorter ones are filled up with zeros.
        bytes_per_vector: See ``VectorIndex``.
    """

    def __init__(self, index: Any, width: int, bytes_per_vector: float) -> None:
        self._index = index
        self._width = width
        self.bytes_per_vector = bytes_per_vector

    def search(self, queries: _Floats, count: int) -> tuple[_Floats, NDArray[np.int64]]:
        """See ``VectorIndex``."""
        values, found = self._index.search(_widened(queries, self._width), min(count, self._index.ntotal))
        return np.asarray(values, np.float32), np.asarray(found, np.int64)


class _BinaryIndex:
    """Signs of rotated descriptors, (N, B) uint8, compared by Hamming distance.

    Args:
        base: (N, D) float32.
        mean: (D,) float32 that is taken off first.
        rotation: (D, bits) float32.
    """

    def __init__(self, base: _Floats, mean: _Floats, rotation: _Floats) -> None:
        import faiss

        self._mean, self._rotation = mean, rotation
        self._bits = rotation.shape[1]
        self._index = faiss.IndexBinaryFlat(self._bits)
        self._index.add(self._signs(base))
        self.bytes_per_vector = self._bits / 8

    def search(self, queries: _Floats, count: int) -> tuple[_Floats, NDArray[np.int64]]:
        """See ``VectorIndex``; the similarity is the share of equal bits."""
        distances, found = self._index.search(self._signs(queries), min(count, self._index.ntotal))
        return np.asarray(1 - distances / self._bits, np.float32), np.asarray(found, np.int64)

    def _signs(self, vectors: _Floats) -> NDArray[np.uint8]:
        return np.packbits((vectors - self._mean) @ self._rotation > 0, axis=1)


# ---------------------------------------------------------------------- one maker for each


def _flat(base: _Floats, _: int) -> VectorIndex:
    return _filled("Flat", base, base.shape[1], 4 * base.shape[1])


def _scalar(base: _Floats, _: int) -> VectorIndex:
    return _filled("SQ8", base, base.shape[1], base.shape[1])


def _product(base: _Floats, size: int) -> VectorIndex:
    parts = 2 * size
    return _filled(f"PQ{parts}x4fs", base, _multiple(base.shape[1], parts), size)


def _optimised_product(base: _Floats, size: int) -> VectorIndex:
    import faiss

    parts = 2 * size
    width = _multiple(base.shape[1], parts)
    rotation = faiss.OPQMatrix(width, parts)
    # Left to itself it learns with 8 bits, which takes minutes.
    quantizer = faiss.ProductQuantizer(width, parts, 4)
    rotation.pq, rotation.niter, rotation.niter_pq, rotation.niter_pq_0 = quantizer, _ROUNDS, 4, 10
    index = faiss.IndexPreTransform(rotation, faiss.index_factory(width, f"PQ{parts}x4fs", faiss.METRIC_INNER_PRODUCT))
    return _trained(index, base, width, size)


def _inverted(base: _Floats, probes: int) -> VectorIndex:
    index = _filled(f"IVF{_lists(len(base))},Flat", base, base.shape[1], 4 * base.shape[1] + 8)
    index._index.nprobe = probes
    return index


def _inverted_product(base: _Floats, size: int) -> VectorIndex:
    import faiss

    parts = 2 * size
    lists = _lists(len(base))
    index = _filled(f"IVF{lists},PQ{parts}x4fs", base, _multiple(base.shape[1], parts), size + 8)
    faiss.extract_index_ivf(index._index).nprobe = max(1, lists // 4)
    return index


def _graph(base: _Floats, links: int) -> VectorIndex:
    # The lowest layer has twice as many links, each a number of 4 bytes.
    index = _filled(f"HNSW{links},Flat", base, base.shape[1], 4 * base.shape[1] + 8 * links)
    index._index.hnsw.efSearch = _BEAM
    return index


def _binary(base: _Floats, bits: int) -> VectorIndex:
    """Principal components, turned so that their signs lose least (Gong and Lazebnik 2011)."""
    if bits % 8:
        raise MethodError(f"binary@{bits}: the number of bits has to be a multiple of 8.")
    mean = base.mean(axis=0)
    sample = (base - mean)[:: max(1, len(base) // _MOST_SAMPLES)]
    directions = _random_rotation(base.shape[1], bits)
    if bits <= min(base.shape[1], len(sample) // 2):
        _, axes = np.linalg.eigh(sample.T @ sample)
        axes = np.asarray(axes[:, ::-1][:, :bits], np.float32)
        directions = axes @ _turned(sample @ axes)
    return _BinaryIndex(base, np.asarray(mean, np.float32), np.asarray(directions, np.float32))


def _turned(points: _Floats) -> _Floats:
    """(B, B), the rotation that brings (N, B) points close to corners of a cube."""
    rotation = _random_rotation(points.shape[1], points.shape[1])
    for _ in range(_ROUNDS):
        left, _, right = np.linalg.svd(points.T @ np.sign(points @ rotation))
        rotation = np.asarray(left @ right, np.float32)
    return rotation


def _random_rotation(width: int, count: int) -> _Floats:
    """(width, count) random directions, orthogonal as far as there is room (Charikar 2002)."""
    drawn = np.random.default_rng(_SEED).normal(size=(width, max(width, count)))
    return np.asarray(np.linalg.qr(drawn)[0] if count <= width else drawn, np.float32)[:, :count]


_MAKERS: Mapping[str, Callable[[_Floats, int], VectorIndex]] = {
    "flat": _flat,
    "pq": _product,
    "opq": _optimised_product,
    "sq": _scalar,
    "ivf": _inverted,
    "ivf-pq": _inverted_product,
    "hnsw": _graph,
    "binary": _binary,
}


def _filled(recipe: str, base: _Floats, width: int, bytes_per_vector: float) -> _FaissIndex:
    """An index by the words of faiss's factory, trained on what it holds."""
    import faiss

    return _trained(faiss.index_factory(width, recipe, faiss.METRIC_INNER_PRODUCT), base, width, bytes_per_vector)


def _trained(index: Any, base: _Floats, width: int, bytes_per_vector: float) -> _FaissIndex:
    vectors = _widened(base, width)
    with _one_thread():
        index.train(_sample(vectors))
    index.add(vectors)
    return _FaissIndex(index, width, bytes_per_vector)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Training is many small steps, in which threads would wait for each other most of the time."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _sample(vectors: _Floats) -> _Floats:
    """What to train on: some thousand, repeated where there are so few that faiss would refuse or complain."""
    repeats = -(-_LEAST_SAMPLES // len(vectors))
    if repeats > 1:
        return np.ascontiguousarray(np.tile(vectors, (repeats, 1)))
    return np.ascontiguousarray(vectors[:: max(1, len(vectors) // _MOST_SAMPLES)])


def _lists(count: int) -> int:
    """Inverted lists for so many descriptors: about the square root, so that lists hold as many as there are."""
    return max(1, min(4096, round(math.sqrt(count))))


def _multiple(width: int, parts: int) -> int:
    return -(-width // parts) * parts


def _widened(vectors: _Floats, width: int) -> _Floats:
    missing = width - vectors.shape[1]
    filled = np.pad(vectors, ((0, 0), (0, missing))) if missing else vectors
    return np.ascontiguousarray(filled, np.float32)
