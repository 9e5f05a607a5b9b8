"""Codebooks are learned the same way every time, from small samples too, and survive being stored."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.features import codebooks
from core.records import ModelError


def blobs(centres: NDArray[np.float32], each: int, spread: float = 0.02) -> NDArray[np.float32]:
    noise = np.random.default_rng(0).normal(0, spread, (len(centres), each, centres.shape[1]))
    return (centres[:, None] + noise).reshape(-1, centres.shape[1]).astype(np.float32)


CENTRES = np.random.default_rng(1).random((6, 8)).astype(np.float32)


def test_words_are_the_centres_of_what_lies_together() -> None:
    words = codebooks.k_means(blobs(CENTRES, 100), 18)
    distances = np.linalg.norm(words[:, None] - CENTRES[None], axis=2)
    assert distances.min(axis=0).max() < 0.05


def test_the_same_sample_gives_the_same_words() -> None:
    points = blobs(CENTRES, 50, 0.3)
    np.testing.assert_array_equal(codebooks.k_means(points, 20), codebooks.k_means(points, 20))


def test_training_says_nothing_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    codebooks.k_means(blobs(CENTRES, 10), 30)
    assert capfd.readouterr() == ("", "")


def test_with_few_points_each_is_a_word_and_the_rest_is_never_used() -> None:
    words = codebooks.k_means(CENTRES, 10)
    assert words.shape == (10, 8)
    assert codebooks.nearest_words(CENTRES, words).tolist() == list(range(6))
    others = np.random.default_rng(2).random((100, 8)).astype(np.float32)
    assert codebooks.nearest_words(others, words).max() < 6


def test_the_nearest_word_is_the_nearest() -> None:
    points = np.random.default_rng(3).random((50, 8)).astype(np.float32)
    plain = np.linalg.norm(points[:, None] - CENTRES[None], axis=2).argmin(axis=1)
    np.testing.assert_array_equal(codebooks.nearest_words(points, CENTRES), plain)


def test_principal_components_keep_the_distances_of_flat_points() -> None:
    rng = np.random.default_rng(4)
    points = (rng.normal(size=(200, 3)) @ rng.normal(size=(3, 8)) + 2).astype(np.float32)
    projected = codebooks.principal_components(points, 3)(points)
    np.testing.assert_allclose(
        np.linalg.norm(projected[1:] - projected[:-1], axis=1),
        np.linalg.norm(points[1:] - points[:-1], axis=1),
        rtol=1e-3,
    )
    assert (np.diff(projected.var(axis=0)) < 0).all()


def test_a_mixture_finds_means_weights_and_variances() -> None:
    points = np.concatenate([blobs(CENTRES[:1], 300, 0.02), blobs(CENTRES[1:2], 100, 0.05)])
    mixture = codebooks.train_mixture(points, 2)
    order = np.argsort(-mixture.weights)
    np.testing.assert_allclose(mixture.weights[order], (0.75, 0.25), atol=0.01)
    np.testing.assert_allclose(mixture.means[order], CENTRES[:2], atol=0.02)
    np.testing.assert_allclose(np.sqrt(mixture.variances[order]).mean(axis=1), (0.02, 0.05), rtol=0.1)


def test_posteriors_are_those_of_scikit_learn() -> None:
    from sklearn.mixture import GaussianMixture

    points = blobs(CENTRES, 60, 0.2)
    mixture = codebooks.train_mixture(points, 4)
    oracle = GaussianMixture(4, covariance_type="diag")
    oracle.weights_, oracle.means_, oracle.covariances_ = mixture.weights, mixture.means, mixture.variances
    oracle.precisions_cholesky_ = 1 / np.sqrt(mixture.variances)
    np.testing.assert_allclose(mixture.posteriors(points), oracle.predict_proba(points), atol=1e-4)


def test_stored_arrays_come_back() -> None:
    data = codebooks.pack("vlad@1", {"centroids": CENTRES})
    np.testing.assert_array_equal(codebooks.unpack("vlad@1", data)["centroids"], CENTRES)
    assert codebooks.pack("vlad@1", {"centroids": CENTRES}) == data


def test_a_codebook_of_another_version_is_refused() -> None:
    data = codebooks.pack("vlad@1", {"centroids": CENTRES})
    with pytest.raises(ModelError, match=r"belongs to vlad@1, not to vlad@2"):
        codebooks.unpack("vlad@2", data)


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_a_damaged_codebook_is_one_clear_sentence(cut: int) -> None:
    data = codebooks.pack("vlad@1", {"centroids": CENTRES})
    with pytest.raises(ModelError, match="is damaged: train it again"):
        codebooks.unpack("vlad@1", data[:cut])


def test_a_library_without_keypoints_cannot_be_learned_from() -> None:
    with pytest.raises(ModelError, match="no picture of the library has keypoints"):
        codebooks.stack([np.zeros((0, 128), np.uint8)])
