"""Bag of words, VLAD and Fisher vector: learned once, and copies come first."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.features.bag_of_words import BagOfWords
from core.features.base import GlobalMethod, Pixels, TrainableMethod
from core.features.codebooks import Mixture
from core.features.fisher_vector import FisherVector, fisher_gradients
from core.features.sift import Sift
from core.features.vlad import Vlad
from core.records import ModelError

METHODS = (BagOfWords, Vlad, FisherVector)


@pytest.fixture(scope="module")
def sample(photos: dict[str, Pixels]) -> list[NDArray[np.uint8]]:
    return [Sift().detect(pixels).descriptors for pixels in photos.values()]


@pytest.fixture(scope="module")
def trained(sample: list[NDArray[np.uint8]]) -> dict[type, TrainableMethod]:
    made: dict[type, TrainableMethod] = {}
    for method in METHODS:
        made[method] = method()
        made[method].fit(sample)
    return made


@pytest.mark.parametrize("method", METHODS)
def test_a_trained_method_is_a_global_method(method: type, trained: dict[type, TrainableMethod]) -> None:
    assert isinstance(trained[method], GlobalMethod)
    assert isinstance(trained[method], TrainableMethod)
    assert not isinstance(Sift(), TrainableMethod)


@pytest.mark.parametrize("method", METHODS)
def test_before_training_there_is_one_clear_sentence(method: type, photo: Pixels) -> None:
    with pytest.raises(ModelError, match="needs a codebook: train it on a library first"):
        method().describe(photo)
    with pytest.raises(ModelError):
        method().dumps()


@pytest.mark.parametrize("method", METHODS)
def test_a_cropped_and_turned_copy_is_closest_to_its_photo(
    method: type,
    trained: dict[type, TrainableMethod],
    photos: dict[str, Pixels],
    sample: list[NDArray[np.uint8]],
) -> None:
    library = np.stack([trained[method].aggregate(descriptors) for descriptors in sample])
    for index, pixels in enumerate(photos.values()):
        part = np.rot90(pixels[pixels.shape[0] // 5 :, pixels.shape[1] // 5 :])
        assert (library @ trained[method].describe(np.ascontiguousarray(part))).argmax() == index


@pytest.mark.parametrize("method", METHODS)
def test_what_was_learned_survives_storing(
    method: type, trained: dict[type, TrainableMethod], sample: list[NDArray[np.uint8]]
) -> None:
    again = method()
    again.loads(trained[method].dumps())
    np.testing.assert_array_equal(again.aggregate(sample[0]), trained[method].aggregate(sample[0]))


@pytest.mark.parametrize("method", METHODS)
def test_the_codebook_of_another_method_is_refused(method: type, trained: dict[type, TrainableMethod]) -> None:
    other = Vlad if method is not Vlad else BagOfWords
    with pytest.raises(ModelError, match="not to"):
        method().loads(trained[other].dumps())


@pytest.mark.parametrize("method", METHODS)
def test_training_again_gives_the_same(
    method: type, trained: dict[type, TrainableMethod], sample: list[NDArray[np.uint8]]
) -> None:
    again = method()
    again.fit(sample)
    assert again.dumps() == trained[method].dumps()


@pytest.mark.parametrize("method", METHODS)
def test_a_library_of_three_keypoints_is_enough(method: type, sample: list[NDArray[np.uint8]]) -> None:
    small = method()
    small.fit([sample[0][:3], sample[1][:0]])
    found = small.aggregate(sample[0])
    assert np.isfinite(found).all()
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_no_keypoints_are_zeros(method: type, trained: dict[type, TrainableMethod]) -> None:
    found = trained[method].aggregate(np.zeros((0, 128), np.uint8))
    assert found.shape == (method.info.dimension,)
    assert not found.any()


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    rng = np.random.default_rng(0)
    common, rare = rng.integers(0, 80, (2, 128), np.uint8)
    method = BagOfWords()
    method.fit([np.stack([common]), np.stack([common, rare]), np.stack([common])])
    found = method.aggregate(np.stack([common, rare]))
    assert found.max() > 1.2 * np.sort(found)[-2] > 0


def test_every_word_of_vlad_has_the_same_weight(
    trained: dict[type, TrainableMethod], sample: list[NDArray[np.uint8]]
) -> None:
    lengths = np.linalg.norm(trained[Vlad].aggregate(sample[0]).reshape(64, 128), axis=1)
    used = lengths[lengths > 0]
    np.testing.assert_allclose(used, 1 / np.sqrt(len(used)), rtol=1e-4)


def test_fisher_gradients_are_those_of_scikit_image() -> None:
    from skimage.feature import fisher_vector
    from sklearn.mixture import GaussianMixture

    rng = np.random.default_rng(0)
    points = rng.normal(size=(60, 5)).astype(np.float32)
    mixture = Mixture(
        weights=np.array([0.2, 0.5, 0.3], np.float32),
        means=rng.normal(size=(3, 5)).astype(np.float32),
        variances=rng.uniform(0.5, 2, (3, 5)).astype(np.float32),
    )
    oracle = GaussianMixture(3, covariance_type="diag")
    oracle.weights_, oracle.means_, oracle.covariances_ = mixture.weights, mixture.means, mixture.variances
    oracle.precisions_cholesky_ = 1 / np.sqrt(mixture.variances)
    theirs = np.asarray(fisher_vector(points, oracle, improved=True))[-30:]
    theirs[15:] *= -1  # It has the gradients of the deviations with the opposite sign, which no cosine sees.
    ours = fisher_gradients(points, mixture)
    ours = np.sign(ours) * np.sqrt(np.abs(ours))
    np.testing.assert_allclose(ours / np.linalg.norm(ours), theirs / np.linalg.norm(theirs), atol=2e-3)
