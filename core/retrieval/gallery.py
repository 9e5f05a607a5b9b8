"""What is ranked and by what: the pictures of a library, and queries that were described like them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.catalog import Catalog, Content
from core.features import registry
from core.features.base import Keypoints
from core.packing import unpack_keypoints


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A picture, or a text, that is searched with.

    Attributes:
        features: What it was described with, packed as the catalog has it, by ``name@version``.
        path: Where the picture is, or None for a text.
        size: Full width and height of the picture.
    """

    features: Mapping[str, bytes] = field(default_factory=dict)
    path: Path | None = None
    size: tuple[int, int] = (0, 0)

    def keypoints(self, method: str) -> Keypoints:
        """Its keypoints of a local method, in full-size pixels."""
        return unpack_keypoints(self.features[registry.methods()[method].key])


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The pictures that are ranked.

    Attributes:
        catalog: Where their features are.
        contents: What is ranked, in order of the digests.
        paths: A file that carries each.
    """

    catalog: Catalog
    contents: Sequence[Content]
    paths: Sequence[Path]

    def __len__(self) -> int:
        return len(self.contents)

    def packed(self, method: str, places: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Place and stored feature of those contents that have one of this method."""
        key = registry.methods()[method].key
        place = {self.contents[number].id: number for number in places}
        for content, data in self.catalog.features(key, list(place)):
            yield place[content], data

    def keypoints(self, method: str, place: int) -> Keypoints | None:
        """The keypoints of one picture, or None where it was not described by this method."""
        found = next(self.packed(method, [place]), None)
        return None if found is None else unpack_keypoints(found[1])
