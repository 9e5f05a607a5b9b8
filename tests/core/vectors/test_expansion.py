"""Query expansion, database-side augmentation and diffusion, on descriptors that lie along a line."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.vectors.expansion import Diffusion, alpha_weights, augment, expand
from core.vectors.inverted_file import InvertedFile

Floats = NDArray[np.float32]


def unit(vectors: object) -> Floats:
    array = np.atleast_2d(np.asarray(vectors, np.float64))
    return np.asarray(array / np.linalg.norm(array, axis=1, keepdims=True), np.float32)


def arc(degrees: object) -> Floats:
    """Unit vectors in a plane."""
    radians = np.radians(np.asarray(degrees, np.float64))
    return unit(np.stack([np.cos(radians), np.sin(radians)], axis=1))


def test_average_expansion_is_the_mean_direction() -> None:
    base = arc([0, 20, 90])

    found = expand(base[:1], base, np.array([[0, 1, -1]]), np.ones((1, 3), np.float32))

    np.testing.assert_allclose(found, unit(2 * base[0] + base[1]), atol=1e-6)
    assert np.linalg.norm(found) == pytest.approx(1)


def test_alpha_weights_fall_with_similarity() -> None:
    np.testing.assert_allclose(alpha_weights(np.array([1.0, 0.5, -0.5], np.float32)), [1, 0.125, 0])


def test_augmentation_pulls_neighbours_together() -> None:
    base = arc([0, 4, 8, 90, 94, 98])

    pulled = augment(base, 2)

    within = [float((vectors[:3] @ vectors[:3].T).min()) for vectors in (base, pulled)]
    assert within[1] > within[0]
    np.testing.assert_allclose(np.linalg.norm(pulled, axis=1), 1, atol=1e-5)


def test_diffusion_follows_a_chain_that_cosine_does_not() -> None:
    """A picture at the end of a chain of small steps comes before one that is nearer but has no link."""
    rng = np.random.default_rng(3)
    chain = np.stack([np.cos(np.linspace(0, 1.4, 15)), np.sin(np.linspace(0, 1.4, 15)), np.zeros(15)], axis=1)
    lonely = [[np.cos(1.2), 0, np.sin(1.2)]]
    crowd = np.array([0, 0, 1]) + 0.05 * rng.normal(size=(10, 3))
    base = unit(np.concatenate([chain, lonely, crowd]))
    query = base[:1]
    cosine = (query @ base.T)[0]
    assert cosine[15] > cosine[14]

    scores = Diffusion(base, 4).similarities(query)[0]

    assert scores[14] > scores[15]


def test_diffusion_over_too_many_pictures_says_so() -> None:
    with pytest.raises(ValueError, match="20,000 pictures at most"):
        Diffusion(np.zeros((20_001, 2), np.float32), 4)


def test_the_inverted_file_gives_the_cosines() -> None:
    rng = np.random.default_rng(5)
    sparse = rng.random((50, 300)) * (rng.random((50, 300)) < 0.1)
    base, queries = unit(sparse + 1e-12 * (sparse > 0)), unit(sparse[:7])

    inverted = InvertedFile(base)

    np.testing.assert_allclose(inverted.similarities(queries), queries @ base.T, atol=1e-6)
    assert inverted.bytes_per_picture == pytest.approx(8 * (sparse > 0).sum() / 50)
