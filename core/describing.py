"""One read of a file feeds everything: digest, size, miniature, hashes, descriptors and keypoints.

``describe_file`` runs in worker processes; what it returns is small.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from core import later_frames, miniature
from core._cv import cv2
from core.features import pdq, registry
from core.features.base import (
    REGIONS,
    GlobalMethod,
    Keypoints,
    Kind,
    LocalMethod,
    MirroringMethod,
    Pixels,
    RegionalMethod,
)
from core.images import Limits, Picture, decode, read_bytes, shrink
from core.packing import pack_keypoints
from core.records import MethodError

DIGEST_SIZE = 16
_LEAST_SIDE = 512
_MOST_ENLARGED = 3.0


@dataclass(frozen=True, slots=True)
class Described:
    """What one file told.

    Attributes:
        digest: 16 bytes, BLAKE2b of the file's bytes.
        size: Bytes.
        picture: Width, height, format and frames, or None when the digest was already known and nothing
            was decoded.
        pixels: Digest of the upright full-size pixels of a picture too flat to hash, else None.
        features: Packed features by ``name@version``.
    """

    digest: bytes
    size: int
    picture: tuple[int, int, str, int] | None = None
    pixels: bytes | None = None
    features: dict[str, bytes] = field(default_factory=dict)


def describe_file(path: Path, methods: tuple[str, ...], known: tuple[bytes, ...], limits: Limits) -> Described:
    """Read a file once and describe it.

    Args:
        path: The file.
        methods: Names of registered methods.
        known: Digests that need no decoding; a file with one of them returns its digest only.
        limits: What is too large.

    Raises:
        ImageError: The file cannot be read or is no picture.
    """
    data = read_bytes(path, limits.bytes)
    digest = hashlib.blake2b(data, digest_size=DIGEST_SIZE).digest()
    if digest in known:
        return Described(digest, len(data))
    picture = decode(data, working_side(methods), limits, path)
    features = describe_picture(picture, methods)
    pixels = None
    if is_flat(features):
        # Hashes and keypoints say nothing of it: it is a copy of what has its very pixels, and of nothing else.
        whole = picture if picture.exact else decode(data, None, limits, path)
        pixels = pixel_digest(whole.pixels)
    if picture.frames > 1:
        features.update(_describe_later(data, picture.frames, methods, limits))
    size = (picture.width, picture.height, picture.format, picture.frames)
    return Described(digest, len(data), size, pixels, features)


def _describe_later(data: bytes, frames: int, methods: Sequence[str], limits: Limits) -> dict[str, bytes]:
    """What the middle and the last frame tell by each method that describes whole pictures."""
    names = [name for name in methods if describes_frames(name)]
    pictures = later_frames.later_pictures(data, frames, working_side(names), limits)
    described = [describe_picture(picture, names) for _, picture in pictures]
    return {
        _key(name) + later_frames.SUFFIX: later_frames.pack_frames(pictures, [frame[_key(name)] for frame in described])
        for name in names
    }


def describes_frames(name: str) -> bool:
    """Whether a method also describes frames of an animation after the first: those of whole pictures do."""
    return not name.endswith(REGIONS) and registry.methods()[name].kind is Kind.GLOBAL


def digest_pixels(path: Path, limits: Limits) -> bytes:
    """The digest of a file's upright full-size pixels; runs in worker processes.

    Raises:
        ImageError: The file cannot be read or is no picture.
    """
    return pixel_digest(decode(read_bytes(path, limits.bytes), None, limits, path).pixels)


def is_flat(features: Mapping[str, bytes]) -> bool:
    """Whether a picture has so little detail that its PDQ hash is noise."""
    packed = features.get(_keys()["pdq"])
    return packed is not None and packed[-1] < pdq.LEAST_QUALITY


def working_side(methods: Sequence[str]) -> int:
    """The long side in pixels at which a picture is decoded for these methods."""
    known = _sides()
    return max([_LEAST_SIDE, *(known[base] for name in methods if (base := base_method(name)) in known)])


def describe_picture(picture: Picture, methods: Sequence[str]) -> dict[str, bytes]:
    """Describe a decoded picture: its miniature and the features of each method, packed."""
    features = {miniature.KEY: miniature.make_miniature(picture.pixels).pack()}
    for name in methods:
        if name.endswith(REGIONS):
            features.update(_describe_regions(name, picture))
    for name in methods:
        if _key(name) not in features:
            features[_key(name)] = _pack(instance(name), picture)
    return features


def base_method(name: str) -> str:
    """The registered method behind a name such as "twinsight-copy/regions"."""
    return name.removesuffix(REGIONS)


def feature_key(name: str) -> str:
    """The key under which the catalog has a method's features.

    Raises:
        KeyError: There is no such method.
    """
    key = registry.methods()[base_method(name)].key
    return key + REGIONS if name.endswith(REGIONS) else key


@cache
def _keys() -> dict[str, str]:
    """The keys of the methods as they were when this worker process first described a picture."""
    return {name: info.key for name, info in registry.methods().items()}


@cache
def _sides() -> dict[str, int]:
    return {name: info.side for name, info in registry.methods().items()}


def _key(name: str) -> str:
    """``feature_key`` without asking the disk for models again; for worker processes, which live for one job."""
    key = _keys()[base_method(name)]
    return key + REGIONS if name.endswith(REGIONS) else key


def _describe_regions(name: str, picture: Picture) -> dict[str, bytes]:
    """Descriptors of the whole picture and of its regions, from one pass through the network."""
    method = instance(base_method(name))
    if not isinstance(method, RegionalMethod):
        raise MethodError(f"{base_method(name)} describes no regions.")
    whole, regions = method.describe_regions([shrink(picture.pixels, method.info.side)])
    return {
        method.info.key: whole[0].astype("<f2").tobytes(),
        _key(name): regions[0].astype("<f2").tobytes(),
    }


def _pack(method: GlobalMethod | LocalMethod, picture: Picture) -> bytes:
    if isinstance(method, LocalMethod):
        return pack_keypoints(detect_full_size(method, picture))
    pixels = shrink(picture.pixels, method.info.side)
    if isinstance(method, pdq.Pdq):
        hashes = pdq.hash_all(pixels)
        return hashes.hashes.tobytes() + bytes([hashes.quality])
    descriptor = method.describe(pixels)
    return descriptor.tobytes() if descriptor.dtype == np.uint8 else descriptor.astype("<f2").tobytes()


def detect_full_size(method: LocalMethod, picture: Picture) -> Keypoints:
    """Detect keypoints at the side a method wants and give them in full-size pixels.

    A small picture is enlarged for it, up to three times: detectors leave a margin of fixed width, which would
    take most of a small crop.
    """
    pixels = _sized(picture.pixels, method.info.side)
    return _scaled(method.detect(pixels), picture.width / pixels.shape[1], picture.height / pixels.shape[0])


def detect_mirrored(method: MirroringMethod, picture: Picture, keypoints: Keypoints) -> Keypoints:
    """The keypoints of the mirrored picture in its full-size pixels, from those that ``detect_full_size`` found."""
    pixels = _sized(picture.pixels, method.info.side)
    across, down = picture.width / pixels.shape[1], picture.height / pixels.shape[0]
    return _scaled(method.detect_mirrored(pixels, _scaled(keypoints, 1 / across, 1 / down)), across, down)


def _scaled(keypoints: Keypoints, across: float, down: float) -> Keypoints:
    """Keypoints in a picture that is larger by these factors."""
    return Keypoints(
        ((keypoints.points + 0.5) * np.array([across, down]) - 0.5).astype(np.float32),
        (keypoints.sizes * (across + down) / 2).astype(np.float32),
        keypoints.angles,
        keypoints.descriptors,
    )


def _sized(pixels: Pixels, side: int) -> Pixels:
    height, width = pixels.shape[:2]
    zoom = min(side / max(height, width), _MOST_ENLARGED)
    if zoom <= 1.25:
        return shrink(pixels, side)
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def pixel_digest(pixels: Pixels) -> bytes:
    """Digest of upright full-size pixels; equal for two files that decode to the same picture."""
    shape = np.array(pixels.shape[:2], "<u4").tobytes()
    return hashlib.blake2b(shape + np.ascontiguousarray(pixels).tobytes(), digest_size=DIGEST_SIZE).digest()


def look_again() -> None:
    """Forget methods as this process knows them, as models were installed or removed."""
    for known in (instance, _keys, _sides):
        known.cache_clear()


@lru_cache(maxsize=16)
def instance(name: str) -> GlobalMethod | LocalMethod:
    """One instance of a method for each process: models load slowly and are never changed by use."""
    return registry.create(name)
