"""Bringing the catalog up to date: what is decoded, what is not, and what becomes of files that cannot be read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.catalog import Catalog
from core.events import Done, Event, Indexed, Progress, Skipped, Summary
from core.features import registry
from core.images import Limits
from core.indexing import READER, IndexOptions, index_library, worker_count
from core.packing import unpack_keypoints
from core.records import LibraryError, MethodError, ModelError

as_root = hasattr(os, "geteuid") and os.geteuid() == 0

Index = Callable[..., tuple[Summary, list[Event]]]
Texture = Callable[..., np.ndarray]
Save = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path, texture: Texture, save: Save) -> Path:
    """Three pictures, one of them in a folder of its own."""
    folder = tmp_path / "pictures"
    for number, name in enumerate(["a.jpg", "b.png", "trip/c.jpg"]):
        save(texture(number, 160, 120), folder / name)
    return folder


def indexed(events: Sequence[Event]) -> list[str]:
    return sorted(event.record.path.name for event in events if isinstance(event, Indexed))


def skipped(events: Sequence[Event]) -> dict[str, str]:
    return {event.path.name: event.reason for event in events if isinstance(event, Skipped)}


def names(catalog: Catalog, folder: Path) -> list[str]:
    return [str(record.path.relative_to(folder)) for record in catalog.records([folder])]


# ---------------------------------------------------------------------- what is decoded


def test_every_picture_of_a_new_library_is_described(catalog: Catalog, index: Index, folder: Path) -> None:
    summary, events = index(folder)

    assert indexed(events) == ["a.jpg", "b.png", "c.jpg"]
    assert (summary.images, summary.decoded, summary.skipped) == (3, 3, ())
    record = catalog.records([folder])[0]
    assert (record.width, record.height, record.format) == (160, 120, "JPEG")
    assert record.size == (folder / "a.jpg").stat().st_size


def test_an_unchanged_library_decodes_nothing(index: Index, folder: Path) -> None:
    index(folder)

    summary, events = index(folder)

    assert indexed(events) == []
    assert (summary.images, summary.decoded) == (3, 0)


def test_a_renamed_file_is_not_read_again(catalog: Catalog, index: Index, folder: Path) -> None:
    index(folder)
    (folder / "a.jpg").rename(folder / "renamed.jpg")

    summary, events = index(folder)

    assert indexed(events) == []
    assert (summary.images, summary.decoded) == (3, 0)
    assert names(catalog, folder) == ["b.png", "renamed.jpg", "trip/c.jpg"]


def test_a_moved_folder_is_not_read_again(catalog: Catalog, index: Index, folder: Path) -> None:
    index(folder)
    (folder / "archive").mkdir()
    (folder / "trip").rename(folder / "archive" / "journey")

    summary, events = index(folder)

    assert (indexed(events), summary.decoded) == ([], 0)
    assert names(catalog, folder) == ["a.jpg", "archive/journey/c.jpg", "b.png"]


def test_a_moved_library_is_not_read_again(catalog: Catalog, index: Index, folder: Path, tmp_path: Path) -> None:
    index(folder)
    moved = folder.rename(tmp_path / "moved")

    summary, events = index(moved)

    assert (indexed(events), summary.decoded) == ([], 0)
    assert names(catalog, moved) == ["a.jpg", "b.png", "trip/c.jpg"]


def test_two_files_that_change_names_are_not_mixed_up(catalog: Catalog, index: Index, folder: Path) -> None:
    index(folder)
    before = {record.path.name: record.content for record in catalog.records([folder])}
    shutil.copyfile(folder / "b.png", folder / "trip" / "d.png")
    index(folder)

    (folder / "trip" / "d.png").unlink()
    (folder / "a.jpg").rename(folder / "x")
    (folder / "trip" / "c.jpg").rename(folder / "a.jpg")
    (folder / "x").rename(folder / "trip" / "c.jpg")
    summary, _ = index(folder)

    after = {record.path.name: record.content for record in catalog.records([folder])}
    assert summary.decoded == 0
    assert after == {"a.jpg": before["c.jpg"], "b.png": before["b.png"], "c.jpg": before["a.jpg"]}


def test_an_exact_copy_that_is_added_later_costs_no_decoding(catalog: Catalog, index: Index, folder: Path) -> None:
    index(folder)
    shutil.copyfile(folder / "a.jpg", folder / "trip" / "copy of a.jpg")

    summary, events = index(folder)

    assert (indexed(events), summary.decoded, summary.images) == ([], 0, 4)
    contents = {record.path.name: record.content for record in catalog.records([folder])}
    assert contents["copy of a.jpg"] == contents["a.jpg"]
    assert len(catalog.contents([folder])) == 3


def test_a_second_name_of_one_file_costs_no_reading(index: Index, folder: Path) -> None:
    index(folder)
    os.link(folder / "a.jpg", folder / "hard link.jpg")

    summary, events = index(folder)

    assert (indexed(events), summary.decoded, summary.images) == ([], 0, 4)


def test_a_file_that_was_only_touched_is_not_decoded(index: Index, folder: Path) -> None:
    index(folder)
    os.utime(folder / "a.jpg", ns=(0, 0))

    summary, events = index(folder)

    assert (indexed(events), summary.decoded) == ([], 0)


def test_a_changed_file_is_read_again(
    catalog: Catalog, index: Index, folder: Path, texture: Texture, save: Save
) -> None:
    index(folder)
    before = catalog.records([folder])[0]
    save(texture(9, 100, 100), folder / "a.jpg")

    summary, events = index(folder)

    assert (indexed(events), summary.decoded, summary.images) == (["a.jpg"], 1, 3)
    after = catalog.records([folder])[0]
    assert (after.path, after.width) == (before.path, 100)
    assert after.content != before.content


def test_a_vanished_file_is_forgotten(catalog: Catalog, index: Index, folder: Path) -> None:
    index(folder)
    shutil.rmtree(folder / "trip")

    summary, _ = index(folder)

    assert (summary.images, summary.decoded) == (2, 0)
    assert names(catalog, folder) == ["a.jpg", "b.png"]


def test_a_file_that_comes_back_is_not_decoded_again(index: Index, folder: Path, tmp_path: Path) -> None:
    index(folder)
    shutil.move(folder / "a.jpg", tmp_path / "elsewhere.jpg")
    index(folder)
    shutil.copyfile(tmp_path / "elsewhere.jpg", folder / "back.jpg")

    summary, events = index(folder)

    assert (indexed(events), summary.decoded, summary.images) == ([], 0, 3)


def test_a_removed_library_is_not_decoded_again_when_it_is_added_again(
    catalog: Catalog, index: Index, folder: Path
) -> None:
    index(folder)
    catalog.remove_library(folder)

    summary, events = index(folder)

    assert (indexed(events), summary.decoded, summary.images) == ([], 0, 3)


def test_one_library_leaves_the_files_of_the_others_alone(
    catalog: Catalog, index: Index, folder: Path, tmp_path: Path, texture: Texture, save: Save
) -> None:
    other = save(texture(7, 100, 80), tmp_path / "other" / "d.jpg").parent
    index(folder)

    summary, _ = index(other)

    assert summary.images == 1
    assert [library.images for library in catalog.libraries()] == [1, 3]


def test_a_folder_of_a_library_is_a_library_too(catalog: Catalog, index: Index, folder: Path) -> None:
    index(folder)

    summary, events = index(folder / "trip")

    assert (summary.images, summary.decoded, indexed(events)) == (1, 0, [])
    assert len(catalog.records([folder])) == 3


# ---------------------------------------------------------------------- methods


def test_another_method_is_added_to_what_is_known(catalog: Catalog, index: Index, folder: Path) -> None:
    index(folder)

    summary, _ = index(folder, methods=("pdq", "gray-histogram", "orb"))

    assert summary.decoded == 3
    numbers = [content.id for content in catalog.contents([folder])]
    for name in ("pdq", "gray-histogram", "orb", "miniature"):
        key = registry.methods()[name].key if name != "miniature" else "miniature@1"
        assert len(list(catalog.features(key, numbers))) == 3, name
    assert index(folder, methods=("pdq", "orb"))[0].decoded == 0


def test_a_copy_of_a_picture_that_lacks_a_method_is_described_with_it(
    catalog: Catalog, index: Index, folder: Path
) -> None:
    index(folder)
    shutil.copyfile(folder / "a.jpg", folder / "copy.jpg")

    index(folder, methods=("pdq", "gray-histogram"))

    assert catalog.lacking("gray-histogram@1") == set()


def test_no_method_at_all_still_says_what_is_there(catalog: Catalog, index: Index, folder: Path) -> None:
    summary, _ = index(folder, methods=())

    assert (summary.images, summary.skipped) == (3, ())
    assert catalog.lacking("miniature@1") == set()
    assert index(folder, methods=())[0].decoded == 0


def test_keypoints_are_kept_in_pixels_of_the_full_size_picture(
    catalog: Catalog, index: Index, tmp_path: Path, texture: Texture, save: Save
) -> None:
    save(texture(1, 1600, 1200), tmp_path / "large" / "a.png")

    index(tmp_path / "large", methods=("orb",))

    number = catalog.contents([tmp_path / "large"])[0].id
    ((_, data),) = catalog.features(registry.methods()["orb"].key, [number])
    points = unpack_keypoints(data).points
    assert points.max(axis=0)[0] > 1400
    assert (points > -0.5).all()
    assert (points < [1599.5, 1199.5]).all()


def test_the_digest_of_the_pixels_is_known_of_pictures_too_flat_to_hash(
    catalog: Catalog, index: Index, tmp_path: Path, texture: Texture, save: Save
) -> None:
    save(np.full((700, 900, 3), 90, np.uint8), tmp_path / "p" / "a.png")
    save(np.full((700, 900, 3), 90, np.uint8), tmp_path / "p" / "a.bmp")
    save(np.full((700, 900, 3), 91, np.uint8), tmp_path / "p" / "b.png")
    save(texture(1), tmp_path / "p" / "c.png")

    index(tmp_path / "p")

    digests = [content.pixels for content in catalog.contents([tmp_path / "p"])]
    assert digests.count(None) == 1
    assert len(set(digests)) == 3


def test_a_method_that_does_not_exist_is_refused_before_anything_is_read(
    catalog: Catalog, index: Index, folder: Path
) -> None:
    with pytest.raises(MethodError, match="no method 'sfit'"):
        index(folder, methods=("sfit",))

    assert catalog.files([folder]) == {}


def test_missing_weights_end_the_job_and_blame_no_picture(catalog: Catalog, index: Index, folder: Path) -> None:
    with pytest.raises(ModelError, match=r"safetensors"):
        index(folder, methods=("resnet18",))

    assert catalog.skipped([folder]) == []
    assert index(folder)[0].images == 3


# ---------------------------------------------------------------------- files that cannot be read


def test_a_broken_file_is_skipped_with_its_reason_and_listed_again_without_being_read(
    catalog: Catalog, index: Index, folder: Path
) -> None:
    data = (folder / "a.jpg").read_bytes()
    (folder / "half.jpg").write_bytes(data[: len(data) // 3])
    (folder / "empty.png").touch()
    (folder / "text.jpg").write_text("this is no picture")

    first, events = index(folder)
    second, again = index(folder)

    assert sorted(skipped(events)) == ["empty.png", "half.jpg", "text.jpg"]
    assert skipped(events)["text.jpg"] == "not a picture"
    assert all(skipped(events).values())
    assert skipped(again) == skipped(events)
    assert first.skipped == second.skipped == tuple(catalog.skipped([folder]))
    assert (first.images, second.images, second.decoded) == (3, 3, 0)


def test_a_broken_file_that_was_repaired_is_read(index: Index, folder: Path, texture: Texture, save: Save) -> None:
    (folder / "d.png").write_bytes(b"\x89PNG")
    index(folder)
    save(texture(4, 80, 80), folder / "d.png")

    summary, events = index(folder)

    assert (indexed(events), summary.skipped, summary.images) == (["d.png"], (), 4)


def test_what_an_older_reader_gave_up_on_is_tried_again(catalog: Catalog, index: Index, folder: Path) -> None:
    (folder / "d.png").write_bytes(b"\x89PNG")
    index(folder)
    (row,) = (row for row in catalog.files([folder]).values() if row.content is None)
    assert row.reader == READER
    catalog.store_files([replace(row, reason="old", reader=READER - 1)])

    summary, events = index(folder)

    assert summary.decoded == 1
    assert skipped(events)["d.png"] != "old"


def test_a_picture_over_the_limits_is_skipped(index: Index, folder: Path, texture: Texture, save: Save) -> None:
    save(texture(5, 300, 200), folder / "large.png")

    summary, events = index(folder, limits=Limits(pixels=40_000))

    assert list(skipped(events)) == ["large.png"]
    assert summary.images == 3


def test_what_is_no_regular_file_is_listed_and_the_job_goes_on(index: Index, folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")

    summary, events = index(folder)

    assert skipped(events) == {"pipe.jpg": "not a regular file"}
    assert [item.path.name for item in summary.skipped] == ["pipe.jpg"]
    assert summary.images == 3


@pytest.mark.skipif(as_root, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_tried_again_next_time(index: Index, folder: Path) -> None:
    (folder / "a.jpg").chmod(0)
    first, _ = index(folder)
    (folder / "a.jpg").chmod(0o600)
    second, events = index(folder)

    assert [(item.path.name, item.reason) for item in first.skipped] == [("a.jpg", "permission denied")]
    assert (indexed(events), second.skipped, second.images) == (["a.jpg"], (), 3)


@pytest.mark.skipif(as_root, reason="root may read every folder")
def test_an_unreadable_folder_is_listed_and_nothing_below_it_is_forgotten(index: Index, folder: Path) -> None:
    index(folder)
    (folder / "trip").chmod(0)
    try:
        closed, events = index(folder)
    finally:
        (folder / "trip").chmod(0o700)
    opened, _ = index(folder)

    assert skipped(events) == {"trip": "permission denied"}
    assert [item.path.name for item in closed.skipped] == ["trip"]
    assert (closed.images, opened.images, opened.decoded) == (3, 3, 0)


def test_a_library_that_is_not_there_is_refused_and_not_forgotten(
    catalog: Catalog, index: Index, folder: Path, tmp_path: Path
) -> None:
    index(folder)
    folder.rename(tmp_path / "unplugged")

    with pytest.raises(LibraryError, match="plug in its drive"):
        index(folder)

    assert len(catalog.records([folder])) == 3


# ---------------------------------------------------------------------- names and hidden files


def test_hidden_files_are_left_out_unless_asked_for(index: Index, folder: Path) -> None:
    shutil.copytree(folder / "trip", folder / ".hidden")
    (folder / "a.jpg").rename(folder / ".a.jpg")

    assert index(folder)[0].images == 2
    assert index(folder, hidden=True)[0].images == 4
    assert index(folder)[0].images == 2


def test_a_picture_whose_name_is_odd_bytes_is_indexed(catalog: Catalog, index: Index, folder: Path) -> None:
    odd = os.fsencode(folder) + b"/\xff.jpg"
    os.rename(os.fsencode(folder / "a.jpg"), odd)  # noqa: PTH104 - a path of bytes

    summary, events = index(folder)

    assert summary.images == 3
    assert odd in [os.fsencode(event.record.path) for event in events if isinstance(event, Indexed)]
    assert odd in [os.fsencode(record.path) for record in catalog.records([folder])]
    assert index(folder)[0].decoded == 0


# ---------------------------------------------------------------------- stopping and starting


def test_progress_is_told_from_nothing_to_all(index: Index, folder: Path) -> None:
    _, events = index(folder)

    progress = [event for event in events if isinstance(event, Progress)]
    first, last = progress[0], progress[-1]
    assert first.stage == "Looking for pictures"
    assert (last.stage, last.done, last.total) == ("Describing", 3, 3)
    assert isinstance(events[-1], Done)


def pictures(count: int, folder: Path, texture: Texture, save: Save) -> Path:
    for number in range(count):
        save(texture(number, 64, 48), folder / f"{number:03}.png")
    return folder


def test_a_job_that_is_cancelled_goes_on_where_it_stopped(
    catalog: Catalog, index: Index, tmp_path: Path, texture: Texture, save: Save
) -> None:
    folder = pictures(230, tmp_path / "many", texture, save)
    job: Iterator[Event] = index_library(catalog, [folder], IndexOptions(("pdq",), workers=1))

    for event in job:
        if isinstance(event, Indexed):
            break
    job.close()  # type: ignore[attr-defined]

    stored = len(catalog.records([folder]))
    assert 0 < stored < 230
    assert catalog.libraries() == ()
    summary, _ = index(folder)
    assert (summary.images, summary.decoded) == (230, 230 - stored)
    assert catalog.libraries()[0].indexed is not None


def test_a_paused_job_keeps_no_other_out_of_the_catalog(
    catalog: Catalog, tmp_path: Path, folder: Path, texture: Texture, save: Save
) -> None:
    other = pictures(2, tmp_path / "other", texture, save)
    job = index_library(catalog, [folder], IndexOptions(("pdq",), workers=1))
    while not isinstance(next(job), Indexed):
        pass

    with Catalog(catalog.path) as second:
        *_, done = index_library(second, [other], IndexOptions(("pdq",), workers=1))

    assert isinstance(done, Done)
    assert done.summary.images == 2
    *_, done = job
    assert isinstance(done, Done)
    assert done.summary.images == 3


def test_at_least_one_worker_and_no_more_than_asked_for() -> None:
    assert worker_count(0) == 1
    assert worker_count(3) == 3
    assert 1 <= worker_count(None) <= 8
