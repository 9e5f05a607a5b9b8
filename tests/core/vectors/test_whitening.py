"""Whitening takes out what all pictures of a library share, and is the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.vectors.whitening import Whitening, fit_whitening


def library(count: int, dimension: int = 32, seed: int = 0) -> NDArray[np.float32]:
    """Descriptors with one direction in common and a few strong ones, as networks give them; unit norm."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, dimension)) * np.linspace(2, 0.2, dimension) + 3.0
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def test_pictures_that_have_nothing_in_common_are_alike_no_more() -> None:
    descriptors = library(600)

    before = descriptors @ descriptors.T
    whitened = fit_whitening(descriptors).apply(descriptors)
    after = whitened @ whitened.T

    others = ~np.eye(600, dtype=bool)
    assert before[others].mean() > 0.8
    assert abs(after[others].mean()) < 0.02


def test_a_copy_stays_nearer_than_anything_else() -> None:
    descriptors = library(400)
    copies = descriptors + np.random.default_rng(9).normal(size=descriptors.shape).astype(np.float32) * 0.01
    whitening = fit_whitening(descriptors)

    nearest = (whitening.apply(copies) @ whitening.apply(descriptors).T).argmax(axis=1)

    assert (nearest == np.arange(400)).mean() > 0.99


@pytest.mark.parametrize("count", [1, 31, 32, 100, 500])
def test_descriptors_have_unit_length_afterwards_however_few_there_are(count: int) -> None:
    descriptors = library(count)

    whitened = fit_whitening(descriptors).apply(descriptors)

    assert whitened.dtype == np.float32
    assert np.allclose(np.linalg.norm(whitened, axis=1), 1, atol=1e-4)


def test_few_pictures_teach_few_directions() -> None:
    assert fit_whitening(library(10)).projection.shape == (32, 32)
    assert fit_whitening(library(60)).projection.shape == (32, 20)
    assert fit_whitening(library(500)).projection.shape == (32, 32)
    assert fit_whitening(library(500), dimension=12).projection.shape == (32, 12)


def test_with_a_handful_of_pictures_similarity_stays_what_it_was() -> None:
    descriptors = library(10)

    assert np.allclose(fit_whitening(descriptors).apply(descriptors), descriptors, atol=1e-6)


def test_the_same_library_gives_the_same_whitening_to_the_bit() -> None:
    assert fit_whitening(library(300)).pack() == fit_whitening(library(300)).pack()


def test_a_large_library_is_thinned_out_and_gives_nearly_the_same() -> None:
    descriptors = library(30_000, 8)

    whitened = fit_whitening(descriptors).apply(descriptors[:2000])

    assert abs((whitened @ whitened.T).mean()) < 0.05


def test_equal_pictures_do_not_break_it() -> None:
    same = np.repeat(library(1), 50, axis=0)

    assert np.isfinite(fit_whitening(same).apply(same)).all()


def test_what_is_packed_comes_back() -> None:
    whitening = fit_whitening(library(100))

    again = Whitening.unpack(whitening.pack())

    assert np.array_equal(again.mean, whitening.mean)
    assert np.array_equal(again.projection, whitening.projection)


@pytest.mark.parametrize("cut", [1, 5, 100])
def test_damaged_bytes_are_refused(cut: int) -> None:
    with pytest.raises(ValueError, match="whitening"):
        Whitening.unpack(fit_whitening(library(100)).pack()[:-cut])
