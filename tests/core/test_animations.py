"""Animations and documents of several pages: found by their middle and last frame, never taken for their first one."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import core.later_frames
from core.catalog import Catalog
from core.comparing import compare
from core.duplicates import ScanOptions, find_duplicates
from core.events import Done, Summary
from core.images import Limits, load
from core.indexing import IndexOptions, index_library
from core.later_frames import later_numbers, later_pictures, load_frame
from core.records import Match, Relation
from core.search import SearchOptions, search

Pixels = NDArray[np.uint8]
Scan = Callable[..., Summary]

_FRAMES = 12
_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "gif": ("GIF", {}),
    "apng": ("PNG", {}),
    "webp": ("WEBP", {"quality": 85}),
    "avif": ("AVIF", {"speed": 10}),
    "tif": ("TIFF", {}),
}


def blended(first: Image.Image, last: Image.Image, count: int) -> list[Image.Image]:
    """One picture that turns into another."""
    return [Image.blend(first, last, step / (count - 1)) for step in range(count)]


@pytest.fixture(scope="module")
def pictures(photos: Mapping[str, Pixels]) -> Mapping[str, Image.Image]:
    """Photographs of one size by name."""
    return {name: Image.fromarray(pixels).resize((320, 240)) for name, pixels in photos.items()}


@pytest.fixture(scope="module")
def film(pictures: Mapping[str, Image.Image]) -> list[Image.Image]:
    """Twelve frames: the first shows china, the seventh a cat, the last a rocket."""
    china, cat, rocket = (pictures[name] for name in ("china", "cat", "rocket"))
    return [*blended(china, cat, 7), *blended(cat, rocket, 6)[1:]]


def write(frames: list[Image.Image], path: Path) -> Path:
    """An animation in the format of the name."""
    kind, options = _KINDS[path.suffix[1:]]
    first, *rest = (frame.copy() for frame in frames)
    first.save(path, kind, save_all=True, append_images=rest, **options)
    return path


def relation_of(summary: Summary, name: str, other: str) -> tuple[Relation, str, bool]:
    """What the second file is in the group of the first: relation, words, and whether it is kept."""
    for group in summary.groups:
        if group.representative.record.path.name == name:
            for member in group.members:
                if member.record.path.name == other:
                    return member.relation, member.words, member.keep
    raise AssertionError(f"{other} is in no group of {name}")


@pytest.mark.parametrize("extension", _KINDS)
def test_stills_find_the_animation_whose_middle_and_last_frame_they_are(
    scan: Scan, tmp_path: Path, film: list[Image.Image], pictures: Mapping[str, Image.Image], extension: str
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    write(film, folder / f"film.{extension}")
    pictures["cat"].save(folder / "middle.jpg", quality=90)
    pictures["rocket"].resize((640, 480)).save(folder / "last.jpg")
    pictures["coffee"].save(folder / "other.png")

    summary = scan(folder)

    noun = "page" if extension == "tif" else "frame"
    for still, number in (("middle.jpg", 7), ("last.jpg", 12)):
        relation, words, keep = relation_of(summary, still, f"film.{extension}")
        assert relation is Relation.COMPOSITE
        assert words.startswith(f"{noun} {number} of {_FRAMES}, ")
        assert keep
    assert not any(member.record.path.name == "other.png" for group in summary.groups for member in group.members)
    again = scan(folder)
    assert [[member.words for member in group.members] for group in again.groups] == [
        [member.words for member in group.members] for group in summary.groups
    ]


@pytest.mark.parametrize("preset", ["fast", "balanced"])
def test_an_animation_never_goes_for_the_picture_that_it_begins_with(
    scan: Scan, tmp_path: Path, film: list[Image.Image], preset: str
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    write(film, folder / "film.apng")
    film[0].save(folder / "poster.png")

    (group,) = scan(folder, preset=preset).groups

    (member,) = group.members[1:]
    assert member.relation is Relation.EDITED
    assert member.words.endswith(("12 frames against 1", "1 frame against 12"))
    assert member.keep


def test_animations_are_re_encoded_only_where_their_later_frames_agree(
    scan: Scan, tmp_path: Path, film: list[Image.Image], pictures: Mapping[str, Image.Image]
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    write(film, folder / "film.apng")
    write(film, folder / "same.webp")
    write([*film[:6], *blended(film[6], pictures["flower"], 6)], folder / "other end.webp")
    write(film[:8], folder / "short.webp")

    (group,) = scan(folder).groups

    relations = {member.record.path.name: member.relation for member in group.members}
    assert group.representative.record.path.name in ("film.apng", "same.webp")
    assert {name for name, relation in relations.items() if relation is Relation.EDITED} == {
        "other end.webp",
        "short.webp",
    }
    assert Relation.RE_ENCODED in relations.values()


def test_two_animations_are_compared_in_all_that_is_known_of_them(tmp_path: Path, film: list[Image.Image]) -> None:
    whole = write(film, tmp_path / "film.apng")
    same = write(film, tmp_path / "same.webp")
    short = write(film[:8], tmp_path / "short.webp")

    assert compare(whole, same).relation is Relation.RE_ENCODED
    match = compare(whole, short)
    assert match.relation is Relation.EDITED
    assert match.words.startswith("edited, 8 frames against 12")


def test_documents_with_one_cover_are_not_the_same(
    scan: Scan, tmp_path: Path, pictures: Mapping[str, Image.Image]
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    write([pictures[name] for name in ("china", "cat", "rocket")], folder / "first.tif")
    write([pictures[name] for name in ("china", "flower", "coffee")], folder / "second.tif")

    (group,) = scan(folder).groups

    assert [member.relation for member in group.members[1:]] == [Relation.EDITED]
    assert all(member.keep for member in group.members)


@pytest.mark.parametrize("preset", ["fast", "balanced"])
def test_a_search_finds_an_animation_by_its_last_frame(
    catalog: Catalog, tmp_path: Path, film: list[Image.Image], pictures: Mapping[str, Image.Image], preset: str
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    write(film, folder / "film.webp")
    pictures["coffee"].save(folder / "other.png")
    query = tmp_path / "query.jpg"
    pictures["rocket"].transpose(Image.Transpose.ROTATE_90).save(query)

    (match,) = [item for item in answers(catalog, folder, query, preset) if item.verified]

    assert match.record.path.name == "film.webp"
    assert match.record.frames == _FRAMES
    assert match.relation is Relation.COMPOSITE
    assert match.words.startswith("frame 12 of 12, ")


def answers(catalog: Catalog, folder: Path, query: Path, preset: str) -> tuple[Match, ...]:
    """The matches of one query."""
    events = list(search(catalog, [folder], [query], SearchOptions(preset=preset, workers=1)))
    assert isinstance(events[-1], Done)
    ((_, found),) = events[-1].summary.matches
    return found


def test_catalogs_from_before_learn_later_frames_by_themselves(
    catalog: Catalog, tmp_path: Path, film: list[Image.Image], pictures: Mapping[str, Image.Image]
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    write(film, folder / "film.gif")
    pictures["rocket"].save(folder / "last.png")
    list(index_library(catalog, [folder], IndexOptions(("pdq",), workers=1)))
    with catalog.transaction() as connection:
        connection.execute("DELETE FROM feature WHERE method LIKE '%/frames'")

    done = list(find_duplicates(catalog, [folder], ScanOptions("fast", workers=1)))[-1]

    assert isinstance(done, Done)
    assert done.summary.decoded == 1
    assert relation_of(done.summary, "last.png", "film.gif")[0] is Relation.COMPOSITE


def test_still_pictures_are_not_looked_at_again(catalog: Catalog, library: Path) -> None:
    list(index_library(catalog, [library], IndexOptions(("pdq",), workers=1)))

    assert catalog.rows("SELECT count(*) FROM feature WHERE method LIKE '%/frames'") == [(0,)]
    done = list(index_library(catalog, [library], IndexOptions(("pdq",), workers=1)))[-1]
    assert isinstance(done, Done) and done.summary.decoded == 0


def test_long_animations_are_left_after_a_while(
    tmp_path: Path, film: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(film, tmp_path / "film.gif")
    monkeypatch.setattr(core.later_frames, "_SECONDS", -1.0)

    assert later_pictures(path.read_bytes(), _FRAMES, 256, Limits()) == []
    assert load(path).frames == _FRAMES


@pytest.mark.parametrize("extension", _KINDS)
def test_damage_further_on_costs_later_frames_only(tmp_path: Path, film: list[Image.Image], extension: str) -> None:
    data = write(film, tmp_path / f"film.{extension}").read_bytes()

    for keep in (0.5, 0.9):
        found = later_pictures(data[: int(len(data) * keep)], _FRAMES, 256, Limits())
        assert all(picture.pixels.shape == (192, 256, 3) for _, picture in found)


def test_pages_of_any_size_are_read(tmp_path: Path, pictures: Mapping[str, Image.Image]) -> None:
    path = write([pictures["china"], pictures["cat"].resize((100, 200))], tmp_path / "pages.tif")

    page = load_frame(path, 1)

    assert (page.width, page.height) == (100, 200)
    assert np.abs(page.pixels.astype(int) - np.asarray(pictures["cat"].resize((100, 200)))).max() == 0


def test_pages_over_the_limits_are_refused(tmp_path: Path, pictures: Mapping[str, Image.Image]) -> None:
    pages = io.BytesIO()
    pictures["china"].copy().save(pages, "TIFF", save_all=True, append_images=[pictures["cat"].resize((2000, 1000))])

    assert later_pictures(pages.getvalue(), 2, 256, Limits(pixels=500_000)) == []


@pytest.mark.parametrize(("frames", "numbers"), [(1, ()), (2, (1,)), (3, (1, 2)), (24, (12, 23))])
def test_the_middle_and_the_last_frame_are_described(frames: int, numbers: tuple[int, ...]) -> None:
    assert later_numbers(frames) == numbers
