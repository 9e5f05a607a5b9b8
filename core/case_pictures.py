"""The pictures and keypoints of the sides of a case, kept by a worker process while pairs that share them come in."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from core._cv import cv2
from core.cases import Side, Source
from core.describing import detect_full_size, detect_mirrored, instance
from core.features.base import Keypoints, LocalMethod, Metric, MirroringMethod, Pixels
from core.features.sift import mirror
from core.images import Picture
from core.later_frames import load_frame
from core.matching import View
from core.packing import unpack_keypoints
from core.surroundings import Texture, texture_of

_SIDE = 512
_PICTURES = 96
_KEYPOINTS = 256


def view_of(side: Side, name: str) -> View:
    """The keypoints of one side by a method, detected unless they came with it."""
    packed = _packed(side, name)
    keypoints = _unpacked(packed) if packed is not None else detected_in(side.source, name)
    return View(side.width, side.height, keypoints, instance(name).info.metric)


def _packed(side: Side, name: str) -> bytes | None:
    return side.keypoints if name == "orb" else None


def mirrored_view_of(side: Side, name: str) -> View:
    """The view of the mirrored picture: by permuting SIFT's bins, else by looking again."""
    if name != "sift":
        keypoints = _detected_mirrored(side.source, name, _packed(side, name))
        return View(side.width, side.height, keypoints, instance(name).info.metric)
    view = view_of(side, name)
    points = view.keypoints.points.copy()
    points[:, 0] = side.width - 1 - points[:, 0]
    flipped = Keypoints(
        points,
        view.keypoints.sizes,
        (180 - view.keypoints.angles) % 360,
        mirror(view.keypoints.descriptors),
    )
    return View(side.width, side.height, flipped, Metric.L2)


@lru_cache(maxsize=_KEYPOINTS)
def _unpacked(packed: bytes) -> Keypoints:
    return unpack_keypoints(packed)


@lru_cache(maxsize=_KEYPOINTS)
def detected_in(source: Source, name: str) -> Keypoints:
    """The keypoints of a file by a method, in pixels of the full size."""
    method = instance(name)
    assert isinstance(method, LocalMethod)
    return detect_full_size(method, _picture(source))


@lru_cache(maxsize=_KEYPOINTS)
def _detected_mirrored(source: Source, name: str, packed: bytes | None) -> Keypoints:
    """Keypoints of the mirrored picture, from the packed ones of the picture where a method can tell."""
    method = instance(name)
    assert isinstance(method, LocalMethod)
    picture = _picture(source)
    if isinstance(method, MirroringMethod):
        straight = detected_in(source, name) if packed is None else _unpacked(packed)
        return detect_mirrored(method, picture, straight)
    return detect_full_size(method, replace(picture, pixels=np.asarray(cv2.flip(picture.pixels, 1), np.uint8)))


def pixels_of(side: Side) -> Pixels:
    """A side's picture, (h, w, 3) uint8 with a long side of about 512 pixels."""
    return _picture(side.source).pixels


@lru_cache(maxsize=_PICTURES)
def texture_in(source: Source) -> Texture:
    """What looking around needs of a file's picture, in the pixels of ``pixels_of``."""
    return texture_of(_picture(source).pixels)


@lru_cache(maxsize=_PICTURES)
def _picture(source: Source) -> Picture:
    path, frame = source
    return load_frame(path, frame, _SIDE)
