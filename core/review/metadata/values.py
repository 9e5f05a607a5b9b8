"""The metadata that a picture can take over from a copy of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


class MetadataError(Exception):
    """Metadata cannot be written; ``str()`` says why, to be read after the file's name."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What may be taken over.

    Attributes:
        date: When the picture was taken, as EXIF writes it ("2019:05:01 12:30:00"), or None.
        place: Latitude and longitude in degrees, north and east positive, or None.
        rating: 1 to 5 stars, or None.
        tags: Keywords, each once, in order.
        caption: What it shows, or None.
    """

    date: str | None = None
    place: tuple[float, float] | None = None
    rating: int | None = None
    tags: tuple[str, ...] = ()
    caption: str | None = None

    def lacking(self, others: Iterable[Metadata]) -> Metadata:
        """What the others have and this one does not; of two that have it, the first counts."""
        found = Metadata()
        for other in others:
            found = Metadata(
                found.date or (None if self.date else other.date),
                found.place or (None if self.place else other.place),
                found.rating or (None if self.rating else other.rating),
                tuple(dict.fromkeys((*found.tags, *(tag for tag in other.tags if tag not in self.tags)))),
                found.caption or (None if self.caption else other.caption),
            )
        return found

    def without_tags(self) -> Metadata:
        """The same without its tags."""
        return replace(self, tags=())

    @property
    def fields(self) -> tuple[str, ...]:
        """Which of them are there, in words."""
        there = {
            "date": self.date,
            "place": self.place,
            "rating": self.rating,
            "tags": self.tags,
            "caption": self.caption,
        }
        return tuple(name for name, value in there.items() if value)
