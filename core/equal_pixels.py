"""Same pixels: contents whose upright full-size pixels have one digest, whatever their files hold.

Digesting all pixels of every picture would cost as much as decoding it once more, so only pictures that hashes and
miniatures cannot tell apart are decoded for it, and their digests are kept. Two JPEGs that were quantised differently
are not: their pixels are equal where they are flat at most.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from core._cv import cv2
from core.candidates import Candidate, load_miniatures
from core.catalog import Catalog, Content
from core.decoding.files import read_beginning
from core.decoding.jpeg_coding import JpegCoding, read_jpeg_coding
from core.describing import digest_pixels
from core.events import Event
from core.images import Limits
from core.miniature import Miniature
from core.stopwatch import Stage
from core.workers import WorkerTeam

_LARGEST_DISTANCE = 8 / 256
_LARGEST_STEP = 12
"""Between miniatures of the same pixels, in levels: a large JPEG is shrunk while it is decoded, a PNG afterwards."""
_HEADER_BYTES = 256 << 10
"""In which the tables of a JPEG are found, behind what a camera wrote and its preview."""


def pixel_digests(
    catalog: Catalog,
    contents: Sequence[Content],
    found: Sequence[Candidate],
    paths: Mapping[int, Path],
    workers: int,
    limits: Limits,
) -> Generator[Event, None, dict[int, bytes]]:
    """Digest the pixels of what may be the same picture to the last pixel.

    Args:
        catalog: Where digests are kept.
        contents: What candidates are made of.
        found: Pairs of near hashes.
        paths: A file of each content, by the content's number.
        workers: Number of worker processes.
        limits: What is too large to decode.

    Yields:
        Progress.

    Returns:
        The digests that are known by now, by place.
    """
    known = {place: content.pixels for place, content in enumerate(contents) if content.pixels is not None}
    wanted = sorted(_twins(catalog, contents, found, paths) - known.keys())
    if not wanted:
        return known
    stage = Stage("Comparing pixels")
    new: dict[int, bytes] = {}
    with WorkerTeam(digest_pixels, min(workers, len(wanted))) as team:
        for place in wanted:
            team.submit(place, paths[contents[place].id], limits)
        while team.pending:
            for outcome in team.collect():
                assert isinstance(outcome.key, int)
                if outcome.value is not None:
                    new[outcome.key] = outcome.value
            if stage.due():
                yield stage.progress(len(wanted) - team.pending, len(wanted))
    catalog.store_pixel_digests((contents[place].id, digest) for place, digest in sorted(new.items()))
    return known | new


def _twins(
    catalog: Catalog, contents: Sequence[Content], found: Sequence[Candidate], paths: Mapping[int, Path]
) -> set[int]:
    """The places of contents that another one of the same size looks exactly like."""
    pairs = [
        (candidate.first, candidate.second)
        for candidate in found
        if candidate.distance <= _LARGEST_DISTANCE
        and candidate.orientation == (0, False)
        and _size(contents[candidate.first]) == _size(contents[candidate.second])
    ]
    miniatures = load_miniatures(catalog, contents, {place for pair in pairs for place in pair})
    codings: dict[int, JpegCoding | None] = {}
    twins: set[int] = set()
    for first, second in pairs:
        if first not in miniatures or second not in miniatures or not _alike(miniatures[first], miniatures[second]):
            continue
        for place in (first, second):
            if place not in codings:
                codings[place] = _coding(contents[place], paths)
        one, other = codings[first], codings[second]
        if one is None or other is None or one.quantises_like(other):
            twins |= {first, second}
    return twins


def _alike(first: Miniature, second: Miniature) -> bool:
    """Whether nothing in two miniatures tells the pictures apart."""
    planes = (first.luma, second.luma), (first.chroma, second.chroma)
    return all(int(cv2.norm(one, other, cv2.NORM_INF)) <= _LARGEST_STEP for one, other in planes)


def _coding(content: Content, paths: Mapping[int, Path]) -> JpegCoding | None:
    """What a JPEG was quantised with; None for other formats and where its header does not tell."""
    if content.format != "JPEG":
        return None
    return read_jpeg_coding(read_beginning(paths[content.id], _HEADER_BYTES))


def _size(content: Content) -> tuple[int, int]:
    return content.width, content.height
