"""Descriptors of a whole library, ready to be compared with those of queries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.catalog import Catalog, Content
from core.describing import instance
from core.features import registry
from core.features.base import MethodInfo, Metric, TrainableMethod
from core.features.pdq import ORIENTATIONS
from core.packing import unpack_keypoints
from core.records import MethodError
from core.vectors.distances import similarities
from core.vectors.whitening import Whitening, fit_whitening

_MOST_PICTURES_LEARNED = 2000

Vectors: TypeAlias = NDArray[np.float32] | NDArray[np.uint8]


class Ranking:
    """Ranks a library's contents by one method.

    Args:
        catalog: Where the features are.
        contents: The library, in order of the digests.
        method: Name of a global method.
        metric: Another way to compare than the method's own, or None.
        dimension: Dimensions to whiten to, 0 for no whitening, or None for what the method says of itself.

    Attributes:
        places: (N,) int64, which of the contents have a descriptor.
        base: (N, D) their descriptors, whitened where that was asked for.

    Raises:
        MethodError: There is no such method, or it has no descriptor for a whole picture.
    """

    def __init__(
        self,
        catalog: Catalog,
        contents: Sequence[Content],
        method: str,
        metric: Metric | None = None,
        dimension: int | None = None,
    ) -> None:
        self.info = _global_info(method)
        self.metric = metric or self.info.metric
        self._trained = _trained(catalog, contents, method)
        self.places, base = self._load(catalog, contents)
        self._whitening = _whitening(catalog, contents, self.info, base, dimension)
        self.base = base if self._whitening is None else self._whitening.apply(np.asarray(base, np.float32))

    def _load(self, catalog: Catalog, contents: Sequence[Content]) -> tuple[NDArray[np.int64], Vectors]:
        place = {content.id: number for number, content in enumerate(contents)}
        key = stored_key(self.info.name)
        rows = sorted((place[number], data) for number, data in catalog.features(key, list(place)))
        places = np.array([number for number, _ in rows], np.int64)
        vectors = [self.unpack(data) for _, data in rows]
        if not vectors:
            return places, np.zeros((0, self.info.dimension), np.float32)
        return places, _stacked(vectors, self.info)

    def unpack(self, data: bytes) -> Vectors:
        """A stored feature as (D,) descriptor."""
        if self._trained is not None:
            return self._trained.aggregate(unpack_keypoints(data).descriptors)
        if self.info.metric is Metric.HAMMING:
            # PDQ is stored in all orientations and with its quality; the first is the picture as it stands.
            return np.frombuffer(data, np.uint8)[: self.info.dimension]
        return np.frombuffer(data, "<f2").astype(np.float32)

    def similarities(self, data: bytes) -> NDArray[np.float32]:
        """Compare a query with the library.

        Args:
            data: The query's feature, as it would be stored.

        Returns:
            (N,) float32 for ``places``, larger is closer; in [0, 1] but for cosine, correlation and L2.
        """
        return np.asarray(self.compared([data])[0], np.float32)

    def compared(self, features: Sequence[bytes]) -> NDArray[np.float32]:
        """(Q, N) float32, likewise for several queries at once."""
        if not len(self.places):
            return np.zeros((len(features), 0), np.float32)
        if self.info.name == "pdq":
            return np.stack([self._turned(data) for data in features])
        return similarities(self.metric, self.vectors(features), self.base)

    def vectors(self, features: Sequence[bytes]) -> Vectors:
        """(Q, D), the descriptors of queries, whitened as those of the library are."""
        stacked = _stacked([self.unpack(data) for data in features], self.info)
        return stacked if self._whitening is None else self._whitening.apply(np.asarray(stacked, np.float32))

    def _turned(self, data: bytes) -> NDArray[np.float32]:
        """(N,), the best of the eight orientations of a query."""
        turned = np.frombuffer(data[:-1], np.uint8).reshape(len(ORIENTATIONS), -1)
        return np.asarray(similarities(self.metric, turned, self.base).max(axis=0), np.float32)


def _stacked(vectors: Sequence[Vectors], info: MethodInfo) -> Vectors:
    """(N, D) in the type of the method."""
    stacked = np.stack(vectors)
    return np.asarray(stacked, np.uint8) if info.metric is Metric.HAMMING else np.asarray(stacked, np.float32)


def stored_key(method: str) -> str:
    """The key under which the catalog has what a method needs: its own, or that of its keypoints."""
    return registry.methods()[stored_method(method)].key


def stored_method(method: str) -> str:
    """The method that pictures have to be described with, so that this one can rank.

    Raises:
        MethodError: There is no such method.
    """
    known = registry.methods()
    if method not in known:
        registry.create(method)
    made = instance(method)
    return made.local if isinstance(made, TrainableMethod) else method


def _global_info(method: str) -> MethodInfo:
    made = instance(method)
    if not hasattr(made, "describe"):
        raise MethodError(f"{method} has keypoints only and cannot rank; leave --method out to use it.")
    return made.info


def _trained(catalog: Catalog, contents: Sequence[Content], method: str) -> TrainableMethod | None:
    """A method that learns from the library, fitted: once for each set of contents, then from the catalog."""
    if not isinstance(instance(method), TrainableMethod):
        return None
    # Not the shared instance: another thread may rank another library, whose codebook is another.
    made = registry.create(method)
    if not isinstance(made, TrainableMethod):
        return None
    name = f"{made.info.key}:{_fingerprint(contents)}"
    stored = catalog.model(name)
    if stored is None:
        made.fit(list(_sample(catalog, contents, registry.methods()[made.local].key)))
        catalog.store_model(name, made.dumps())
    else:
        made.loads(stored)
    return made


def _sample(catalog: Catalog, contents: Sequence[Content], key: str) -> Iterable[NDArray[np.uint8]]:
    step = max(1, len(contents) // _MOST_PICTURES_LEARNED)
    ids = [content.id for content in contents[::step]]
    order = {number: place for place, number in enumerate(ids)}
    rows = sorted((order[number], data) for number, data in catalog.features(key, ids))
    return [unpack_keypoints(data).descriptors for _, data in rows]


def library_whitening(
    catalog: Catalog, contents: Sequence[Content], info: MethodInfo, descriptors: Vectors
) -> Whitening | None:
    """The whitening of a library's descriptors, fitted once for each set of contents; None where there is no need."""
    if not info.whiten or not len(descriptors):
        return None
    name = f"whitening@1:{info.key}:{_fingerprint(contents)}"
    stored = catalog.model(name)
    if stored is not None:
        return Whitening.unpack(stored)
    whitening = fit_whitening(np.asarray(descriptors, np.float32))
    catalog.store_model(name, whitening.pack())
    return whitening


def _whitening(
    catalog: Catalog, contents: Sequence[Content], info: MethodInfo, descriptors: Vectors, dimension: int | None
) -> Whitening | None:
    """The whitening that was asked for, or that the method has by itself."""
    if dimension is None:
        return library_whitening(catalog, contents, info, descriptors)
    if not dimension or not len(descriptors):
        return None
    return fit_whitening(np.asarray(descriptors, np.float32), dimension)


def _fingerprint(contents: Sequence[Content]) -> str:
    return hashlib.blake2b(b"".join(content.digest for content in contents), digest_size=8).hexdigest()
