"""What every method promises, held against every method there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from core.features import registry
from core.features.base import GlobalMethod, Keypoints, Kind, LocalMethod, Metric, Pixels, TrainableMethod
from core.records import ModelError


def creatable(name: str) -> bool:
    """Whether a method needs no file of the user's; those that do have tests of their own."""
    try:
        registry.create(name)
    except ModelError:
        return False
    return True


NAMES = [name for name in registry.methods() if creatable(name)]


def make(name: str) -> GlobalMethod | LocalMethod:
    method = registry.create(name)
    if isinstance(method, TrainableMethod):
        method.loads(trained(name))
    return method


@cache
def trained(name: str) -> bytes:
    """What a method learns from a sample of made-up local descriptors."""
    method = registry.create(name)
    assert isinstance(method, TrainableMethod)
    assert name != method.local
    width = registry.methods()[method.local].dimension
    rng = np.random.default_rng(5)
    method.fit([rng.integers(0, 60, (300, width), np.uint8) for _ in range(10)])
    return method.dumps()


@cache
def shared(name: str) -> GlobalMethod | LocalMethod:
    """One instance for the tests that do not ask for a fresh one: models take long to open."""
    return make(name)


@pytest.fixture(scope="module")
def view(photo: Pixels) -> Pixels:
    """The middle of the photo, 240 x 320."""
    return np.ascontiguousarray(photo[60:300, 100:420])


def arrays(method: GlobalMethod | LocalMethod, pixels: Pixels) -> tuple[NDArray[np.generic], ...]:
    """All that a method says about a picture."""
    if isinstance(method, LocalMethod):
        found = method.detect(pixels)
        return found.points, found.sizes, found.angles, found.descriptors
    return (method.describe(pixels),)


def check_keypoints(method: LocalMethod, found: Keypoints, pixels: Pixels) -> None:
    count = len(found)
    assert found.points.shape == (count, 2)
    assert found.points.dtype == found.sizes.dtype == found.angles.dtype == np.float32
    assert found.sizes.shape == found.angles.shape == (count,)
    assert found.descriptors.shape == (count, method.info.dimension)
    assert found.descriptors.dtype == np.uint8
    assert found.descriptors.flags.c_contiguous
    assert found.points.flags.c_contiguous
    assert np.isfinite(found.points).all()
    assert (found.points >= -0.5).all()
    assert (found.points <= np.array(pixels.shape[1::-1]) - 0.5).all()
    assert ((found.angles >= 0) & (found.angles < 360)).all()


def check_descriptor(method: GlobalMethod, descriptor: NDArray[np.generic]) -> None:
    assert descriptor.shape == (method.info.dimension,)
    assert descriptor.flags.c_contiguous
    if method.info.metric is Metric.HAMMING:
        assert descriptor.dtype == np.uint8
        return
    assert descriptor.dtype == np.float32
    assert np.isfinite(descriptor).all()
    norm = float(np.linalg.norm(descriptor))
    assert norm == pytest.approx(1, abs=1e-4) or norm == 0


def check(method: GlobalMethod | LocalMethod, pixels: Pixels) -> None:
    if isinstance(method, LocalMethod):
        check_keypoints(method, method.detect(pixels), pixels)
    else:
        check_descriptor(method, method.describe(pixels))


def gray(photo: Pixels) -> Pixels:
    return np.ascontiguousarray(np.repeat(photo[:, :, 1:2], 3, axis=2))


def noise(height: int, width: int) -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


PICTURES: dict[str, Callable[[Pixels], Pixels]] = {
    "photo": lambda photo: photo,
    "gray": gray,
    "black": lambda photo: np.zeros_like(photo),
    "white": lambda photo: np.full_like(photo, 255),
    "1x1": lambda photo: noise(1, 1),
    "tall": lambda photo: noise(500, 1),
    "wide": lambda photo: noise(1, 500),
    "tiny": lambda photo: noise(7, 5),
    "not contiguous": lambda photo: photo[::2, ::-2],
}


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("name", NAMES)
def test_shape_type_and_norm(name: str, picture: str, view: Pixels) -> None:
    check(shared(name), PICTURES[picture](view))


@pytest.mark.parametrize("name", NAMES)
def test_a_photo_has_something_to_describe(name: str, view: Pixels) -> None:
    assert arrays(shared(name), view)[-1].any()


@pytest.mark.parametrize("name", NAMES)
def test_the_same_picture_is_described_the_same_every_time(name: str, view: Pixels) -> None:
    first, other = shared(name), make(name)
    expected = arrays(first, view)
    arrays(first, gray(view))
    for again in (arrays(first, view), arrays(other, view)):
        for ours, theirs in zip(again, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_is_left_alone(name: str, view: Pixels) -> None:
    pixels = view.copy()
    pixels.setflags(write=False)
    arrays(shared(name), pixels)
    np.testing.assert_array_equal(pixels, view)


@pytest.mark.parametrize("name", NAMES)
def test_two_instances_work_in_two_threads(name: str, photos: dict[str, Pixels]) -> None:
    pictures = [np.ascontiguousarray(pixels[:200, :240]) for pixels in list(photos.values())[:3]]
    expected = [arrays(shared(name), pixels) for pixels in pictures]
    methods = [make(name), make(name)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda method: [arrays(method, pixels) for pixels in pictures], methods))
    for answer in answers:
        for ours, theirs in zip(answer, expected, strict=True):
            for mine, yours in zip(ours, theirs, strict=True):
                np.testing.assert_array_equal(mine, yours)


@pytest.mark.parametrize("name", NAMES)
def test_info_tells_the_truth(name: str) -> None:
    info = registry.methods()[name]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", info.name)
    assert info.version >= 1
    assert re.search(r"\b(19|20)\d\d\b", info.source)
    assert info.title
    assert info.side >= 1
    if info.kind is Kind.LOCAL:
        assert info.bytes_per_image % (info.dimension + 16) == 0
    else:
        assert info.bytes_per_image == info.dimension * (1 if info.metric is Metric.HAMMING else 4)


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_size_is_not_exceeded(name: str, photo: Pixels) -> None:
    method = shared(name)
    stored = sum(array.nbytes for array in arrays(method, photo))
    assert stored <= method.info.bytes_per_image
    assert isinstance(method, LocalMethod) == (method.info.kind is Kind.LOCAL)
