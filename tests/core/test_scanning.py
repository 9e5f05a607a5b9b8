"""Which files of a folder are looked at, and what is said about those that cannot be."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterable
from pathlib import Path

import pytest

from core.records import LibraryError
from core.scanning import FileEntry, FolderProblem, resolve_library, walk

as_root = hasattr(os, "geteuid") and os.geteuid() == 0


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def names_of(entries: Iterable[FileEntry | FolderProblem], folder: Path) -> list[str]:
    return [str(entry.path.relative_to(folder)) for entry in entries]


# ---------------------------------------------------------------------- what is looked at


def test_only_files_with_a_pictures_extension_are_looked_at_in_whatever_case(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "b.PNG", "c.Jpeg", "d.webp", "notes.txt", "jpg", "movie.mp4", "e.jpg.part")

    assert names_of(walk([tmp_path]), tmp_path) == ["a.jpg", "b.PNG", "c.Jpeg", "d.webp"]


def test_folders_come_after_the_files_beside_them_and_in_order(tmp_path: Path) -> None:
    touch(tmp_path, "b/2.jpg", "b/1.jpg", "z.jpg", "a/deep/4.jpg", "a/3.jpg")

    assert names_of(walk([tmp_path]), tmp_path) == ["z.jpg", "a/3.jpg", "a/deep/4.jpg", "b/1.jpg", "b/2.jpg"]


def test_the_entry_says_what_the_folder_knows_of_the_file(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg")
    facts = (tmp_path / "a.jpg").stat()

    (entry,) = walk([tmp_path])

    assert isinstance(entry, FileEntry)
    assert (entry.size, entry.modified_ns, entry.inode) == (1, facts.st_mtime_ns, facts.st_ino)
    assert entry.problem is None


def test_hidden_files_and_folders_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", ".hidden.jpg", ".thumbnails/b.jpg", "c/.d/e.jpg")

    assert names_of(walk([tmp_path]), tmp_path) == ["a.jpg"]
    assert names_of(walk([tmp_path], hidden=True), tmp_path) == [
        ".hidden.jpg",
        "a.jpg",
        ".thumbnails/b.jpg",
        "c/.d/e.jpg",
    ]


def test_a_hidden_folder_that_is_named_is_searched(tmp_path: Path) -> None:
    touch(tmp_path, ".cache/a.jpg")

    assert names_of(walk(resolve_library([tmp_path / ".cache"])), tmp_path) == [".cache/a.jpg"]


def test_a_loop_of_symbolic_links_ends(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a" / "self")

    assert names_of(walk([tmp_path]), tmp_path) == ["a/1.jpg"]


def test_a_file_behind_a_symbolic_link_is_no_second_copy(tmp_path: Path) -> None:
    touch(tmp_path, "real.jpg")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "real.jpg")
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "nowhere.jpg")

    assert names_of(walk([tmp_path]), tmp_path) == ["real.jpg"]


def test_a_name_of_odd_bytes_is_seen_as_it_is(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff.jpg"
    with open(odd, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(b"x")

    (entry,) = walk([tmp_path])

    assert os.fsencode(entry.path) == odd


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_regular_file_is_named_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as door:
        with contextlib.chdir(tmp_path):  # the path of a socket must be short
            door.bind("door.jpg")

        entries = list(walk([tmp_path]))

    assert [(entry.path.name, entry.problem) for entry in entries if isinstance(entry, FileEntry)] == [
        ("door.jpg", "not a regular file"),
        ("pipe.jpg", "not a regular file"),
    ]


def test_a_folder_with_a_pictures_extension_is_a_folder(tmp_path: Path) -> None:
    touch(tmp_path, "holiday.jpg/a.jpg")

    assert names_of(walk([tmp_path]), tmp_path) == ["holiday.jpg/a.jpg"]


# ---------------------------------------------------------------------- folders that cannot be looked at


def test_a_folder_that_vanishes_meanwhile_is_named_and_the_rest_is_walked(tmp_path: Path) -> None:
    touch(tmp_path, "0.jpg", "a/1.jpg", "b/2.jpg")
    entries = walk([tmp_path])
    first = next(entries)

    (tmp_path / "a" / "1.jpg").unlink()
    (tmp_path / "a").rmdir()

    assert first.path.name == "0.jpg"
    assert next(entries) == FolderProblem(tmp_path / "a", "vanished")
    assert names_of(entries, tmp_path) == ["b/2.jpg"]


@pytest.mark.skipif(as_root, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_named_and_the_rest_is_walked(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg", "b/2.jpg")
    (tmp_path / "a").chmod(0)
    try:
        problem, entry = walk([tmp_path])
    finally:
        (tmp_path / "a").chmod(0o700)

    assert problem == FolderProblem(tmp_path / "a", "permission denied")
    assert entry.path.name == "2.jpg"


# ---------------------------------------------------------------------- naming a library


def test_a_folder_inside_another_is_not_walked_twice(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg", "ab/2.jpg")

    folders = resolve_library([tmp_path / "a", tmp_path, tmp_path / "ab", tmp_path / "a" / ".."])

    assert folders == (tmp_path.resolve(),)


def test_folders_whose_names_begin_alike_are_two_folders(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg", "ab/2.jpg")

    assert resolve_library([tmp_path / "ab", tmp_path / "a"]) == (tmp_path / "a", tmp_path / "ab")


def test_a_library_named_by_a_symbolic_link_is_the_folder_behind_it(tmp_path: Path) -> None:
    touch(tmp_path, "real/1.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)

    assert resolve_library([tmp_path / "link", tmp_path / "real"]) == (tmp_path / "real",)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing", "there is no such folder; check the name, or plug in its drive."),
        ("file.jpg", "is a file, not a folder; name the folder it lies in."),
        ("loop", "cannot be opened"),
    ],
)
def test_a_library_that_is_no_folder_is_refused_in_one_sentence(tmp_path: Path, name: str, sentence: str) -> None:
    touch(tmp_path, "file.jpg")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    with pytest.raises(LibraryError) as error:
        resolve_library([tmp_path / name])

    assert str(tmp_path / name) in str(error.value)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_no_library_at_all_is_refused() -> None:
    with pytest.raises(LibraryError, match="name at least one folder"):
        resolve_library([])
