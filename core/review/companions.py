"""Files that belong to a picture: its sidecars, the RAW or JPEG of the same shot, the video of a live photo.

They go with their picture. A sidecar may always go along, as it comes back with undo; a RAW or a video goes only
where an equal one stays, for it is more than a note about a picture.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from core.decoding.raw import RAW_EXTENSIONS
from core.images import EXTENSIONS
from core.review.checks import Refused
from core.review.files import Files
from core.review.values import Companion

_SIDECARS = frozenset({".xmp", ".aae"})
_VIDEOS = frozenset({".mov", ".mp4"})
_LIVE = frozenset({".heic", ".heif", ".jpg", ".jpeg"})


class Companions:
    """Finds companions; asks each folder for its names once.

    Args:
        files: The disk.
        known: The files that are decided about on their own: members of groups.
        going: The pictures that are to go.
    """

    def __init__(self, files: Files, known: Collection[Path], going: Collection[Path]) -> None:
        self._files = files
        self._known = known
        self._going = going
        self._names = lru_cache(maxsize=None)(self._list)

    def _list(self, folder: Path) -> tuple[str, ...]:
        return tuple(self._files.names(folder))

    def of(self, path: Path, survivor: Path, *, for_good: bool) -> tuple[Companion, ...]:
        """What goes with a picture.

        Args:
            path: The picture that goes.
            survivor: The picture that stays for it.
            for_good: Whether what goes cannot come back.

        Raises:
            Refused: Something that belongs to it must not go, so neither may the picture.
            OSError: A folder or file cannot be read.
        """
        return tuple(self._companion(each, kind, path, survivor, for_good) for each, kind in self._beside(path))

    def _beside(self, path: Path) -> Iterator[tuple[Path, str]]:
        """The companions of a picture with their kinds."""
        for name in self._names(path.parent):
            other = path.parent / name
            kind = _kind(path, other)
            if not kind or other in self._known or other in self._going:
                continue
            if kind == "sidecar" and other.stem != path.name and self._is_shared(path, other):
                continue
            yield other, kind

    def _is_shared(self, path: Path, sidecar: Path) -> bool:
        """Whether a sidecar is also about a picture that stays."""
        stem = sidecar.stem.lower()
        others = [path.parent / name for name in self._names(path.parent) if Path(name).stem.lower() == stem]
        pictures = [other for other in others if other.suffix.lower() in EXTENSIONS and other != path]
        return any(other not in self._going for other in pictures if not self._goes_along(path, other))

    def _goes_along(self, path: Path, other: Path) -> bool:
        return _kind(path, other) == "raw" and other not in self._known

    def _companion(self, path: Path, kind: str, picture: Path, survivor: Path, for_good: bool) -> Companion:
        facts = self._files.facts(path)
        if facts is None or not facts.regular:
            raise Refused(f"{path.name} belongs to it and is no plain file")
        digest = self._files.digest(path)
        twin = self._twin(path, picture, survivor, digest, facts.size)
        if twin is None and (kind != "sidecar" or for_good):
            raise Refused(f"{path.name} belongs to it and has no equal beside {survivor}; both stay")
        return Companion(path, digest.hex(), facts.size, kind, twin)

    def _twin(self, path: Path, picture: Path, survivor: Path, digest: bytes, size: int) -> Path | None:
        """The equal file that belongs to the picture that stays."""
        whole_name = path.stem == picture.name
        for name in self._names(survivor.parent):
            other = survivor.parent / name
            matches = other.stem.lower() == (survivor.name if whole_name else survivor.stem).lower()
            if not matches or other.suffix.lower() != path.suffix.lower() or other in (path, *self._going):
                continue
            facts = self._files.facts(other)
            if facts is not None and facts.regular and facts.size == size and self._files.digest(other) == digest:
                return other
        return None


def _kind(picture: Path, other: Path) -> str:
    """What a file beside a picture is to it: "sidecar", "raw", "video", or nothing."""
    suffix = other.suffix.lower()
    if suffix in _SIDECARS and other.stem.lower() in (picture.stem.lower(), picture.name.lower()):
        return "sidecar"
    if other == picture or other.stem.lower() != picture.stem.lower():
        return ""
    if suffix in _VIDEOS and picture.suffix.lower() in _LIVE:
        return "video"
    if suffix in EXTENSIONS and (suffix in RAW_EXTENSIONS) != (picture.suffix.lower() in RAW_EXTENSIONS):
        return "raw"
    return ""
