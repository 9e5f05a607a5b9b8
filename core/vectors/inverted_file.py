"""The inverted file of text retrieval (Sivic and Zisserman 2003): for each word, the pictures that have it.

Cosine similarities of sparse descriptors, exactly as comparing all of them would give, at the cost of the
words that a query has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float32]


class InvertedFile:
    """Sparse descriptors by word.

    Args:
        base: (N, K) float32 of unit norm, most of them 0.
    """

    def __init__(self, base: _Floats) -> None:
        words, pictures = np.nonzero(base.T)
        self._count = len(base)
        self._pictures = pictures.astype(np.uint32)
        self._weights = np.asarray(base.T[words, pictures], np.float32)
        self._starts = np.searchsorted(words, np.arange(base.shape[1] + 1))

    @property
    def bytes_per_picture(self) -> float:
        """Eight bytes for each word that a picture has."""
        return (self._pictures.nbytes + self._weights.nbytes) / max(1, self._count)

    def similarities(self, queries: _Floats) -> _Floats:
        """Compare queries with all pictures.

        Args:
            queries: (Q, K) float32 of unit norm.

        Returns:
            (Q, N) float32 cosine similarities.
        """
        found = np.zeros((len(queries), self._count), np.float32)
        for row, query in zip(found, queries, strict=True):
            for word in np.flatnonzero(query):
                postings = slice(self._starts[word], self._starts[word + 1])
                # A picture stands once in the list of a word, so plain addition is enough.
                row[self._pictures[postings]] += query[word] * self._weights[postings]
        return found
