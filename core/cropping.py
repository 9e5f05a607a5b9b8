"""A part of a picture as a picture of its own, to search with."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from core._cv import cv2
from core.images import load
from core.records import ImageError
from core.workers import WorkerTeam

LEAST_SIDE = 8
"""Pixels; what is smaller shows nothing to search for."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of an upright picture: in pixels of its full size, or in shares of its width and height.

    Attributes:
        left: Where it begins.
        top: Where it begins.
        width: How much of it.
        height: How much of it.
        relative: Whether these are shares in [0, 1].
    """

    left: float
    top: float
    width: float
    height: float
    relative: bool = False

    @classmethod
    def parse(cls, text: str) -> Box:
        """Read "left,top,width,height" in pixels.

        Raises:
            ValueError: These are not four whole numbers, or the box is too small.
        """
        numbers = [int(part) if part.strip().isdecimal() else -1 for part in text.split(",")]
        if len(numbers) != 4 or min(numbers[:2]) < 0 or min(numbers[2:]) < LEAST_SIDE:
            raise ValueError(f"{text!r} is not left,top,width,height with sides of at least {LEAST_SIDE} pixels")
        left, top, width, height = numbers
        return cls(left, top, width, height)

    def pixels(self, width: int, height: int) -> tuple[slice, slice]:
        """Rows and columns of a picture of that size."""
        across, down = (width, height) if self.relative else (1, 1)
        rows = slice(max(0, round(self.top * down)), max(0, round((self.top + self.height) * down)))
        columns = slice(max(0, round(self.left * across)), max(0, round((self.left + self.width) * across)))
        return rows, columns


def cut_out(path: Path, box: Box, folder: Path) -> Path:
    """Keep a part of a picture as a PNG file, named so that the same part makes one file.

    Args:
        path: The picture; it is decoded in a worker process and not changed.
        box: What to keep; what lies outside the picture is left out.
        folder: Where the file goes.

    Raises:
        ImageError: The picture cannot be read, or the box shows next to nothing of it.
        OSError: The file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    facts = path.stat()
    name = f"{path}\0{facts.st_mtime_ns}\0{facts.st_size}\0{box}"
    digest = hashlib.blake2b(os.fsencode(name), digest_size=8).hexdigest()
    target = folder / f"pasted-{digest}.png"
    if target.exists():
        target.touch()
        return target
    with WorkerTeam(_cut, 1) as team:
        team.submit(0, path, box)
        (outcome,) = team.collect()
    if outcome.value is None:
        raise ImageError(outcome.error.reason if outcome.error else "unreadable", path)
    partial = target.with_suffix(".part")
    partial.write_bytes(outcome.value)
    return partial.replace(target)


def _cut(path: Path, box: Box) -> bytes:
    """The part as PNG; runs in a worker process."""
    picture = load(path)
    pixels = picture.pixels[box.pixels(picture.width, picture.height)]
    if min(pixels.shape[:2]) < LEAST_SIDE:
        raise ImageError("the region shows next to nothing of it", path)
    done, data = cv2.imencode(".png", pixels[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise ImageError("the region cannot be kept", path)
    return bytes(data.data)
