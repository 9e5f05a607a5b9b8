"""Rankings of a gallery, each by what one part of a specification says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.features.base import Metric
from core.ranking import Ranking, stored_key
from core.records import MethodError
from core.retrieval.fusion import reciprocal_rank, sum_of_scores
from core.retrieval.gallery import Gallery, Query
from core.retrieval.specification import Fusion, Single, Step
from core.retrieval.steps import VERIFIER, VOTED, Shelf
from core.retrieval.verification import Verifier, inliers
from core.retrieval.voting import Voting
from core.vectors.expansion import Diffusion, alpha_weights, augment, expand
from core.vectors.indexes import VectorIndex, build_index
from core.vectors.inverted_file import InvertedFile

_Floats = NDArray[np.float32]

_UNRANKED = -np.inf
_DEPTH = 100
"""Pictures that an index is asked for; it ranks no others."""
_VERIFIED = 20


class Ranker(Protocol):
    """Ranks the pictures of a gallery."""

    bytes_per_picture: float
    """What it keeps of a picture in memory."""

    def scores(self, queries: Sequence[Query]) -> _Floats:
        """(Q, N) float32 for the places of the gallery, larger is closer; minus infinity for what is not ranked."""
        ...


class DescriptorRanker:
    """Ranks by global descriptors, with whitening, an index and expansion where they are wanted.

    Args:
        gallery: Described by the method.
        one: Its method, metric and steps.

    Raises:
        MethodError: A step does not fit the library.
    """

    def __init__(self, gallery: Gallery, one: Single) -> None:
        whitening = one.step(Shelf.WHITENING)
        dimension = None if whitening is None else whitening.count
        self._ranking = Ranking(gallery.catalog, gallery.contents, one.method.name, one.metric, dimension)
        self._key = stored_key(one.method.name)
        self._count = len(gallery)
        self._expansion = one.step(Shelf.EXPANSION)
        self._verifier = Verifier(gallery, VERIFIER)
        self._base = self._augmented(one.step(Shelf.DATABASE))
        self._search = self._searched(one, one.step(Shelf.INDEX))

    def _augmented(self, step: Step | None) -> _Floats | NDArray[np.uint8]:
        base = self._ranking.base
        return base if step is None or not len(base) else augment(np.asarray(base, np.float32), step.count)

    def _searched(self, one: Single, step: Step | None) -> _Search:
        """What compares, and how much it keeps for a picture."""
        base = np.asarray(self._base, np.float32)
        self.bytes_per_picture = self._base.nbytes / max(1, len(base))
        if step is not None and len(base):
            index = build_index(step.info.name, step.count, base)
            self.bytes_per_picture = index.bytes_per_vector
            return _Indexed(index, len(base))
        if self._expansion is not None and self._expansion.info.name == "diffusion":
            return self._diffusion(base, self._expansion.count)
        if one.method.name == "bag-of-words" and one.step(*Shelf) is None:
            inverted = InvertedFile(base)
            self.bytes_per_picture = inverted.bytes_per_picture
            return inverted
        return _Exact(base)

    def _diffusion(self, base: _Floats, count: int) -> _Search:
        try:
            diffusion = Diffusion(base, count)
        except ValueError as error:
            raise MethodError(f"{error}; choose another expansion.") from error
        self.bytes_per_picture += diffusion.bytes_per_vector
        return diffusion

    def scores(self, queries: Sequence[Query]) -> _Floats:
        """See ``Ranker``."""
        features = [query.features[self._key] for query in queries]
        scores = np.full((len(queries), self._count), _UNRANKED, np.float32)
        if not len(self._ranking.places):
            return scores
        scores[:, self._ranking.places] = self._compared(queries, features)
        return scores

    def _compared(self, queries: Sequence[Query], features: Sequence[bytes]) -> _Floats:
        if self._ranking.metric is not Metric.COSINE:
            return self._ranking.compared(features)
        vectors = np.asarray(self._ranking.vectors(features), np.float32)
        found = self._search.similarities(vectors)
        if self._expansion is None or self._expansion.info.name == "diffusion":
            return found
        return self._search.similarities(self._expanded(queries, vectors, found, self._expansion))

    def _expanded(self, queries: Sequence[Query], vectors: _Floats, found: _Floats, step: Step) -> _Floats:
        depth = _VERIFIED if step.info.name == "verified-qe" else step.count
        nearest = np.argsort(-found, axis=1, kind="stable")[:, :depth].astype(np.int64)
        values = np.take_along_axis(found, nearest, axis=1)
        nearest[~np.isfinite(values)] = -1
        weights = np.ones_like(values)
        if step.info.name == "alpha-qe":
            weights = alpha_weights(np.where(nearest >= 0, values, 0))
        elif step.info.name == "verified-qe":
            weights = np.stack([self._confirmed(*pair, step.count) for pair in zip(queries, nearest, strict=True)])
        return expand(vectors, np.asarray(self._base, np.float32), nearest, weights)

    def _confirmed(self, query: Query, nearest: NDArray[np.int64], count: int) -> _Floats:
        """(K,) 1 for the first neighbours that keypoints confirm, at most ``count``, 0 for the others."""
        places = [int(self._ranking.places[row]) for row in nearest if row >= 0]
        accepted = np.zeros(len(nearest), np.float32)
        accepted[: len(places)] = inliers(self._verifier.evidence(query, places)) > 0
        return np.asarray(accepted * (np.cumsum(accepted) <= count), np.float32)


class _Search(Protocol):
    def similarities(self, queries: _Floats) -> _Floats: ...


class _Exact:
    """Cosine with every descriptor."""

    def __init__(self, base: _Floats) -> None:
        self._base = base

    def similarities(self, queries: _Floats) -> _Floats:
        return np.asarray(queries @ self._base.T, np.float32)


class _Indexed:
    """What an index finds first; it ranks nothing else."""

    def __init__(self, index: VectorIndex, count: int) -> None:
        self._index = index
        self._count = count

    def similarities(self, queries: _Floats) -> _Floats:
        values, found = self._index.search(queries, _DEPTH)
        scores = np.full((len(queries), self._count + 1), _UNRANKED, np.float32)
        # Row -1 means that there is nothing more; the last column takes it.
        np.put_along_axis(scores, np.where(found >= 0, found, self._count), values, axis=1)
        return scores[:, : self._count]


class KeypointRanker:
    """Ranks by keypoints alone: they vote, and geometry confirms the first.

    Args:
        gallery: Described by the method.
        method: A local method.
    """

    def __init__(self, gallery: Gallery, method: str) -> None:
        self._voting = Voting(gallery, method)
        self._verifier = Verifier(gallery, method)
        self.bytes_per_picture = self._voting.bytes_per_picture

    def scores(self, queries: Sequence[Query]) -> _Floats:
        """See ``Ranker``; from 1 up a score is the number of keypoints that agree."""
        votes = np.stack([self._voting.votes(query) for query in queries])
        for query, row in zip(queries, votes, strict=True):
            first = np.argsort(-row, kind="stable")[:VOTED]
            row[first] += inliers(self._verifier.evidence(query, first.tolist()))
        return votes


class FusedRanker:
    """Several rankings as one.

    Args:
        members: At least two.
        fusion: How.
    """

    def __init__(self, members: Sequence[Ranker], fusion: Fusion) -> None:
        self._members = members
        self._fuse = reciprocal_rank if fusion is Fusion.RECIPROCAL_RANK else sum_of_scores
        self.bytes_per_picture = sum(member.bytes_per_picture for member in members)

    def scores(self, queries: Sequence[Query]) -> _Floats:
        """See ``Ranker``."""
        return self._fuse([member.scores(queries) for member in self._members])
